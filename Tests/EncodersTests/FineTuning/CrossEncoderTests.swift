import AkinNeural
import AkinText
import Foundation
import Testing

@testable import AkinEncoders

/// Serialisation, augmentation and the agreement of the training network with inference, on the
/// built-in English model.
@Suite struct CrossEncoderTests {
  private static func parts() throws -> ModelParts {
    try ModelStore().locate("minilm-l6").parts()
  }

  private func record(_ title: String, _ price: String = "") -> MatchRecord {
    MatchRecord([.init("title", title), .init("list_price", price)])
  }

  private func serialiser(limit: Int = 128, _ records: [MatchRecord] = []) throws -> PairSerialiser
  {
    PairSerialiser(try Self.parts().tokenizer, limit: limit, records: records)
  }

  @Test func laysBothProductsOut() throws {
    let parts = try Self.parts()
    let serialiser = try serialiser()
    let pair = serialiser.pair(
      serialiser.tokens(of: record("red phone", "399.0")), serialiser.tokens(of: record("red case"))
    )
    func tokens(_ text: String) -> [Int32] { parts.tokenizer.encodeWithoutSpecialTokens(text) }
    let (start, end) = (parts.tokenizer.specialTokens.prefix, parts.tokenizer.specialTokens.suffix)
    let left = tokens("red phone") + tokens("list price 399")
    #expect(pair.ids == start + left + end + tokens("red case") + end)
    // Start, "red" (shared), the rest of the left side, a separator; then the right side.
    #expect(pair.kinds.prefix(3) == [0, 1, 0])
    #expect(pair.kinds.suffix(4) == [0, 3, 2, 2])
    #expect(pair.kinds.count == pair.ids.count)
  }

  @Test func cutsWhatManyProductsSay() throws {
    let parts = try Self.parts()
    let common = "very nice great good "
    let records = (0..<50).map { record(common + "a\($0)") }
    let serialiser = try serialiser(limit: 16, records)
    let long = serialiser.tokens(
      of: MatchRecord([
        .init("title", "sony"), .init("text", common + common + "qx7400 zinc"),
      ]))
    let (ids, kinds) = serialiser.pair(long, long)
    #expect(ids.count == 16 && kinds.count == 16)
    for token in parts.tokenizer.encodeWithoutSpecialTokens("sony zinc") {
      #expect(ids.contains(token))
    }
  }

  @Test func aShortSideLeavesItsRoomToTheOther() throws {
    let serialiser = try serialiser(limit: 32)
    let long = serialiser.tokens(of: record((0..<60).map { "w\($0)" }.joined(separator: " ")))
    let short = serialiser.tokens(of: record("x"))
    #expect(serialiser.pair(long, short).ids.count == 32)
    #expect(serialiser.pair(short, long).ids.count == 32)
    #expect(serialiser.pair(long, long).ids.count == 32)
  }

  @Test func augmentationKeepsTheFirstColumnAndFollowsItsSeed() throws {
    let product = PairSerialiser.Product(columns: [[1, 2, 3], [4, 5], [6, 7, 8, 9, 10, 11]])
    var always = PairAugmentation()
    (always.deletion, always.dropping, always.shuffling, always.swapping) = (1, 1, 0, 0)
    for seed in 0..<50 {
      var (one, other) = (
        SeededGenerator(seed: UInt64(seed), 0), SeededGenerator(seed: UInt64(seed), 0)
      )
      let changed = always.applied(product, product, &one).0
      #expect(changed.columns == always.applied(product, product, &other).0.columns)
      #expect(changed.columns.count == 2 && changed.columns[0].prefix(3) == [1, 2, 3])
      #expect(changed.count < product.count)
    }
    var generator = SeededGenerator(seed: 1, 0)
    let same = PairAugmentation.none.applied(product, product, &generator)
    #expect(same.0.columns == product.columns && same.1.columns == product.columns)
  }

  /// What training computes in float32 and what inference computes by other kernels are one model:
  /// the export is complete.
  @Test func theTrainedNetworkAnswersAsTheEncoderMadeOfIt() throws {
    let parts = try Self.parts()
    let network = try PairNetwork(parts, dropout: 0.1, using: Generator(seed: 3))
    for parameter in network.parameters where parameter.name == "kinds.table" {
      try withoutGradient { try parameter.tensor.fill(0.01) }
    }
    let serialiser = try serialiser()
    let pairs = [
      ("red phone", "red case"), ("sony dsc-w120 camera", "sony cybershot dscw120"), ("a", "b c d"),
    ]
    .map { MatchPair(record($0.0, "3"), record($0.1)) }
    var packed = PackedPairs()
    for pair in pairs {
      packed.append(
        serialiser.pair(serialiser.tokens(of: pair.left), serialiser.tokens(of: pair.right)))
    }
    let trained = try withoutGradient { try network(packed, .inference).floats() }
    let encoder = try CrossEncoder(
      parts, tensors: network.exported(as: parts.weights.names), serialiser: serialiser)
    let answered = try encoder.logits(pairs)
    for (one, other) in zip(trained, answered) { #expect(abs(Double(one) - other) < 0.05) }
    #expect(Set(answered).count == 3)
  }

  @Test func refusesTensorsOfAnotherModel() throws {
    let parts = try Self.parts()
    let serialiser = try serialiser()
    #expect(throws: EncoderError.self) {
      try CrossEncoder(parts, tensors: [:], serialiser: serialiser)
    }
    let wrong = [
      "kinds": try Tensor.zeros([4, 8]), "head.weight": try Tensor.zeros([1, 8]),
      "head.bias": try Tensor.zeros([1]),
    ]
    let error = try #require(throws: EncoderError.self) {
      try CrossEncoder(parts, tensors: wrong, serialiser: serialiser)
    }
    #expect(error.code == .shapeMismatch && error.field == "kinds")
  }

  /// A few steps on pairs that one word tells apart: the loss falls, and the seed decides.
  @Test func learnsAndFollowsItsSeed() throws {
    let parts = try Self.parts()
    let pairs = (0..<24).map { index in
      MatchPair(
        record("phone \(index)"), record(index % 2 == 0 ? "phone \(index)" : "case for \(index)"),
        isMatch: index % 2 == 0)
    }
    var settings = CrossEncoderSettings()
    (settings.epochs, settings.batch, settings.frozenBlocks) = (2, 8, 4)
    func run() throws -> [Double] {
      let outcome = try CrossEncoderRun(
        settings: settings, budget: .seconds(600), seed: 5, report: { _, _ in }
      ).train(parts, train: pairs, valid: pairs)
      return try #require(outcome).encoder.logits(pairs)
    }
    let logits = try run()
    #expect(MatchMeasures.area(logits, pairs.map { $0.isMatch == true }) > 0.9)
    #expect(try run() == logits)
  }
}
