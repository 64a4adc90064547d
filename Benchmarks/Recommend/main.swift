// The evaluation of one recommender, without the rest of the command line: what Benchmarks/Recommend/run
// and experiments call.
//   akin-bench-recommend TRAIN TEST NAME [setting=value …]
// prints one line of JSON: recall@20, ndcg@20, seconds of fitting (and of an iteration), of ranking.
//   akin-bench-recommend TRAIN - NAME [setting=value …]
// prints how long it takes to fold one shopper in and to list ten items.
import AkinEngine
import AkinRecommenders
import Foundation

guard CommandLine.arguments.count >= 4 else {
  print("usage: akin-bench-recommend TRAIN TEST NAME|auto [setting=value …] [budget=seconds]")
  exit(64)
}
let arguments = CommandLine.arguments
let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys]
do {
  var evaluation = EvaluateInteractions(try .init(arguments[3]), progress: SilentProgress())
  evaluation.cuts = [20]
  for argument in arguments.dropFirst(4) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { continue }
    if parts[0] == "budget", let seconds = Double(parts[1]) {
      evaluation.budget = seconds
    } else {
      evaluation.changes[parts[0]] = parts[1]
    }
  }
  if arguments[2] == "-" {
    let settings = try EvaluateInteractions.named(arguments[3]).changing(evaluation.changes)
    let found = try FoldIn().run(train: URL(filePath: arguments[1]), settings)
    print(String(decoding: try encoder.encode(found), as: UTF8.self))
    exit(0)
  }
  let report = try evaluation.run(
    train: URL(filePath: arguments[1]), test: URL(filePath: arguments[2]))
  print(String(decoding: try encoder.encode(report), as: UTF8.self))
} catch {
  FileHandle.standardError.write(Data("akin-bench-recommend: \(error)\n".utf8))
  exit(65)
}
