internal import Foundation

/// What a search found.
public struct IndexSearchResult: Sendable, Equatable {
  /// Best first.
  public let matches: [IndexMatch]
  /// Why there are fewer than were asked for; `nil` where there are as many.
  public let shortfall: IndexShortfall?
}

/// One item found.
public struct IndexMatch: Sendable, Equatable {
  /// The identifier.
  public let id: String
  /// The measure's value in float32, larger is nearer.
  public let score: Float
}

/// Why a search returned fewer items than were asked for. It never does for another reason.
public enum IndexShortfall: Sendable, Equatable {
  /// The index holds no more items than this.
  case indexHolds(Int)
  /// No more items than this pass the filter; all of them were returned.
  case filterPasses(Int)
}

extension IndexSnapshot {
  /// The share of the nearest items that a search finds on average where nobody says otherwise.
  public static let usualRecall = 0.99

  /// The `k` items nearest to `query` that pass `filter`.
  ///
  /// - Parameters:
  ///   - query: `[dimension]`; by cosine of any length but 0.
  ///   - recall: the share of them to be found on average, as measured when the segments were
  ///     built; 1 compares the codes of all rows.
  /// - Returns: exactly `k` items, or as many as there are and the reason.
  /// - Throws: ``IndexError`` for a query of another dimension, with a NaN, or of no direction.
  public func search(
    _ query: [Float], k: Int, filter: IndexFilter? = nil, recall: Double = usualRecall
  ) throws(IndexError) -> IndexSearchResult {
    let prepared = try measure.prepare(query, dimension: dimension, .query(0))
    let plan = SearchPlan(self, filter: filter, k: k, recall: recall, together: false)
    return plan.result(plan.search(prepared, count: 1)[0])
  }

  /// The same for each row of `queries` (`[count, dimension]`), on all cores; the filter is
  /// evaluated once.
  public func search(
    _ queries: Vectors, k: Int, filter: IndexFilter? = nil, recall: Double = usualRecall,
    threads: Int? = nil
  ) throws(IndexError) -> [IndexSearchResult] {
    var prepared: [Float] = []
    prepared.reserveCapacity(queries.count * dimension)
    for row in 0..<queries.count {
      prepared += try measure.prepare(queries[row], dimension: dimension, .query(row))
    }
    let plan = SearchPlan(
      self, filter: filter, k: k, recall: recall, together: queries.count > 1)
    let slots = Slots<IndexSearchResult>(count: queries.count)
    let threads = threads ?? Workers.processors
    let piece = max(1, min(Self.together, (queries.count + threads - 1) / threads))
    let values = prepared
    Workers(count: threads).run(0..<queries.count, by: piece) { rows, _ in
      let block = Array(values[rows.lowerBound * dimension..<rows.upperBound * dimension])
      for (row, found) in zip(rows, plan.search(block, count: rows.count)) {
        slots[row] = plan.result(found)
      }
    }
    return slots.values.compactMap(\.self)
  }

  /// Queries that share what they read of a list: their codes fit into the second-level cache.
  private static let together = 256
}
extension Workers {
  static let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
  /// One a core.
  package static var all: Workers { Workers(count: processors) }
}
