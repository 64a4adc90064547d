internal import AkinCatalogue
internal import CKernels

/// A snapshot, the rows of it that a search may return, and how many of them it looks at.
struct SearchPlan: Sendable {
  private enum Scan: Sendable {
    /// By lists, with this budget.
    case lists(ListBudget)
    /// All rows that pass, in float32: cheaper where few do.
    case rows(RowSet)
    case nothing
  }

  private let snapshot: IndexSnapshot
  private let k: Int
  private let isFiltered: Bool
  private let scans: [Scan]
  private let tail: [RowSet]
  /// How many rows pass.
  private let population: Int
  /// Where each part and chunk begins in the numbering of all.
  private let bases: [Int]

  /// - Parameter together: whether many queries share the plan.
  init(
    _ snapshot: IndexSnapshot, filter: IndexFilter?, k: Int, recall: Double, together: Bool
  ) {
    self.snapshot = snapshot
    self.k = max(0, k)
    isFiltered = filter != nil
    var (scans, tail, bases): ([Scan], [RowSet], [Int]) = ([], [], [0])
    var population = 0
    for part in snapshot.parts {
      let (scan, passing) = Self.scan(
        part, filter, k: k, recall: recall, together: together)
      scans.append(scan)
      population += passing
      bases.append(bases[bases.count - 1] + part.segment.count)
    }
    for recent in snapshot.tail {
      var rows =
        filter.map { recent.chunk.rows(passing: $0) }
        ?? RowSet(count: recent.chunk.count, full: true)
      rows.subtract(recent.deleted)
      tail.append(rows)
      population += rows.population
      bases.append(bases[bases.count - 1] + recent.chunk.count)
    }
    (self.scans, self.tail, self.bases, self.population) = (scans, tail, bases, population)
  }

  /// How a part is searched, and how many of its rows pass.
  private static func scan(
    _ part: IndexSnapshot.Part, _ filter: IndexFilter?, k: Int, recall: Double, together: Bool
  ) -> (Scan, Int) {
    let segment = part.segment
    let gone = part.deleted.population
    guard let filter else {
      guard gone < segment.count else { return (.nothing, 0) }
      let allowed = gone == 0 ? nil : part.deleted.inverted()
      return (
        .lists(
          ListBudget(
            rows: budget(segment, passing: segment.count - gone, k: k, recall: recall),
            passing: segment.count - gone, allowed: allowed, weights: segment.lists.sizes)),
        segment.count - gone
      )
    }
    let entry = segment.rows(passing: filter)
    var (rows, passing) = (entry.rows, entry.population)
    if gone > 0 {
      rows.subtract(part.deleted)
      passing = rows.population
    }
    guard passing > 0 else { return (.nothing, 0) }
    let budget = budget(segment, passing: passing, k: k, recall: recall)
    // A group of 16 codes is scored where one of its rows passes. A row in float32 costs as much as
    // so many in codes (measured), more where queries that come together share the codes they read.
    let share = Double(passing) / Double(segment.count)
    let looked = min(Double(segment.count), Double(budget) / share)
    let byCodes = looked * min(1, share * Double(AKIN_GROUP)) + Double(segment.lists.count)
    if Double(passing) * (together ? 7 : 3) <= byCodes { return (.rows(rows), passing) }
    return (
      .lists(
        ListBudget(rows: budget, passing: passing, allowed: rows, weights: entry.weights)), passing
    )
  }

  /// The k-th best of those that pass is about the (k / share)-th best of all: as many rows are
  /// looked at as find that one, of which the share passes.
  private static func budget(
    _ segment: IndexSegment, passing: Int, k: Int, recall: Double
  ) -> Int {
    let share = Double(passing) / Double(segment.count)
    let all = segment.lists.recall.budget(
      recall: recall, k: Double(max(1, k)) / share, rows: segment.count)
    return max(min(4 * k, passing), Int((Double(all) * share).rounded(.up)))
  }

