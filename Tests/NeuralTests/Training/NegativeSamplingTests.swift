import CKernels
import Testing

@testable import AkinNeural

@Suite struct NegativeSamplingTests {
  /// Sequences within two groups that share no item: 0 ..< 8 and 8 ..< 16.
  private static func corpus() -> (items: [Int32], offsets: [Int]) {
    var generator = SplitMix(4)
    var items: [Int32] = []
    var offsets = [0]
    for sequence in 0..<400 {
      for _ in 0..<6 {
        items.append(Int32(sequence % 2 * 8) + Int32.random(in: 0..<8, using: &generator))
      }
      offsets.append(items.count)
    }
    return (items, offsets)
  }

  private static func settings(_ objective: NegativeSampling.Objective) -> NegativeSampling {
    var settings = NegativeSampling()
    settings.objective = objective
    settings.dimension = 20
    settings.epochs = 10
    settings.learningRate = objective == .cbow ? 0.5 : 0.05
    settings.subsampling = 0
    settings.seed = 7
    return settings
  }

  private func cosine(_ tables: NegativeSampling.Tables, _ a: Int, _ b: Int) -> Float {
    let row = { (r: Int) in tables.inputs[r * tables.stride..<(r + 1) * tables.stride] }
    func dot(_ a: Int, _ b: Int) -> Float { zip(row(a), row(b)).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  @Test(arguments: NegativeSampling.Objective.allCases)
  func companyIsLearnt(_ objective: NegativeSampling.Objective) throws {
    let (items, offsets) = Self.corpus()
    for isOrdered in [true, false] {
      var settings = Self.settings(objective)
      settings.isOrdered = isOrdered
      let tables = try settings.fit(items: items, offsets: offsets, count: 16)
      for item in 0..<16 {
        let base = item / 8 * 8
        let own = (base..<base + 8).filter { $0 != item }.map { cosine(tables, item, $0) }
        let others = (8 - base..<16 - base).map { cosine(tables, item, $0) }
        #expect((own.min() ?? 0) > (others.max() ?? 1) + 0.2, "\(item): \(own) \(others)")
      }
      // The padding of a row takes part in nothing.
      #expect(tables.stride == 32)
      #expect(
        (0..<16).allSatisfy { tables.inputs[$0 * 32 + 20..<$0 * 32 + 32].allSatisfy { $0 == 0 } })
    }
  }

  @Test func aSeedGivesTheSameVectors() throws {
    let (items, offsets) = Self.corpus()
    var settings = Self.settings(.skipGram)
    let first = try settings.fit(items: items, offsets: offsets, count: 16)
    #expect(try settings.fit(items: items, offsets: offsets, count: 16).inputs == first.inputs)
    settings.seed += 1
    #expect(try settings.fit(items: items, offsets: offsets, count: 16).inputs != first.inputs)
  }

  /// One pair, one negative at most, one pass: what the formula says, by hand.
  @Test(arguments: NegativeSampling.Objective.allCases)
  func oneStepIsTheFormulas(_ objective: NegativeSampling.Objective) throws {
    var settings = Self.settings(objective)
    settings.negatives = 1
    settings.epochs = 1
    // Items 0 and 1 stand beside each other; 2 and 3 never occur and stay as they are.
    let tables = try settings.fit(items: [0, 1], offsets: [0, 2], count: 4)
    var start = settings
    start.learningRate = 1e-12
    let before = try start.fit(items: [0, 1], offsets: [0, 2], count: 4)
    let (rate, stride) = (settings.learningRate, tables.stride)
    for item in [2, 3] {
      let row = item * stride..<(item + 1) * stride
      #expect(tables.outputs[row].allSatisfy { $0 == 0 })
      #expect(tables.inputs[row] == before.inputs[row])
    }
    // The first place is item 0 with neighbour 1: its output moves by rate/2 towards that one. A
    // negative that is the place itself is left out, and the other one is item 1.
    for column in 0..<20 {
      let moved = tables.outputs[column]
      let toward = rate * 0.5 * before.inputs[stride + column]
      // The second place may draw 0 as its negative: then it moves back by about as much for 1.
      let back = rate * 0.5 * before.inputs[column]
      #expect(abs(moved - toward) < 1e-4 || abs(moved - toward + back) < 1e-4)
    }
  }

  @Test(arguments: NegativeSampling.Objective.allCases)
  func allInstructionSetsAgree(_ objective: NegativeSampling.Objective) throws {
    let (items, offsets) = Self.corpus()
    for dimension in [20, 64, 128] {
      var settings = Self.settings(objective)
      settings.dimension = dimension
      settings.epochs = 1
      settings.subsampling = 0.05
      let plain = try settings.fit(
        items: items, offsets: offsets, count: 16, kernel: Int32(AKIN_KERNEL_PLAIN.rawValue))
      for kernel in 1..<Int32(AKIN_KERNEL_COUNT.rawValue) where akin_kernel_supported(kernel) != 0 {
        let own = try settings.fit(items: items, offsets: offsets, count: 16, kernel: kernel)
        let far = zip(own.inputs + own.outputs, plain.inputs + plain.outputs).map { abs($0 - $1) }
        #expect((far.max() ?? 1) < 1e-4)
      }
    }
  }

  @Test func drawsFollowTheWeights() {
    let weights = [0, 1, 2, 5, 0, 12] as [Double]
    let (stay, other) = NegativeSampling.Draws.aliases(weights)
    var shares = [Double](repeating: 0, count: 6)
    for column in 0..<6 {
      shares[column] += Double(stay[column]) / 6
      shares[Int(other[column])] += Double(1 - stay[column]) / 6
    }
    for (share, weight) in zip(shares, weights) { #expect(abs(share - weight / 20) < 1e-6) }
  }

  @Test func nothingToLearnFromIsNoTrouble() throws {
    let settings = Self.settings(.skipGram)
    let none = try settings.fit(items: [], offsets: [0], count: 3)
    #expect(none.inputs.count == 3 * 32 && none.outputs.allSatisfy { $0 == 0 })
    let alone = try settings.fit(items: [1, 2], offsets: [0, 0, 1, 2], count: 3)
    #expect(alone.outputs.allSatisfy { $0 == 0 })
  }

  @Test func badSettingsAreRefused() {
    let changes: [(inout NegativeSampling) -> Void] = [
      { $0.dimension = 0 }, { $0.window = 0 }, { $0.window = 65 }, { $0.negatives = 0 },
      { $0.negatives = 65 }, { $0.epochs = 0 }, { $0.learningRate = .nan },
      { $0.subsampling = -1 }, { $0.negativeExponent = .infinity },
    ]
    for change in changes {
      var settings = NegativeSampling()
      change(&settings)
      #expect(throws: NeuralError.self) { try settings.fit(items: [0], offsets: [0, 1], count: 1) }
    }
  }

  @Test func learningCanBeStopped() {
    struct Stop: Error {}
    let (items, offsets) = Self.corpus()
    #expect(throws: Stop.self) {
      try Self.settings(.cbow).fit(items: items, offsets: offsets, count: 16) { _, _ in
        throw Stop()
      }
    }
  }
}
