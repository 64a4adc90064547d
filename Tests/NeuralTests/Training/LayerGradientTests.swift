import AkinNeural
import Testing

/// A function of layers in double precision: what is differentiated, and by what.
struct Differentiated: CustomTestStringConvertible, Sendable {
  let name: String
  /// Parameters and inputs, then the function of them.
  let make: @Sendable (Generator) throws -> (leaves: [Tensor], value: () throws -> Tensor)

  var testDescription: String { name }

  static let sequences = PackedSequences(starts: [0, 3, 4, 9])

  private static func input(_ shape: [Int], _ generator: Generator) throws -> Tensor {
    try Tensor.randomNormal(shape, using: generator, dtype: .float64).requiringGrad()
  }

  private static func layer<L: Layer & SendableMetatype>(
    _ name: String, _ shape: [Int], _ make: @escaping @Sendable (Generator) throws -> L,
    _ apply: @escaping @Sendable (L, Tensor) throws -> Tensor
  ) -> Differentiated {
    Differentiated(name: name) { generator in
      let layer = try make(generator)
      let x = try input(shape, generator)
      return (layer.parameters.map(\.tensor) + [x], { try apply(layer, x) })
    }
  }

  static let layers: [Differentiated] = [
    layer("linear", [3, 4], { try Linear(4, 2, dtype: .float64, using: $0) }) { try $0($1) },
    layer("embedding", [3, 4], { try Embedding(rows: 5, features: 4, dtype: .float64, using: $0) })
    {
      try $0(Tensor([1, 1, 4] as [Int])) * $1
    },
    layer(
      "embedding bag", [4, 4],
      { try EmbeddingBag(rows: 5, features: 4, dtype: .float64, using: $0) }
    ) {
      // Lists of 3 rows, one twice; of none; of 1; of 2.
      try $0(Tensor([1, 1, 4, 0, 2, 3] as [Int]), starts: Tensor([0, 3, 3, 4] as [Int])) * $1
    },
    layer("layer norm", [3, 4], { _ in try LayerNorm(4, dtype: .float64) }) { try $0($1) },
    layer(
      "attention", [9, 8],
      {
        try MultiHeadAttention(width: 8, heads: 2, dropout: 0.3, dtype: .float64, using: $0)
      }
    ) { try $0($1, sequences, isCausal: false, .training(seed: 3)) },
    layer(
      "causal encoder", [9, 8],
      {
        try TransformerStack(
          width: 8, heads: 2, blocks: 2, expansion: 12, isCausal: true, dropout: 0.2,
          dtype: .float64, using: $0)
      }
    ) { try $0($1, sequences, .training(seed: 4)) },
    layer(
      "encoder with norms after", [9, 8],
      {
        try TransformerStack(
          width: 8, heads: 1, blocks: 1, norm: .after, dtype: .float64, using: $0)
      }
    ) { try $0($1, sequences, .inference) },
    layer(
      "gru", [9, 3],
      {
        try Recurrent(.gru, inputs: 3, width: 4, layers: 2, dtype: .float64, using: $0)
      }
    ) { try $0($1, sequences) },
    layer(
      "lstm, both directions", [9, 3],
      {
        try Recurrent(
          .lstm, inputs: 3, width: 2, isBidirectional: true, dtype: .float64, using: $0)
      }
    ) { try $0($1, sequences) },
    layer(
      "convolution", [2, 3, 6],
      {
        try Convolution1D(
          channels: 3, outputs: 2, kernel: 3, padding: 1, dtype: .float64, using: $0)
      }
    ) { try $0($1) },
    layer("dropout", [4, 5], { _ in try LayerNorm(5, dtype: .float64) }) {
      try $0($1).dropout(0.4, seed: 9)
    },
  ]

  static let losses: [Differentiated] = [
    loss("softmax over a table") { x, y in
      try x.softmaxLoss(table: y, targets: Tensor([3, 0, 3, 1] as [Int]))
    },
    loss("sampled softmax") { x, y in
      try x.softmaxLoss(
        table: y, targets: Tensor([3, 0, 3, 1] as [Int]),
        bias: Tensor([0.5, -1, 2, 0.25] as [Float]))
    },
    loss("binary") { x, y in try Loss.binary(x, labels: y.sigmoid()) },
    loss("InfoNCE") { x, y in try Loss.infoNCE(x, y, temperature: 0.3) },
    loss("triplet") { x, y in
      try Loss.triplet(anchor: x, positive: y, negative: x * 0.3 + y * 2, margin: 3)
    },
    loss("margin") { x, y in try Loss.margin(better: x, worse: y, margin: 0.7) },
    loss("contrastive") { x, y in
      try Loss.contrastive(
        distances: (x - y).norm([1]), alike: Tensor([1, 0, 1, 0] as [Double]), margin: 4)
    },
    loss("mean absolute") { x, y in try Loss.meanAbsolute(x, y) },
    loss("mean squared") { x, y in try Loss.meanSquared(x, y) },
  ]

