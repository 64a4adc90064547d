import AkinEncoders
import Foundation

// Trains a matcher on each named set and prints one JSON line of its measures.
//
//     akin-bench-match DATA SET… [key=value …]
//
// DATA is the folder of the sets (`matching`), SET one of its folders. Keys: `budget` (seconds),
// `seed`, `epochs`, `rate`, `batch`, `tokens`, `frozen` (blocks), `dropout`, `augment` (0 or 1),
// `cross` (0: comparisons alone), `test` (1: measure the test pairs too, once all is chosen).

struct Line: Codable {
  var set: String
  var validation: MatchMeasures
  var parts: [MatchMeasures]
  var fineTuning: Matcher.FineTuning?
  var seconds: Double
  var test: MatchMeasures?
  /// Without the test pairs that also stand, line for line, in the training or validation file.
  var testUnseen: MatchMeasures?
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

func run(_ data: URL, _ set: String, _ values: [String: Double]) throws {
  let folder = data.appending(path: set)
  func file(_ part: String) -> URL {
    let medium = folder.appending(path: "\(part).txt.medium")
    let isThere = FileManager.default.fileExists(atPath: medium.path)
    return isThere ? medium : folder.appending(path: "\(part).txt")
  }
  let (train, valid) = (try PairFile.read(file("train")), try PairFile.read(file("valid")))
  let matcher = try training(values).fit(train: train, valid: valid)
  var line = Line(
    set: set, validation: matcher.card.validation, parts: matcher.card.parts,
    fineTuning: matcher.card.crossEncoder, seconds: matcher.card.seconds)
  if values["test"] == 1 {
    let test = try PairFile.read(folder.appending(path: "test.txt"))
    line.test = try matcher.evaluate(test)
    let seen = Set(train + valid)
    line.testUnseen = try matcher.evaluate(test.filter { !seen.contains($0) })
  }
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  print(String(decoding: try encoder.encode(line), as: UTF8.self))
}

let arguments = Array(CommandLine.arguments.dropFirst())
let sets = arguments.dropFirst().filter { !$0.contains("=") }
  .flatMap { $0.split(separator: " ").map(String.init) }
guard let data = arguments.first, !sets.isEmpty else {
  print("usage: akin-bench-match DATA SET… [key=value …]")
  exit(64)
}
for set in sets { try run(URL(filePath: data), set, settings(arguments)) }
