import AkinEncoders
import Foundation

/// Encoders fine-tuned on the judged pairs of train, and the cosine of every row by one that did not
/// see it: of a training row by the encoder of the other folds (`folds=1`: none, they stay
/// without), of the others by an encoder of all of train (`whole=0`: none).
struct Tuned {
  private struct Row {
    var id: String
    var pair: TextPair
    var split: String
  }

  private let rows: [Row]
  private let settings: [String: String]

  init(judgments: String, settings: [String: String]) throws {
    rows = try String(contentsOfFile: judgments, encoding: .utf8).split(separator: "\n").map {
      line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 6, let relevance = Float(cells[4]) else {
        throw Refused("\(judgments): six cells a line are needed")
      }
      return Row(
        id: cells[0], pair: TextPair(cells[3], cells[2], relevance: relevance), split: cells[5])
    }
    self.settings = settings
  }

  func run(output: String) throws {
    let folds = settings["folds"].flatMap { Int($0) } ?? 2
    let valid = rows.filter { $0.split == "validation" }
    var scores = [Float](repeating: .nan, count: rows.count)
    if folds > 1 {
      for fold in 0..<folds {
        let part = rows.filter { $0.split == "train" && self.fold($0, folds) != fold }
        let encoder = try tune(part, valid, "fold \(fold + 1) of \(folds)")
        try score(encoder, into: &scores) { $0.split == "train" && self.fold($0, folds) == fold }
      }
    }
    if settings["whole"] != "0" {
      let encoder = try tune(rows.filter { $0.split == "train" }, valid, "all of train")
      try score(encoder, into: &scores) { $0.split != "train" }
    }
    let lines = zip(rows, scores).map { "\($0.id)\t\($1)" }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: output))
  }

  /// By the query, so that an encoder has seen none of a held row's.
  private func fold(_ row: Row, _ folds: Int) -> Int {
    let hash = row.pair.left.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    return Int(hash >> 17) % folds
  }

  private func tune(_ train: [Row], _ valid: [Row], _ name: String) throws -> TransformerEncoder {
    var tuning = BiEncoderTuning()
    if let name = settings["encoder"] { tuning.encoder = name }
    tuning.asksQueries = true
    tuning.budget = .seconds(settings["budget"].flatMap { Double($0) } ?? 3_600)
    tuning.seed = settings["seed"].flatMap { UInt64($0) } ?? 0
    tuning.settings.epochs = settings["epochs"].flatMap { Int($0) } ?? 3
    tuning.settings.batch = settings["batch"].flatMap { Int($0) } ?? 128
    tuning.settings.rate = settings["rate"].flatMap { Double($0) }
    tuning.settings.temperature = settings["temperature"].flatMap { Double($0) } ?? 0.05
    tuning.settings.measure = settings["measure"]
    tuning.settings.objective = settings["objective"].flatMap { .init(rawValue: $0) }
    tuning.settings.method = settings["method"].flatMap { .init(rawValue: $0) } ?? .full
    tuning.settings.frozenBlocks = settings["frozen"].flatMap { Int($0) } ?? 0
    tuning.report = { done, total, line in
      if done % 50 == 0 { Self.log("\(name): \(line)") }
    }
    let tuned = try tuning.fit(train: train.map(\.pair), valid: valid.map(\.pair))
    Self.log("\(name): before \(tuned.card.before)")
    for epoch in tuned.card.epochs {
      Self.log(
        "\(name): epoch \(epoch.epoch), \(epoch.seconds) s, loss \(epoch.loss), \(epoch.measures)")
    }
    return try tuned.encoder()
  }

  private func score(
    _ encoder: TransformerEncoder, into scores: inout [Float], where isMeant: (Row) -> Bool
  ) throws {
    let places = rows.indices.filter { isMeant(rows[$0]) }
    let queries = Array(Set(places.map { rows[$0].pair.left }))
    let titles = Array(Set(places.map { rows[$0].pair.right }))
    let asked = try encoder.encode(queries, as: .query)
    let found = try encoder.encode(titles)
    let left = Dictionary(uniqueKeysWithValues: queries.enumerated().map { ($1, $0) })
    let right = Dictionary(uniqueKeysWithValues: titles.enumerated().map { ($1, $0) })
    for place in places {
      guard let one = left[rows[place].pair.left], let other = right[rows[place].pair.right] else {
        continue
      }
      scores[place] = zip(asked[one], found[other]).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private static func log(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
