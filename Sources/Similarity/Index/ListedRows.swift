package import AkinCatalogue

/// Rows of vectors that are searched by inverted lists: what a live index's segment is, for a
/// catalogue that keeps its vectors itself and knows them by their place.
package struct ListedRows: Sendable {
  private let snapshot: IndexSnapshot

  /// Groups the rows around centroids and measures what searching some of the lists finds. Takes as
  /// much memory as the vectors, and a quarter. O(rows · lists · dimension).
  ///
  /// - Throws: ``SimilarityError/notFinite(row:)``; `CancellationError`.
  package init(_ vectors: Vectors, kernel: Kernel? = nil) throws {
    if let row = vectors.firstNonFiniteRow() { throw SimilarityError.notFinite(row: row) }
    let chosen: Kernel
    if let kernel { chosen = kernel } else { chosen = try .preferred() }
    let dimension = vectors.dimension
    var builder = SegmentBuilder(
      count: vectors.count, dimension: dimension, measure: .innerProduct, kernel: chosen)
    try vectors.values.withUnsafeBufferPointer { values in
      try builder.append(vectors.count) { row in
        ("\(row)", [:])
      } vectors: { row, copy in
        let start = row * dimension
        copy(UnsafeBufferPointer(rebasing: values[start..<start + dimension]))
      }
    }
    let parts = vectors.count > 0 ? [IndexSnapshot.Part(segment: try builder.finish())] : []
    snapshot = IndexSnapshot(
      dimension: dimension, measure: .innerProduct, precision: .float32, parts: parts, tail: [],
      version: 0, kernel: chosen)
  }

  /// The `k` rows with the largest inner product with `query`, best first, ties by row.
  ///
  /// - Parameter recall: the share of them to be found on average; 1 compares the codes of all.
  /// - Throws: ``IndexError`` for a query of another dimension or with a NaN.
  package func search(
    _ query: [Float], k: Int, recall: Double = IndexSnapshot.usualRecall
  ) throws(IndexError) -> [Neighbour] {
    let found = try snapshot.search(query, k: k, recall: recall).matches
    return found.compactMap { match in
      Int(match.id).map { Neighbour(item: $0, score: match.score) }
    }.sorted { $0.precedes($1) }
  }
}
