internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
internal import AkinStorage
internal import Foundation

/// The content neighbours of a shop's texts, within a memory budget.
///
/// The vectors go from the database to a file of the shop's folder, some thousand at a time, and
/// are mapped from there: no more of them is in memory than the budget allows. Finished rows are
/// kept beside it, so that a build that was killed goes on where it was.
struct TextGraph {
  let store: ShopStore
  let neighbours: Int
  /// Bytes to stay within; half of the machine's memory where `nil`.
  let memory: Int?
  let progress: any ProgressReporter

  /// Texts whose vectors are read together.
  private static let chunk = 8_192

  private var vectors: URL { store.directory.appending(path: "comparing.vectors") }
  private var checkpoint: URL { store.directory.appending(path: "comparing.part") }

  /// The nearest others of each of `texts` by words, facts and meaning, and the measure that says
  /// so, fitted to this catalogue; `digest` says which texts these are.
  ///
  /// - Parameter products: for each text the product whose facts stand for it.
  /// - Throws: `StorageError`, `GraphError`, `EncoderError`, ``EngineError`` `cannotWrite`,
  ///   `CancellationError`.
  func lists(
    of texts: [String], _ products: [Product], model: String, dimension: Int, digest: String
  ) throws -> (lists: NeighbourLists, measure: ContentMeasure) {
    defer { remove(vectors) }
    try writeVectors(of: texts, model: model, dimension: dimension)
    let source = try MappedVectors(
      file: vectors, offset: 0, count: texts.count, dimension: dimension)
    let meaning = try SimilarityGraph(k: neighbours, memory: memory).neighbours(
      of: source, checkpoint: checkpoint, identity: digest
    ) { [progress] done in
      try Task.checkCancellation()
      progress.advance(to: done / 2)
    }
    var index = try ContentIndex(products) { _ in try Task.checkCancellation() }
    index.fitMeaning(source.values, dimension: dimension)
    let lists = try ContentGraph(k: neighbours).neighbours(
      of: index, values: source.values, dimension: dimension, meaning: meaning
    ) { [progress] done in
      try Task.checkCancellation()
      progress.advance(to: (texts.count + done) / 2)
    }
    return (lists, index.measure)
  }

  /// Forgets the rows that were kept, once they are published.
  func discardCheckpoint() { remove(checkpoint) }

  private func writeVectors(of texts: [String], model: String, dimension: Int) throws {
    guard FileManager.default.createFile(atPath: vectors.path(percentEncoded: false), contents: nil)
    else { throw cannotWrite }
    let file = try FileHandle(forWritingTo: vectors)
    defer { try? file.close() }
    for start in stride(from: 0, to: texts.count, by: Self.chunk) {
      try Task.checkCancellation()
      let some = Array(texts[start..<min(start + Self.chunk, texts.count)])
      let values = try store.vectors(of: some, model: model, dimension: dimension)
      let bytes = values.withUnsafeBytes { Data($0) }
      do { try file.write(contentsOf: bytes) } catch { throw cannotWrite }
    }
  }

  private var cannotWrite: EngineError {
    EngineError(
      .cannotWrite,
      "\(vectors.path(percentEncoded: false)): cannot be written; is the shop's disk full?")
  }

  /// What stays behind harms nothing: the next build overwrites it.
  private func remove(_ file: URL) { try? FileManager.default.removeItem(at: file) }
}
