import AkinEncoders
import AkinSimilarity
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
  var memory: String?

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 100000, not \(count).")
    }
    if let memory, Self.bytes(memory) == nil {
      throw ValidationError("--memory takes a size such as 512M or 2G, not '\(memory)'.")
    }
  }

  func run() throws {
    let input = URL(filePath: vectors)
    let header = try NumPyFile.header(at: input)
    guard header.element == .float32, header.shape.count == 2, header.shape[1] > 0 else {
      throw ValidationError("\(vectors): a float32 array of shape (n, d) is needed.")
    }
    let (rows, dimension) = (header.shape[0], header.shape[1])
    let source = try MappedVectors(
      file: input, offset: header.dataOffset, count: rows, dimension: dimension)
    let graph = try SimilarityGraph(k: count, memory: memory.flatMap(Self.bytes))
    let needed = try graph.predictedMemory(count: rows, dimension: dimension)
    let ids = try NumPyWriter(destination: URL(filePath: output), columns: count, element: .int32)
    let values = try scores.map { try NumPyWriter(destination: URL(filePath: $0), columns: count) }
    let checkpoint = URL(filePath: output + ".part")
    let progress = TerminalProgress()
    progress.begin("Comparing (\(needed >> 20) MiB)", total: rows, unit: "rows")
    try graph.build(
      of: source, checkpoint: checkpoint, identity: try Self.identity(of: input),
      progress: { done, total in
        try Task.checkCancellation()
        progress.advance(to: Int(Double(rows) * Double(done) / Double(max(1, total))))
      },
      emit: { rows, scores in
        try ids.append(rows)
        try values?.append(scores)
      })
    try values?.finish()
    try ids.finish()
    if FileManager.default.fileExists(atPath: checkpoint.path) {
      try FileManager.default.removeItem(at: checkpoint)
    }
    progress.end("\(rows.formatted()) rows, \(count) neighbours each")
  }

  /// Size and time of change: of what file a checkpoint is.
  private static func identity(of file: URL) throws -> String {
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(attributes[.size] ?? 0) \(time)"
  }

  /// `512M` in bytes.
  static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = text.uppercased().last.flatMap { units[$0] }
    guard let number = Int(shift == nil ? text[...] : text.dropLast()), number > 0 else {
      return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    return overflow ? nil : bytes
  }
}
