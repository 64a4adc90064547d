public import AkinCatalogue
public import Foundation

extension SimilarityGraph {
  /// The graph of `source` in memory: up to `k` neighbours of every row, best first, ties by
  /// ordinal. O(n² d), and 8 bytes for each neighbour beyond ``memory``.
  ///
  /// - Parameters:
  ///   - checkpoint: as in ``build(of:checkpoint:identity:progress:emit:)``.
  ///   - identity: what the vectors are.
  ///   - progress: called with the number of finished rows; throws to stop.
  /// - Throws: ``GraphError``, and what `progress` throws.
  public func neighbours(
    of source: some VectorSource, checkpoint: URL? = nil, identity: String = "",
    progress: @escaping (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    try withExtendedLifetime(source) {
      try neighbours(
        values: source.values, dimension: source.dimension, forget: { source.forget() },
        checkpoint: checkpoint, identity: identity, progress: progress)
    }
  }

  /// The graph of `values`, rows of `dimension` components, which must not move meanwhile.
  package func neighbours(
    values: UnsafeBufferPointer<Float>, dimension: Int, forget: @escaping () -> Void = {},
    checkpoint: URL? = nil, identity: String = "",
    progress: @escaping (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    var lists = NeighbourLists()
    let count = values.count / dimension
    guard k > 0 else {
      for _ in 0..<count { lists.append([]) }
      return lists
    }
    try build(
      values: values, dimension: dimension, forget: forget, checkpoint: checkpoint,
      identity: identity,
      progress: { done, total in
        try progress(Int(Double(count) * Double(done) / Double(max(1, total))))
      },
      emit: { ids, scores in
        for start in stride(from: 0, to: ids.count, by: k) {
          lists.append(
            (start..<start + k).lazy.filter { ids[$0] >= 0 }
              .map { Neighbour(item: Int(ids[$0]), score: scores[$0]) })
        }
      })
    return lists
  }
}
