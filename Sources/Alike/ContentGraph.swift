public import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
internal import Foundation

/// The nearest products of every product by ``ContentMeasure``.
///
/// Candidates are the best by words, exactly, and the best by meaning, exactly; each is then scored
/// by the joined measure. So nothing is missed that is near in either.
public struct ContentGraph: Sendable {
  /// Neighbours wanted.
  public var k: Int
  /// Candidates by words of each product.
  public var wordCandidates: Int

  /// A graph of `k` neighbours.
  public init(k: Int, wordCandidates: Int? = nil) {
    self.k = k
    self.wordCandidates = wordCandidates ?? max(50, k)
  }

  /// The graph.
  ///
  /// O(Σ c²) over the products c of each word, then O(products · candidates · dimension).
  ///
  /// - Parameters:
  ///   - index: the catalogue.
  ///   - values: its vectors, row after row, of unit length.
  ///   - meaning: for each product candidates by meaning.
  ///   - progress: called with the number of finished products; throws to stop.
  public func neighbours(
    of index: ContentIndex, values: UnsafeBufferPointer<Float>, dimension: Int,
    meaning: NeighbourLists, progress: (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    let words = try SparseNeighbours(k: wordCandidates, normalisation: .dot).graph(
      of: index.rows, progress: { try progress($0 / 2) })
    let count = index.facts.count
    let workers = Workers(count: ProcessInfo.processInfo.activeProcessorCount)
    let block = 1_024
    var result = NeighbourLists()
    for start in stride(from: 0, to: count, by: block) {
      let range = start..<min(count, start + block)
      let found = RowSlots<[Neighbour]>(count: range.count, empty: [])
      workers.run(range, by: 32) { piece, _ in
        for row in piece {
          var candidates = Set<Int32>(minimumCapacity: 2 * k)
          candidates.formUnion(words.ids[words.offsets[row]..<words.offsets[row + 1]])
          if row < meaning.count {
            candidates.formUnion(meaning.ids[meaning.offsets[row]..<meaning.offsets[row + 1]])
          }
          candidates.remove(Int32(row))
          let scored = candidates.map { candidate -> Neighbour in
            let other = Int(candidate)
            let cosine =
              dimension > 0 ? VectorMath.dot(values, row, other, dimension) : 0
            return Neighbour(item: other, score: index.score(row, other, cosine: cosine))
          }
          found[row - start] = Array(scored.sorted { $0.precedes($1) }.prefix(k))
        }
      }
      for row in 0..<range.count { result.append(found[row]) }
      try progress(count / 2 + range.upperBound / 2)
    }
    return result
  }
}
