import AkinNeural
import Foundation
import Synchronization
import Testing

@Suite struct OperatorTests {
  let matrix: Tensor

  init() throws { matrix = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]) }

  @Test func reduces() throws {
    #expect(try matrix.sum().item() == 21)
    #expect(try matrix.sum([0]).floats() == [5, 7, 9])
    #expect(try matrix.mean([1], keepingDimensions: true).shape == [2, 1])
    #expect(try matrix.maximum([1]).floats() == [3, 6])
    #expect(try matrix.minimum().item() == 1)
    #expect(try matrix.argmax(dimension: 0).elements(as: Int.self) == [1, 1, 1])
    #expect(try abs(matrix.norm().item() - 91.0.squareRoot()) < 1e-6)
    #expect(try matrix.normalized().norm([1]).distance(to: Tensor.ones([2])) < 1e-6)
    #expect(try Tensor.zeros([1, 3]).normalized().floats() == [0, 0, 0])
    #expect(try matrix.isGreater(than: 2).sum().integerItem() == 4)
    #expect(throws: NeuralError.self) { try matrix.sum([2]) }
  }

  @Test func ordersStably() throws {
    let values = try Tensor([2, 1, 2, 1] as [Float])
    let (sorted, indices) = try values.sorted(descending: true)
    #expect(try sorted.floats() == [2, 2, 1, 1])
    #expect(try indices.elements(as: Int.self) == [0, 2, 1, 3])
    let top = try matrix.topK(2)
    #expect(try top.values.floats() == [3, 2, 6, 5])
    #expect(try top.indices.elements(as: Int.self) == [2, 1, 2, 1])
    #expect(throws: NeuralError.self) { try matrix.topK(4) }
  }

  @Test func reshapes() throws {
    #expect(try matrix.reshape([3, -1]).shape == [3, 2])
    #expect(try matrix.unsqueeze(1).shape == [2, 1, 3])
    #expect(try matrix.unsqueeze(1).squeeze(1).shape == [2, 3])
    #expect(try matrix.flatten().shape == [6])
    #expect(try matrix.split(2, dimension: 1).map(\.shape) == [[2, 2], [2, 1]])
    #expect(try Tensor.stacked([matrix, matrix]).shape == [2, 2, 3])
    #expect(try matrix.slice(dimension: 1, 0..<3, step: 2).floats() == [1, 3, 4, 6])
    #expect(try matrix.select(dimension: 0, index: 0).expand([2, 3]).sum().item() == 12)
    #expect(throws: NeuralError.self) { try matrix.transpose(0, 1).view([6]) }
    #expect(throws: NeuralError.self) { try matrix.reshape([4]) }
    #expect(throws: NeuralError.self) { try matrix.split(0) }
    #expect(throws: NeuralError.self) { try Tensor.concatenated([]) }
  }

  /// Against the definition, in double precision, masked keys without any influence.
  @Test func attentionFollowsItsFormula() throws {
    let generator = try Generator(seed: 2)
    func random(_ length: Int) throws -> Tensor {
      try Tensor.randomNormal([2, 3, length, 8], using: generator, dtype: .float64)
    }
    let (queries, keys, values) = (try random(4), try random(5), try random(5))
    let allowed = try Tensor([true, true, false, true, true], shape: [1, 1, 1, 5])
    let scores = try queries.matmul(keys.transpose(-1, -2)) / 8.0.squareRoot()
    let expected = try scores.maskedFill(allowed.logicalNot(), -.infinity).softmax()
      .matmul(values)
    let found = try queries.attention(keys: keys, values: values, mask: allowed)
    #expect(try found.distance(to: expected) < 1e-12)
  }

  @Test func layersFollowTheirFormulas() throws {
    let x = try Tensor([-2, -0.5, 0, 1, 3] as [Double])
    let gelu = [-2, -0.5, 0, 1, 3].map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
    #expect(try x.gelu().distance(to: Tensor(gelu)) < 1e-12)
    let normal = try Tensor([1, 2, 3] as [Double], shape: [1, 3]).layerNorm(
      weight: nil, bias: nil, epsilon: 0)
    let side = 1.5.squareRoot()
    #expect(try normal.distance(to: Tensor([-side, 0, side], shape: [1, 3])) < 1e-12)
    #expect(
      try matrix.embedding(Tensor([1, 0, 1] as [Int32])).floats() == [4, 5, 6, 1, 2, 3, 4, 5, 6])
    #expect(throws: NeuralError.self) { try matrix.embedding(Tensor([2] as [Int])) }
    let loss = try Tensor([0, 0, 0, 0] as [Double], shape: [2, 2]).crossEntropy(
      Tensor([0, -100] as [Int]))
    #expect(try abs(loss.item() - Foundation.log(2)) < 1e-12)
  }

  @Test func aSeedGivesTheSameNumbers() throws {
    func draw(_ seed: UInt64) throws -> [Float] {
      let generator = try Generator(seed: seed)
      return try Tensor.randomNormal([50], using: generator).floats()
        + Tensor.randomUniform([50], using: generator).floats()
        + Tensor.randomPermutation(50, using: generator).floats()
        + Tensor.ones([50]).dropout(0.5, using: generator).floats()
    }
    #expect(try draw(1) == draw(1))
    #expect(try draw(1) != draw(2))
    #expect(try draw(.max) == draw(.max))
  }

  @Test func dropoutKeepsTheMean() throws {
    let generator = try Generator(seed: 9)
    let dropped = try Tensor.ones([100_000]).dropout(0.2, using: generator)
    // Standard error of the mean is 0.0016; zeros and 1.25 only.
    #expect(try abs(dropped.mean().item() - 1) < 0.01)
    #expect(try dropped.maximum().item() == 1.25 && dropped.minimum().item() == 0)
    #expect(throws: NeuralError.self) { try dropped.dropout(1, using: generator) }
  }

  @Test func anUnknownOperatorThrows() throws {
    let unknown = Operator("aten::no_such_operator")
    #expect(!unknown.exists)
    let error = #expect(throws: NeuralError.self) { try unknown(.tensor(matrix)) }
    #expect(error?.code == .unknownOperator)
    let wrong = Operator("aten::relu")
    #expect(wrong.schema == "aten::relu(Tensor self) -> Tensor")
    #expect(throws: NeuralError.self) { try wrong(.integer(1)) }
    #expect(throws: NeuralError.self) { try wrong() }
    #expect(throws: NeuralError.self) { try wrong(.tensor(matrix), .integer(1)) }
  }

  @Test func threadsAreSetInOnePlace() throws {
    let before = ComputeThreads.count
    defer { try? ComputeThreads.set(before) }
    try ComputeThreads.set(1)
    #expect(ComputeThreads.count == 1)
    #expect(throws: NeuralError.self) { try ComputeThreads.set(0) }
    #expect(ComputeThreads.count == 1)
  }

  /// A tensor crosses between tasks inside a lock.
  @Test func aMutexLendsATensorToTasks() async throws {
    final class Shared: Sendable {
      let table: Mutex<Tensor>
      init() throws { table = Mutex(try Tensor.ones([4])) }
    }
    let shared = try Shared()
    let total = try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<20 {
        group.addTask { try shared.table.withLock { try ($0 * 2).sum().item() } }
      }
      return try await group.reduce(0, +)
    }
    #expect(total == 160)
  }
}
