import AkinNeural
import Testing

@Suite struct PrincipalComponentsTests {
  /// Points on a cross: ±3 along (3, 4)/5 and ±1 along (4, −3)/5, around (10, −2).
  @Test func knownAnswer() throws {
    let points = try Tensor(
      [11.8, 0.4, 8.2, -4.4, 10.8, -2.6, 9.2, -1.4] as [Double], shape: [4, 2])
    let result = try principalComponents(of: points, count: 2)
    let components = try Tensor([0.6, 0.8, 0.8, -0.6] as [Double], shape: [2, 2])
    #expect(try result.components.distance(to: components) < 1e-6)
    #expect(try result.mean.distance(to: Tensor([10, -2] as [Double])) < 1e-6)
    #expect(try result.variance.distance(to: Tensor([6, 2.0 / 3] as [Double])) < 1e-5)
    #expect(try result.explained.distance(to: Tensor([0.9, 0.1] as [Double])) < 1e-6)
    let projected = try Tensor([3, 0, -3, 0, 0, 1, 0, -1] as [Double], shape: [4, 2])
    #expect(try result.projected.distance(to: projected) < 1e-5)
  }

  /// More rows than one block: the projections have the variances found, and are uncorrelated.
  @Test func projectionsAreUncorrelated() throws {
    let generator = try Generator(seed: 3)
    let mixing = try Tensor.randomNormal([12, 12], using: generator)
    let points = try Tensor.randomNormal([5000, 12], using: generator).matmul(mixing) + 3
    let result = try principalComponents(of: points, count: 4)
    #expect(result.projected.shape == [5000, 4])
    let found = try result.projected.to(.float64)
    let covariance = try found.transpose(0, 1).matmul(found) / 4999
    for i in 0..<4 {
      for j in 0..<4 {
        let value = try covariance.select(dimension: 0, index: i)
          .select(dimension: 0, index: j).item()
        let expected = i == j ? try result.variance.select(dimension: 0, index: i).item() : 0
        #expect(abs(value - expected) < 1e-3)
      }
    }
    let again = try principalComponents(of: points, count: 4)
    #expect(try result.projected.floats() == again.projected.floats())
  }

  @Test func equalPointsHaveNoVariance() throws {
    let result = try principalComponents(of: Tensor.ones([5, 3]), count: 2)
    #expect(try result.explained.floats() == [0, 0])
    #expect(try result.projected.magnitude().maximum().item() < 1e-6)
  }

  @Test func refusesWhatHasNoAnswer() throws {
    #expect(throws: NeuralError.self) {
      try principalComponents(of: Tensor.ones([1, 3]), count: 1)
    }
    #expect(throws: NeuralError.self) {
      try principalComponents(of: Tensor.ones([4, 3]), count: 4)
    }
    #expect(throws: NeuralError.self) {
      try principalComponents(of: Tensor.ones([4, 3]), count: 0)
    }
    #expect(throws: NeuralError.self) {
      try principalComponents(of: Tensor.ones([4, 3], dtype: .int64), count: 1)
    }
    let error = #expect(throws: NeuralError.self) {
      try principalComponents(of: Tensor.full([4, 3], .nan), count: 1)
    }
    #expect(error?.code == .linearAlgebra)
  }
}
