import AkinEncoders
import Foundation

// Trains a matcher on each named set and prints one JSON line of its measures.
//
//     akin-bench-match DATA SET… [key=value …]
//
// DATA is the folder of the sets (`matching`), SET one of its folders. Keys: `budget` (seconds),
// `seed`, `epochs`, `rate`, `batch`, `tokens`, `frozen` (blocks), `dropout`, `augment` (0 or 1),
// `cross` (0: comparisons alone), `test` (1: measure the test pairs too, once all is chosen);
// `encoder` (a model's name), `transfer` (a file of other pairs that the matcher is asked about);
// `bi` (1: a fine-tuned bi-encoder instead of a matcher, with `method`, `objective`, `temperature`).

struct Line: Codable {
  var set: String
  var validation: MatchMeasures
  var parts: [MatchMeasures]
  var fineTuning: Matcher.FineTuning?
  var seconds: Double
  var test: MatchMeasures?
  /// Without the test pairs that also stand, line for line, in the training or validation file.
  var testUnseen: MatchMeasures?
  /// On the pairs of `transfer` at the matcher's own threshold, and the F1 at thresholds chosen on
  /// four fifths of them for the last fifth.
  var transfer: MatchMeasures?
  var transferFoldsF1: Double?
}

/// F1 over all folds, each at the threshold that is best on the other four.
func foldsF1(_ probabilities: [Double], _ labels: [Bool]) -> Double {
  var called = labels.map { _ in false }
  for fold in 0..<5 {
    let others = labels.indices.filter { $0 % 5 != fold }
    let threshold = MatchMeasures.bestThreshold(
      others.map { probabilities[$0] }, others.map { labels[$0] })
    for row in labels.indices where row % 5 == fold {
      called[row] = probabilities[row] >= threshold
    }
  }
  return MatchMeasures(called.map { $0 ? 1 : 0 }, labels, threshold: 0.5).f1
}

func text(_ key: String) -> String? {
  CommandLine.arguments.first { $0.hasPrefix(key + "=") }.map {
    String($0.dropFirst(key.count + 1))
  }
}

func settings(_ arguments: [String]) -> [String: Double] {
  Dictionary(
    arguments.compactMap { argument -> (String, Double)? in
      let parts = argument.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]) else { return nil }
      return (String(parts[0]), value)
    }, uniquingKeysWith: { $1 })
}

func training(_ values: [String: Double]) -> MatchTraining {
  var training = MatchTraining()
  training.budget = .seconds(values["budget"] ?? 600)
  training.seed = UInt64(values["seed"] ?? 0)
  var cross = CrossEncoderSettings()
  if let value = values["epochs"] { cross.epochs = Int(value) }
  if let value = values["rate"] { cross.rate = value }
  if let value = values["batch"] { cross.batch = Int(value) }
  if let value = values["tokens"] { cross.tokens = Int(value) }
  if let value = values["frozen"] { cross.frozenBlocks = Int(value) }
  if let value = values["dropout"] { cross.dropout = value }
  if values["augment"] == 0 { cross.augmentation = .none }
  training.crossEncoder = values["cross"] == 0 ? nil : cross
  return training
}

func run(
  _ data: URL, _ set: String, _ values: [String: Double], encoder: String?, transfer: String?
) throws {
  let folder = data.appending(path: set)
  func file(_ part: String) -> URL {
    let medium = folder.appending(path: "\(part).txt.medium")
    let isThere = FileManager.default.fileExists(atPath: medium.path)
    return isThere ? medium : folder.appending(path: "\(part).txt")
  }
  if values["bi"] == 1 {
    return try show(
      BiEncoderLine(
        set, { $0 == "test" ? folder.appending(path: "test.txt") : file($0) }, values,
        encoder: encoder,
        words: ["method": text("method"), "objective": text("objective")]
          .compactMapValues(\.self)))
  }
  let (train, valid) = (try PairFile.read(file("train")), try PairFile.read(file("valid")))
  var training = training(values)
  training.encoder = encoder
  let matcher = try training.fit(train: train, valid: valid)
  var line = Line(
    set: set, validation: matcher.card.validation, parts: matcher.card.parts,
    fineTuning: matcher.card.crossEncoder, seconds: matcher.card.seconds)
  if values["test"] == 1 {
    let test = try PairFile.read(folder.appending(path: "test.txt"))
    line.test = try matcher.evaluate(test)
    let seen = Set(train + valid)
    line.testUnseen = try matcher.evaluate(test.filter { !seen.contains($0) })
  }
  if let transfer {
    let pairs = try PairFile.read(URL(filePath: transfer))
    line.transfer = try matcher.evaluate(pairs)
    line.transferFoldsF1 = foldsF1(
      try matcher.probabilities(pairs), pairs.map { $0.isMatch == true })
  }
  try show(line)
}

func show(_ line: some Encodable) throws {
  let writer = JSONEncoder()
  writer.outputFormatting = .sortedKeys
  print(String(decoding: try writer.encode(line), as: UTF8.self))
}

let arguments = Array(CommandLine.arguments.dropFirst())
let sets = arguments.dropFirst().filter { !$0.contains("=") }
  .flatMap { $0.split(separator: " ").map(String.init) }
guard let data = arguments.first, !sets.isEmpty else {
  print("usage: akin-bench-match DATA SET… [key=value …]")
  exit(64)
}
for set in sets {
  try run(
    URL(filePath: data), set, settings(arguments), encoder: text("encoder"),
    transfer: text("transfer"))
}
