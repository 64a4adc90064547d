internal import AkinEncoders
internal import AkinSimilarity
public import Foundation

/// The use case "the k nearest others of every vector": one `.npy` file in, one or two out.
public struct BuildGraph {
  /// Neighbours of each row.
  public var k: Int
  /// Bytes to stay within; half of the machine's memory where `nil`.
  public var memory: Int?
  private let progress: any ProgressReporter

  /// Finds `k` neighbours of each row.
  public init(k: Int, progress: any ProgressReporter) {
    self.k = k
    self.progress = progress
  }

  /// Reads float32 `(n, d)` from `vectors`; writes int32 `(n, k)` to `ids`, and float32 `(n, k)` to
  /// `scores` if that is named. Finished parts are kept in `IDS.part` until all is done, so that
  /// an interrupted build goes on where it was.
  ///
  /// - Throws: ``EngineError`` `badArgument`, `unreadableInput`; `EncoderError`, `GraphError`,
  ///   `SimilarityError`; `CancellationError`.
  public func run(vectors: URL, ids: URL, scores: URL?) throws {
    let files = ([vectors, ids] + [scores].compactMap(\.self)).map { $0.resolvingSymlinksInPath() }
    guard Set(files).count == files.count else {
      throw EngineError(.badArgument, "input and outputs must be different files")
    }
    let header = try NumPyFile.header(at: vectors)
    guard header.element == .float32, header.shape.count == 2, header.shape[1] > 0 else {
      throw EngineError(
        .unreadableInput, "\(vectors.path): a float32 array of shape (n, d) is needed")
    }
    let (rows, dimension) = (header.shape[0], header.shape[1])
    let source = try MappedVectors(
      file: vectors, offset: header.dataOffset, count: rows, dimension: dimension)
    let graph = try SimilarityGraph(k: k, memory: memory)
    let needed = try graph.predictedMemory(count: rows, dimension: dimension)
    let idWriter = try NumPyWriter(destination: ids, columns: k, element: .int32)
    let scoreWriter = try scores.map { try NumPyWriter(destination: $0, columns: k) }
    let checkpoint = ids.appendingPathExtension("part")
    progress.begin("Comparing (\(needed >> 20) MiB)", total: rows, unit: "rows")
    do {
      try graph.build(
        of: source, checkpoint: checkpoint, identity: try Self.identity(of: vectors),
        progress: { done, total in
          try Task.checkCancellation()
          progress.advance(to: Int(Double(rows) * Double(done) / Double(max(1, total))))
        },
        emit: { rows, scores in
          try idWriter.append(rows)
          try scoreWriter?.append(scores)
        })
    } catch GraphError.notFinite(let row) {
      let column = source.values[row * dimension..<(row + 1) * dimension]
        .firstIndex { !$0.isFinite }
      throw EngineError(
        .unreadableInput,
        "\(vectors.path): row \(row), column \((column ?? 0) % dimension) is a NaN or an infinity "
          + "(both count from 0); encode that product again")
    }
    try scoreWriter?.finish()
    try idWriter.finish()
    if FileManager.default.fileExists(atPath: checkpoint.path) {
      try FileManager.default.removeItem(at: checkpoint)
    }
    progress.end("\(rows.formatted()) rows, \(k) neighbours each")
  }

  /// Size and time of change: of what file a checkpoint is.
  private static func identity(of file: URL) throws -> String {
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(attributes[.size] ?? 0) \(time)"
  }
}
