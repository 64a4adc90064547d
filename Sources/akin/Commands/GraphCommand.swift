import AkinEngine
import ArgumentParser
import Foundation

struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Find the k nearest others of every vector, exactly.",
    discussion: """
      A NumPy file of float32 (n, d) in, int32 (n, k) out: the rows with the largest inner product
      (the cosine, for rows of unit length), best first, ties by row, itself excluded; -1 where
      there are no k others. A build that is stopped goes on where it was, if --memory made it
      work in parts.

      Example:
        akin graph --vectors vectors.npy --k 20 --output ids.npy --scores scores.npy
      """)

  @Option(help: "The .npy file of vectors.")
  var vectors: String

  @Option(name: .customLong("k"), help: "Neighbours of each row.")
  var count: Int

  @Option(help: "The .npy file of ordinals to write.")
  var output: String

  @Option(help: "A .npy file of float32 scores to write as well.")
  var scores: String?

  @Option(help: "Memory to stay within, such as 512M or 2G; half of the machine's if left out.")
  var memory: MemorySize?

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 100000, not \(count).")
    }
  }

  func run() throws {
    var graph = BuildGraph(k: count, progress: TerminalProgress())
    graph.memory = memory?.bytes
    try graph.run(
      vectors: URL(filePath: vectors), ids: URL(filePath: output),
      scores: scores.map { URL(filePath: $0) })
  }
}