  private static func loss(
    _ name: String, _ apply: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Differentiated {
    Differentiated(name: name) { generator in
      let (x, y) = (try input([4, 5], generator), try input([4, 5], generator))
      return ([x, y], { try apply(x, y) })
    }
  }
}

@Suite struct LayerGradientTests {
  /// Central differences in double precision by every parameter and every input.
  @Test(arguments: Differentiated.layers + Differentiated.losses)
  func gradientsMatchFiniteDifferences(_ function: Differentiated) throws {
    let generator = try Generator(seed: 17)
    let (leaves, value) = try function.make(generator)
    let weights = try Tensor.randomNormal(value().shape, using: generator, dtype: .float64)
    func weighted() throws -> Tensor { try (value() * weights).sum() }
    let gradients = try weighted().gradients(by: leaves)
    let step = 1e-5
    for (leaf, gradient) in zip(leaves, gradients) {
      let elements = try leaf.elements(as: Double.self)
      let found = try gradient?.elements(as: Double.self) ?? elements.map { _ in 0 }
      // At most a dozen elements of a large parameter, spread over it.
      for i in stride(from: 0, to: elements.count, by: max(1, elements.count / 12)) {
        func moved(_ by: Double) throws -> Double {
          var changed = elements
          changed[i] += by
          try withoutGradient { try leaf.overwrite(with: Tensor(changed, shape: leaf.shape)) }
          return try weighted().item()
        }
        let numeric = (try moved(step) - moved(-step)) / (2 * step)
        _ = try moved(0)
        #expect(abs(found[i] - numeric) < 2e-5 * max(1, abs(numeric)), "\(leaf.shape) \(i)")
      }
    }
  }

  /// The fast loss against the definition, by the operators that hold all products.
  @Test(arguments: [false, true])
  func softmaxLossIsTheCrossEntropy(inHalf: Bool) throws {
    let generator = try Generator(seed: 5)
    let states = try Tensor.randomNormal([300, 16], using: generator).requiringGrad()
    let table = try Tensor.randomNormal([5000, 16], using: generator).requiringGrad()
    let targets = try Tensor((0..<300).map { ($0 * 37) % 5000 })
    let fast = try states.softmaxLoss(table: table, targets: targets, inHalf: inHalf)
    let plain = try states.matmul(table.transpose(0, 1)).crossEntropy(targets)
    let tolerance = inHalf ? 0.02 : 1e-5
    #expect(try abs(fast.item() - plain.item()) < tolerance * plain.item())
    let found = try fast.gradients(by: [states, table])
    let expected = try plain.gradients(by: [states, table])
    for (found, expected) in zip(found, expected) {
      let (found, expected) = (try #require(found), try #require(expected))
      #expect(try (found - expected).norm().item() < tolerance * expected.norm().item())
    }
    #expect(throws: NeuralError.self) {
      try states.softmaxLoss(table: table, targets: Tensor((0..<300).map { $0 + 4900 }))
    }
  }

  @Test func attentionWithGradientIsTheOneWithout() throws {
    let generator = try Generator(seed: 6)
    let qkv = try Tensor.randomNormal([9, 3 * 32], using: generator)
    let sequences = Differentiated.sequences
    let plain = try sequences.attention(qkv, heads: 2, plainly: true)
    let found = try sequences.trainableAttention(qkv, heads: 2, isCausal: false)
    #expect(try found.distance(to: plain) < 1e-5)
    let causal = try sequences.trainableAttention(qkv, heads: 2, isCausal: true)
    let last = try causal.narrow(dimension: 0, start: 8, length: 1)
    #expect(try last.distance(to: plain.narrow(dimension: 0, start: 8, length: 1)) < 1e-5)
    #expect(try causal.distance(to: plain) > 0.01)
  }