  /// The best rows of each query by their number among all.
  ///
  /// - Parameter queries: `[count, dimension]`, prepared.
  func search(_ queries: [Float], count: Int) -> [[Neighbour]] {
    guard k > 0, count > 0 else { return Array(repeating: [], count: count) }
    var best = (0..<count).map { _ in BestList(capacity: k) }
    queries.withUnsafeBufferPointer { queries in
      guard let queries = queries.baseAddress else { return }
      for (place, scan) in scans.enumerated() {
        let segment = snapshot.parts[place].segment
        switch scan {
        case .nothing: break
        case .rows(let rows):
          score(segment.vectors.values, queries, rows, base: bases[place], &best)
        case .lists(let budget):
          searchLists(segment, budget, queries, count, base: bases[place], &best)
        }
      }
      for (place, rows) in tail.enumerated() where rows.population > 0 {
        snapshot.tail[place].chunk.vectors.withUnsafeBufferPointer { vectors in
          score(
            .floats(vectors.baseAddress), queries, rows, base: bases[scans.count + place], &best)
        }
      }
    }
    return best.map { $0.sorted() }
  }

  private func searchLists(
    _ segment: IndexSegment, _ budget: ListBudget, _ queries: UnsafePointer<Float>, _ count: Int,
    base: Int, _ best: inout [BestList]
  ) {
    let dimension = snapshot.dimension
    // Codes misplace a row by a few: so many more are scored by their vectors.
    let kept = k + max(16, k / 2)
    let block = ProbeBlock(
      queries, count: count, dimension: dimension, keep: kept,
      sketches: segment.lists.sketches, kernel: snapshot.kernel)
    segment.lists.search(block, budget, kernel: snapshot.kernel)
    for query in 0..<count {
      var rows = block.kept(query).rows
      var second: ProbeBlock?
      if rows.count < min(k, budget.passing) {
        // The best lists hold deleted rows, which their weights count.
        let again = ProbeBlock(
          queries + query * dimension, count: 1, dimension: dimension, keep: kept,
          sketches: segment.lists.sketches, kernel: snapshot.kernel)
        segment.lists.search(again, budget.unlimited, kernel: snapshot.kernel)
        rows = again.kept(0).rows
        second = again
      }
      defer { withExtendedLifetime(second) {} }
      score(
        segment.vectors.values, queries + query * dimension, rows, base: base, &best[query])
    }
  }

  /// Compares each query with the rows of a set by their vectors, a few rows at a time with all queries,
  /// so that vectors come from memory once.
  private func score(
    _ vectors: RowValues, _ queries: UnsafePointer<Float>, _ rows: RowSet,
    base: Int, _ best: inout [BestList]
  ) {
    let piece = best.count == 1 ? 1_024 : 64
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: piece) { list in
      var filled = 0
      func flush() {
        let rows = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(list)[..<filled])
        for query in best.indices {
          score(
            vectors, queries + query * snapshot.dimension, rows, base: base, &best[query])
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

  /// Compares a query with the vectors of `rows`.
  private func score(
    _ vectors: RowValues, _ query: UnsafePointer<Float>, _ rows: UnsafeBufferPointer<Int32>,
    base: Int, _ best: inout BestList
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, rows.count)) { scores in
      vectors.score(
        query, rows, dimension: snapshot.dimension, snapshot.kernel, into: scores.baseAddress)
      for index in rows.indices where scores[index] >= best.threshold {
        best.offer(Neighbour(item: base + Int(rows[index]), score: scores[index]))
      }
    }
  }

  func result(_ found: [Neighbour]) -> IndexSearchResult {
    let matches = found.map { IndexMatch(id: id($0.item), score: $0.score) }
    guard found.count < k else { return IndexSearchResult(matches: matches, shortfall: nil) }
    return IndexSearchResult(
      matches: matches,
      shortfall: isFiltered ? .filterPasses(population) : .indexHolds(population))
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
