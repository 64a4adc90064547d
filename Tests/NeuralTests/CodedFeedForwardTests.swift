import AkinNeural
import Testing

@Suite(.enabled(if: CodedFeedForward.isSupported, "this processor lacks AVX-512 with VNNI"))
struct CodedFeedForwardTests {
  /// A layer, and what it stands for.
  private struct Case {
    let layer: CodedFeedForward
    let exact: (Tensor) throws -> Tensor

    init(width: Int, hidden: Int, seed: UInt64 = 3) throws {
      let generator = try Generator(seed: seed)
      func normal(_ shape: [Int], _ deviation: Double) throws -> Tensor {
        try Tensor.randomNormal(shape, using: generator) * deviation
      }
      let up = try normal([hidden, width], 1 / Double(width).squareRoot())
      let upBias = try normal([hidden], 0.3)
      let down = try normal([width, hidden], 1 / Double(hidden).squareRoot())
      let downBias = try normal([width], 0.3)
      let (weight, bias) = (try normal([width], 0.2) + 1, try normal([width], 0.2))
      layer = try CodedFeedForward(
        expansion: (up, upBias), contraction: (down, downBias), norm: (weight, bias, 1e-12))
      exact = { x in
        let x = try x.to(.float32)
        let sum = try x + x.linear(up, bias: upBias).gelu().linear(down, bias: downBias)
        return try sum.layerNorm(weight: weight, bias: bias, epsilon: 1e-12)
      }
    }
  }

  private func cosines(_ a: Tensor, _ b: Tensor) throws -> Double {
    let (a, b) = (try a.to(.float32), try b.to(.float32))
    let lengths = try (a * a).sum([1]) * (b * b).sum([1])
    return try ((a * b).sum([1]) / lengths.power(0.5)).minimum().item()
  }

  private func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a.to(.float32) - b.to(.float32)).magnitude().maximum().item()
  }

  @Test(arguments: [(32, 32), (64, 96), (96, 64), (384, 1536)])
  func isCloseToTheExactLayer(_ width: Int, _ hidden: Int) throws {
    let layer = try Case(width: width, hidden: hidden)
    let generator = try Generator(seed: 9)
    for rows in [1, 2, 5, 11, 12, 13, 47, 48, 49, 100] {
      let x = try Tensor.randomNormal([rows, width], using: generator)
      let found = try layer.layer(x)
      #expect(found.shape == [rows, width] && found.dtype == .float32)
      #expect(try cosines(found, layer.exact(x)) > 0.9995)
      let half = try layer.layer(x.to(.bfloat16))
      #expect(half.dtype == .bfloat16)
      #expect(try cosines(half, layer.exact(x)) > 0.999)
    }
  }

  @Test func equalsThePlainLoops() throws {
    let layer = try Case(width: 64, hidden: 128).layer
    let generator = try Generator(seed: 10)
    let usual = try Tensor.randomNormal([29, 64], using: generator)
    // One number far out, rows of one number, of zeros, of huge and of tiny ones.
    var odd = [[Float]](repeating: [Float](repeating: 0, count: 64), count: 6)
    odd[0][7] = 900
    odd[1] = odd[1].map { _ in 2.5 }
    odd[3] = odd[3].indices.map { Float($0 % 3) * 1e4 - 1e4 }
    odd[4] = odd[4].indices.map { Float($0 % 5) * 1e-6 }
    odd[5] = odd[5].indices.map { $0 == 63 ? -3 : 0.01 }
    for x in [usual, try Tensor(odd.flatMap(\.self), shape: [6, 64])] {
      for dtype in [DType.float32, .bfloat16] {
        let x = try x.to(dtype)
        let tolerance = dtype == .float32 ? 1e-4 : 0.02
        #expect(try difference(layer(x), layer(x, plainly: true)) < tolerance)
      }
    }
  }

  /// What is no number stays visible.
  @Test func aRowWithoutNumbersStaysOne() throws {
    let layer = try Case(width: 32, hidden: 64).layer
    var values = [Float](repeating: 0.5, count: 3 * 32)
    values[32 + 5] = .nan
    values[9] = 0.25
    values[70] = 0.25
    let found = try layer(Tensor(values, shape: [3, 32])).floats()
    let isMissing = found.map(\.isNaN)
    #expect(isMissing == (0..<96).map { (32..<64).contains($0) })
  }

  @Test func refusesWhatDoesNotFit() throws {
    let layer = try Case(width: 32, hidden: 64).layer
    #expect(throws: NeuralError.self) { try layer(Tensor.zeros([2, 64])) }
    #expect(throws: NeuralError.self) { try layer(Tensor.zeros([2, 32], dtype: .float64)) }
    let wide = try Tensor.zeros([4, 64]).narrow(dimension: 1, start: 0, length: 32)
    #expect(throws: NeuralError.self) { try layer(wide) }
    func make(_ width: Int, _ hidden: Int, bias: Int) throws {
      _ = try CodedFeedForward(
        expansion: (Tensor.zeros([hidden, width]), Tensor.zeros([bias])),
        contraction: (Tensor.zeros([width, hidden]), Tensor.zeros([width])),
        norm: (Tensor.zeros([width]), Tensor.zeros([width]), 1e-5))
    }
    #expect(throws: NeuralError.self) { try make(40, 64, bias: 64) }
    #expect(throws: NeuralError.self) { try make(32, 64, bias: 32) }
    try make(32, 64, bias: 64)
    #expect(try layer(Tensor.zeros([0, 32])).shape == [0, 32])
  }
}
