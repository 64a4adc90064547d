// Label-free similarity: neighbours in pricerunner's clusters, pairs with a threshold chosen on
// the validation part, Chinese pairs. Prints JSON lines.
import AkinAlike
import AkinCatalogue
import AkinEncoders
import AkinSimilarity
import Foundation

do {
  try AlikeBenchmark(CommandLine.arguments.dropFirst().map { $0 }).run()
} catch {
  FileHandle.standardError.write(Data("akin-bench-alike: \(error)\n".utf8))
  exit(1)
}
