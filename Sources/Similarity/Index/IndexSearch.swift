internal import AkinCatalogue
internal import CKernels
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
  /// The `k` items nearest to `query` that pass `filter`.
  ///
  /// - Parameter query: `[dimension]`; by cosine of any length but 0.
  /// - Returns: exactly `k` items, or as many as there are and the reason.
  /// - Throws: ``IndexError`` for a query of another dimension, with a NaN, or of no direction.
  public func search(
    _ query: [Float], k: Int, filter: IndexFilter? = nil
  ) throws(IndexError) -> IndexSearchResult {
    let prepared = try measure.prepare(query, dimension: dimension, .query(0))
    let plan = SearchPlan(self, filter: filter)
    return plan.result(plan.search(prepared, k: k), k: k)
  }

  /// The same for each row of `queries` (`[count, dimension]`), on all cores; the filter is
  /// evaluated once.
  public func search(
    _ queries: Vectors, k: Int, filter: IndexFilter? = nil, threads: Int? = nil
  ) throws(IndexError) -> [IndexSearchResult] {
    var prepared: [[Float]] = []
    for row in 0..<queries.count {
      prepared.append(try measure.prepare(queries[row], dimension: dimension, .query(row)))
    }
    let plan = SearchPlan(self, filter: filter)
    let slots = Slots<IndexSearchResult>(count: queries.count)
    Workers(count: threads ?? Workers.processors).run(0..<queries.count, by: 16) { rows, _ in
      for row in rows { slots[row] = plan.result(plan.search(prepared[row], k: k), k: k) }
    }
    return slots.values.compactMap(\.self)
  }
}

/// A snapshot and the rows of it that a search may return.
struct SearchPlan: Sendable {
  let snapshot: IndexSnapshot
  let isFiltered: Bool
  /// The rows of each part, then of each chunk of the tail, and how many.
  let allowed: [RowSet]
  let populations: [Int]
  /// Where each part and chunk begins in the numbering of all.
  let bases: [Int]

  init(_ snapshot: IndexSnapshot, filter: IndexFilter?) {
    self.snapshot = snapshot
    isFiltered = filter != nil
    var allowed: [RowSet] = []
    var bases = [0]
    for part in snapshot.parts {
      var rows =
        filter.map {
          part.segment.attributes.rows(passing: $0, identifiers: part.segment.identifiers)
        } ?? RowSet(count: part.segment.count, full: true)
      rows.subtract(part.deleted)
      allowed.append(rows)
      bases.append(bases[bases.count - 1] + part.segment.count)
    }
    for recent in snapshot.tail {
      var rows =
        filter.map { recent.chunk.rows(passing: $0) }
        ?? RowSet(count: recent.chunk.count, full: true)
      rows.subtract(recent.deleted)
      allowed.append(rows)
      bases.append(bases[bases.count - 1] + recent.chunk.count)
    }
    self.allowed = allowed
    self.bases = bases
    populations = allowed.map(\.population)
  }

  /// The best rows by their number among all.
  func search(_ query: [Float], k: Int) -> [Neighbour] {
    var best = BestList(capacity: max(0, k))
    guard k > 0 else { return [] }
    for (place, rows) in allowed.enumerated() where populations[place] > 0 {
      let parts = snapshot.parts
      if place < parts.count {
        scan(parts[place].segment.vectors.values, query, rows, base: bases[place], &best)
      } else {
        snapshot.tail[place - parts.count].chunk.vectors.withUnsafeBufferPointer {
          scan($0, query, rows, base: bases[place], &best)
        }
      }
    }
    return best.sorted()
  }

  /// Compares the query with all of `rows` in float32.
  private func scan(
    _ vectors: UnsafeBufferPointer<Float>, _ query: [Float], _ rows: RowSet, base: Int,
    _ best: inout BestList
  ) {
    let piece = 1_024
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: piece) { ordinals in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: piece) { scores in
        guard let list = ordinals.baseAddress, let out = scores.baseAddress else { return }
        var filled = 0
        func flush() {
          akin_index_score(
            snapshot.kernel.identifier, query, vectors.baseAddress, query.count, list, filled, out)
          for index in 0..<filled where out[index] > best.threshold {
            best.offer(Neighbour(item: base + Int(list[index]), score: out[index]))
          }
          filled = 0
        }
        rows.forEach { row in
          list[filled] = Int32(row)
          filled += 1
          if filled == piece { flush() }
        }
        flush()
      }
    }
  }

  func result(_ found: [Neighbour], k: Int) -> IndexSearchResult {
    let matches = found.map { IndexMatch(id: id($0.item), score: $0.score) }
    guard found.count < k else { return IndexSearchResult(matches: matches, shortfall: nil) }
    let count = populations.reduce(0, +)
    return IndexSearchResult(
      matches: matches, shortfall: isFiltered ? .filterPasses(count) : .indexHolds(count))
  }

  private func id(_ number: Int) -> String {
    var (lower, upper) = (0, bases.count - 1)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if bases[middle] <= number { lower = middle } else { upper = middle }
    }
    let row = number - bases[lower]
    let parts = snapshot.parts
    return lower < parts.count
      ? parts[lower].segment.identifiers.id(row)
      : snapshot.tail[lower - parts.count].chunk.ids[row]
  }
}

extension Workers {
  static let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
}
