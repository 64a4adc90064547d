import AkinNeural
import Testing

@Suite(.enabled(if: CodedBlock.isSupported, "this processor lacks AVX-512 with VNNI"))
struct CodedBlockTests {
  /// A block, and what its parts stand for.
  private struct Case {
    let block: CodedBlock
    let layers: [CodedBlock.Weights]
    let norms: [CodedBlock.Norm]

    init(width: Int, hidden: Int, seed: UInt64 = 3) throws {
      let generator = try Generator(seed: seed)
      func normal(_ shape: [Int], _ deviation: Double) throws -> Tensor {
        try Tensor.randomNormal(shape, using: generator) * deviation
      }
      layers = try [(3 * width, width), (width, width), (hidden, width), (width, hidden)].map {
        (try normal([$0, $1], 1 / Double($1).squareRoot()), try normal([$0], 0.3))
      }
      norms = try (0..<2).map { _ in
        (try normal([width], 0.2) + 1, try normal([width], 0.2), 1e-12)
      }
      block = try CodedBlock(
        projection: layers[0], output: layers[1], attentionNorm: norms[0], expansion: layers[2],
        contraction: layers[3], outputNorm: norms[1])
    }

    func linear(_ x: Tensor, _ layer: Int) throws -> Tensor {
      try x.linear(layers[layer].weight, bias: layers[layer].bias)
    }

    func normed(_ x: Tensor, _ norm: Int) throws -> Tensor {
      try x.layerNorm(
        weight: norms[norm].weight, bias: norms[norm].bias, epsilon: norms[norm].epsilon)
    }

    /// What each part gives for `x`, with `y` as context, and what it is without codes.
    func parts(_ x: Tensor, _ y: Tensor, plainly: Bool = false) throws -> [Tensor] {
      [
        try block.project(x, plainly: plainly), try block.attach(y, to: x, plainly: plainly),
        try block.feedForward(x, plainly: plainly),
      ]
    }

    func exact(_ x: Tensor, _ y: Tensor) throws -> [Tensor] {
      [
        try linear(x, 0), try normed(x + linear(y, 1), 0),
        try normed(x + linear(linear(x, 2).gelu(), 3), 1),
      ]
    }
  }

  private func cosine(_ a: Tensor, _ b: Tensor) throws -> Double {
    let (a, b) = (try a.to(.float32), try b.to(.float32))
    let lengths = try (a * a).sum([1]) * (b * b).sum([1])
    return try ((a * b).sum([1]) / lengths.power(0.5)).minimum().item()
  }

  private func difference(_ a: Tensor, _ b: Tensor) throws -> Double {
    try (a.to(.float32) - b.to(.float32)).magnitude().maximum().item()
  }

  @Test(arguments: [(32, 32), (64, 96), (96, 64), (384, 1536)])
  func isCloseToTheExactLayers(_ width: Int, _ hidden: Int) throws {
    let layer = try Case(width: width, hidden: hidden)
    let generator = try Generator(seed: 9)
    for rows in [1, 2, 5, 11, 12, 13, 47, 48, 49, 100] {
      let x = try Tensor.randomNormal([rows, width], using: generator)
      let y = try Tensor.randomNormal([rows, width], using: generator)
      let exact = try layer.exact(x, y)
      for (found, exact) in zip(try layer.parts(x, y), exact) {
        #expect(found.shape == exact.shape && found.dtype == .float32)
        #expect(try cosine(found, exact) > 0.9995)
      }
      for (found, exact) in zip(try layer.parts(x.to(.bfloat16), y.to(.bfloat16)), exact) {
        #expect(found.shape == exact.shape && found.dtype == .bfloat16)
        #expect(try cosine(found, exact) > 0.999)
      }
    }
  }

  @Test func equalsThePlainLoops() throws {
    let layer = try Case(width: 64, hidden: 128)
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
        let y = try x * 0.5
        for (found, plain) in zip(try layer.parts(x, y), try layer.parts(x, y, plainly: true)) {
          let size = max(1, try plain.to(.float32).magnitude().maximum().item())
          #expect(try difference(found, plain) < (dtype == .float32 ? 1e-4 : 0.01) * size)
        }
      }
    }
  }

  /// What is no number stays visible.
  @Test func aRowWithoutNumbersStaysOne() throws {
    let layer = try Case(width: 32, hidden: 64)
    var values = [Float](repeating: 0.5, count: 3 * 32)
    values[32 + 5] = .nan
    values[9] = 0.25
    values[70] = 0.25
    let x = try Tensor(values, shape: [3, 32])
    for part in try layer.parts(x, x) {
      let isMissing = try part.floats().map(\.isNaN)
      let width = isMissing.count / 3
      #expect(isMissing == (0..<3 * width).map { $0 / width == 1 })
    }
  }

  @Test func aWeightThatIsNoNumberIsSeenToo() throws {
    var layers = try Case(width: 32, hidden: 64).layers
    let norms = try Case(width: 32, hidden: 64).norms
    var weights = try layers[0].weight.floats()
    weights[32 * 7 + 3] = .nan
    layers[0].weight = try Tensor(weights, shape: [96, 32])
    let block = try CodedBlock(
      projection: layers[0], output: layers[1], attentionNorm: norms[0], expansion: layers[2],
      contraction: layers[3], outputNorm: norms[1])
    let found = try block.project(Tensor.ones([2, 32])).floats().map(\.isNaN)
    #expect(found == (0..<192).map { $0 % 96 == 7 })
  }

  /// Rows are shared out to threads; each row is what it is alone.
  @Test func manyRowsAreThoseOfOneThread() throws {
    let layer = try Case(width: 64, hidden: 128)
    let x = try Tensor.randomNormal([501, 64], using: Generator(seed: 12))
    let y = try x * 0.25
    let whole = try layer.parts(x, y)
    for start in [0, 100, 499] {
      let count = min(30, 501 - start)
      let rows = try x.narrow(dimension: 0, start: start, length: count)
      let context = try y.narrow(dimension: 0, start: start, length: count)
      for (part, all) in zip(try layer.parts(rows, context), whole) {
        let expected = try all.narrow(dimension: 0, start: start, length: count)
        #expect(try part.floats() == expected.floats())
      }
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let layer = try Case(width: 32, hidden: 64).block
    let good = try Tensor.zeros([2, 32])
    #expect(throws: NeuralError.self) { try layer.feedForward(Tensor.zeros([2, 64])) }
    #expect(throws: NeuralError.self) {
      try layer.feedForward(Tensor.zeros([2, 32], dtype: .float64))
    }
    #expect(throws: NeuralError.self) { try layer.attach(good, to: Tensor.zeros([3, 32])) }
    #expect(throws: NeuralError.self) { try layer.attach(good, to: good.to(.bfloat16)) }
    let wide = try Tensor.zeros([4, 64]).narrow(dimension: 1, start: 0, length: 32)
    #expect(throws: NeuralError.self) { try layer.project(wide) }
    #expect(throws: NeuralError.self) { try layer.project(Tensor.zeros([32])) }
    #expect(throws: NeuralError.self) { try layer.project(Tensor(scalar: Float(1))) }
    #expect(throws: NeuralError.self) { try Case(width: 40, hidden: 64) }
    #expect(throws: NeuralError.self) { try Case(width: 32, hidden: 60) }
    #expect(try layer.project(Tensor.zeros([0, 32])).shape == [0, 96])
  }
}