  /// float32 takes several queries at a time in vectors, float64 the plain loops.
  @Test(arguments: [
    (32, 2, false, 0.0), (64, 2, true, 0.0), (48, 3, false, 0.3), (24, 3, true, 0.2),
  ])
  func attentionInVectorsIsThePlainOne(
    _ width: Int, _ heads: Int, _ isCausal: Bool, _ dropout: Double
  ) throws {
    let sequences = PackedSequences(starts: [0, 1, 24, 47, 51])
    let generator = try Generator(seed: 11)
    let values = try Tensor.randomNormal([53, 3 * width], using: generator)
    let slopes = try Tensor.randomNormal([53, width], using: generator)
    func run(_ type: DType) throws -> (Tensor, Tensor) {
      let qkv = try values.to(type).clone().requiringGrad()
      let out = try sequences.trainableAttention(
        qkv, heads: heads, isCausal: isCausal, dropout: dropout, seed: 5)
      let gradient = try (out * slopes.to(type)).sum().gradients(by: [qkv])[0]
      return (try out.detached().to(.float64), try #require(gradient).to(.float64))
    }
    let (fast, plain) = (try run(.float32), try run(.float64))
    #expect(try fast.0.distance(to: plain.0) < 1e-4)
    #expect(try fast.1.distance(to: plain.1) < 1e-3)
  }

  @Test func adaptersStartAtNothingAndAloneAreTrained() throws {
    let generator = try Generator(seed: 8)
    let linear = try Linear(6, 4, using: generator)
    let x = try Tensor.randomNormal([3, 6], using: generator)
    let before = try linear(x).detached()
    try linear.adapt(rank: 2, using: generator)
    #expect(try linear(x).distance(to: before) == 0)
    let trained = linear.parameters.filter(\.tensor.requiresGrad).map(\.name)
    #expect(trained == ["adapter.down", "adapter.up"])
    try withoutGradient {
      for parameter in linear.parameters where parameter.name == "adapter.up" {
        try parameter.tensor.fill(0.5)
      }
    }
    let merged = try Linear(weight: linear.mergedWeight(), bias: linear.bias)
    #expect(try merged(x).distance(to: linear(x)) < 1e-5)
    #expect(try linear(x).distance(to: before) > 0.01)
    #expect(throws: NeuralError.self) { try linear.adapt(rank: 5, using: generator) }
  }

  /// A packed sequence alone gives what it gives among others.
  @Test(arguments: Recurrent.Cell.allCases)
  func recurrentStatesStayWithinTheirSequence(_ cell: Recurrent.Cell) throws {
    let generator = try Generator(seed: 12)
    let network = try Recurrent(cell, inputs: 3, width: 4, using: generator)
    let x = try Tensor.randomNormal([9, 3], using: generator)
    let all = try network(x, Differentiated.sequences)
    let alone = try network(
      x.narrow(dimension: 0, start: 4, length: 5), PackedSequences(starts: [0, 5]))
    #expect(try all.narrow(dimension: 0, start: 4, length: 5).distance(to: alone) < 1e-6)
  }

  /// Widths for vectors of four, eight and sixteen lanes, and for none; more sequences than are read
  /// side by side, some of one row.
  @Test(arguments: [3, 4, 8, 16, 48])
  func gatedUnitsAreThoseOfTheLibrary(width: Int) throws {
    let generator = try Generator(seed: 21)
    let network = try Recurrent(.gru, inputs: 5, width: width, layers: 2, using: generator)
    let sequences = PackedSequences(
      starts: [0, 3, 4, 9, 10, 17, 19, 23, 24, 26, 31, 32, 40, 43, 44, 50, 53, 54, 60, 61])
    let x = try (Tensor.randomNormal([61, 5], using: generator) * 3).requiringGrad()
    let weights = try Tensor.randomNormal([61, width], using: generator)
    let leaves = network.parameters.map(\.tensor) + [x]
    let own = try network(x, sequences)
    let theirs = try network.byOperators(x, sequences)
    #expect(try own.detached().distance(to: theirs.detached()) < 1e-5)
    let slopes = try (own * weights).sum().gradients(by: leaves)
    let truth = try (theirs * weights).sum().gradients(by: leaves)
    for (slope, known) in zip(slopes, truth) {
      let (slope, known) = (try #require(slope), try #require(known))
      let size = try known.norm().item()
      #expect(try slope.distance(to: known) < 1e-4 * max(1, size))
    }
  }

  @Test func gatedUnitsRefuseWhatDoesNotFit() throws {
    let weight = try Tensor.zeros([12, 4])
    let bias = try Tensor.zeros([12])
    let gates = try Tensor.zeros([5, 12])
    let sequences = PackedSequences(starts: [0, 4])
    let states = try sequences.gatedStates(gates, weight: weight, bias: bias)
    #expect(states.shape == [5, 4])
    #expect(throws: NeuralError.self) {
      try PackedSequences(starts: [0, 6]).gatedStates(gates, weight: weight, bias: bias)
    }
    #expect(throws: NeuralError.self) {
      try sequences.gatedStates(Tensor.zeros([5, 9]), weight: weight, bias: bias)
    }
    #expect(throws: NeuralError.self) {
      try sequences.gatedStates(gates, weight: weight, bias: Tensor.zeros([4]))
    }
  }
}
