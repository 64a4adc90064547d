import AkinEncoders
import Foundation

/// A fine-tuned bi-encoder on a set of pairs: the cosine alone, at the validation pairs' best
/// threshold.
struct BiEncoderLine: Codable {
  var set: String
  var card: TunedEncoder.Card
  var validation: MatchMeasures
  var test: MatchMeasures?

  init(
    _ set: String, _ file: (String) -> URL, _ values: [String: Double], encoder: String?,
    words: [String: String]
  ) throws {
    var tuning = BiEncoderTuning()
    if let encoder { tuning.encoder = encoder }
    tuning.budget = .seconds(values["budget"] ?? 600)
    tuning.seed = UInt64(values["seed"] ?? 0)
    if let value = values["epochs"] { tuning.settings.epochs = Int(value) }
    if let value = values["rate"] { tuning.settings.rate = value }
    if let value = values["batch"] { tuning.settings.batch = Int(value) }
    if let value = values["tokens"] { tuning.settings.tokens = Int(value) }
    if let value = values["frozen"] { tuning.settings.frozenBlocks = Int(value) }
    if let value = values["dropout"] { tuning.settings.dropout = value }
    if let value = values["temperature"] { tuning.settings.temperature = value }
    tuning.settings.method = words["method"].flatMap { .init(rawValue: $0) } ?? .full
    tuning.settings.objective = words["objective"].flatMap { .init(rawValue: $0) }
    tuning.report = { done, total, line in
      if done % 20 == 0 { FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }
    let (train, valid) = (try PairFile.read(file("train")), try PairFile.read(file("valid")))
    let tuned = try tuning.fit(train: train.map(TextPair.init), valid: valid.map(TextPair.init))
    self.set = set
    card = tuned.card
    let encoder = try tuned.encoder()
    let (scores, labels) = try Self.cosines(valid, encoder)
    let threshold = MatchMeasures.bestThreshold(scores, labels)
    validation = MatchMeasures(scores, labels, threshold: threshold)
    guard values["test"] == 1 else { return }
    let (asked, answers) = try Self.cosines(try PairFile.read(file("test")), encoder)
    test = MatchMeasures(asked, answers, threshold: threshold)
  }

  private static func cosines(
    _ pairs: [MatchPair], _ encoder: TransformerEncoder
  ) throws -> ([Double], [Bool]) {
    let texts = Array(Set(pairs.flatMap { [$0.left.text, $0.right.text] }))
    let rows = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
    let vectors = try encoder.encode(texts)
    let scores = pairs.map { pair -> Double in
      guard let left = rows[pair.left.text], let right = rows[pair.right.text] else { return 0 }
      return Double(vectors.dotProduct(left, right))
    }
    return (scores, pairs.map { $0.isMatch == true })
  }
}
