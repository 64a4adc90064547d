public import AkinCatalogue
internal import CKernels

/// Exact nearest neighbours by inner product: every pair is compared, in float32.
///
/// Vectors of unit length make the inner product the cosine, in `-1 ... 1`. The catalogue is packed
/// once into panels of 16 interleaved rows; a tile of queries and panels then stays in
/// registers. O(n · d) for one query and O(n² · d) for the whole graph.
public struct ExactNeighbours: Sendable {
  /// The rows that are searched.
  public let vectors: Vectors
  private let packed: [Float]
  private let kernel: Kernel

  /// Packs `vectors`; takes as much memory again. O(n · d).
  ///
  /// - Throws: ``SimilarityError/notFinite(row:)``.
  public init(_ vectors: Vectors, kernel: Kernel? = nil) throws(SimilarityError) {
    if let row = vectors.firstNonFiniteRow() { throw .notFinite(row: row) }
    if let kernel { self.kernel = kernel } else { self.kernel = try .preferred() }
    self.vectors = vectors
    let size = akin_packed_size(vectors.count, vectors.dimension)
    packed = [Float](unsafeUninitializedCapacity: size) { buffer, initialised in
      vectors.values.withUnsafeBufferPointer {
        guard let rows = $0.baseAddress, let base = buffer.baseAddress else { return }
        akin_pack_panels(rows, vectors.count, vectors.dimension, base)
      }
      initialised = size
    }
  }

  /// The `k` rows nearest to each of `queries`, best first, ties by ordinal.
  ///
  /// - Throws: ``SimilarityError/dimensionMismatch(expected:found:)``,
  ///   ``SimilarityError/notFinite(row:)`` for a query.
  public func search(_ queries: Vectors, k: Int) throws(SimilarityError) -> NeighbourLists {
    guard queries.dimension == vectors.dimension else {
      throw .dimensionMismatch(expected: vectors.dimension, found: queries.dimension)
    }
    if let row = queries.firstNonFiniteRow() { throw .notFinite(row: row) }
    var lists = NeighbourLists()
    for row in block(0..<queries.count, of: queries, k: k) {
      lists.append(row)
    }
    return lists
  }

  /// Queries compared together: a multiple of every kernel's tile, small enough for the cache.
  private static let queryBlock = 192
  /// Panels scored before the best are picked: their packed rows stay in the second-level cache.
  private static let panelBlock = 32

  private func block(_ rows: Range<Int>, of queries: Vectors, k: Int) -> [[Neighbour]] {
    let dimension = vectors.dimension
    let panels = packed.count / (dimension * Int(AKIN_PANEL_ROWS))
    let width = Self.panelBlock * Int(AKIN_PANEL_ROWS)
    var best = rows.map { _ in BestList(capacity: k) }
    guard k > 0, !rows.isEmpty else { return best.map { $0.sorted() } }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * width) { scores in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: width) { offsets in
        queries.values.withUnsafeBufferPointer { queries in
          packed.withUnsafeBufferPointer { packed in
            guard let scores = scores.baseAddress, let offsets = offsets.baseAddress,
              let queries = queries.baseAddress, let packed = packed.baseAddress
            else { return }
            for first in stride(from: 0, to: panels, by: Self.panelBlock) {
              let count = min(Self.panelBlock, panels - first)
              akin_score_panels(
                kernel.identifier, queries + rows.lowerBound * dimension, rows.count,
                packed + first * dimension * Int(AKIN_PANEL_ROWS), count, dimension, scores, width)
              let base = first * Int(AKIN_PANEL_ROWS)
              let live = min(count * Int(AKIN_PANEL_ROWS), vectors.count - base)
              for index in 0..<rows.count {
                let line = scores + index * width
                let found = akin_select_above(
                  kernel.identifier, line, live, best[index].threshold, offsets)
                for offset in UnsafeBufferPointer(start: offsets, count: found) {
                  let item = base + Int(offset)
                  best[index].offer(Neighbour(item: item, score: line[Int(offset)]))
                }
              }
            }
          }
        }
      }
    }
    return best.map { $0.sorted() }
  }
}
