internal import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// The most alike rows of every row of a matrix, by any ``SetSimilarity``.
struct SetNeighbours {
  var k: Int
  var measure: SetSimilarity
  var shrinkage: Float
  var threads = ProcessInfo.processInfo.activeProcessorCount

  /// A matrix with what is needed to compare a row with all of its rows.
  struct Table {
    let rows: Interactions
    let takers: Interactions
    let sums: [SetSimilarity.Row]

    /// O(entries).
    init(_ rows: Interactions) { self.init(rows, takers: rows.transposed()) }

    /// With the transposed matrix at hand.
    init(_ rows: Interactions, takers: Interactions) {
      self.rows = rows
      self.takers = takers
      sums = (0..<rows.userCount).map { Self.sums(of: $0, in: rows) }
    }

    static func sums(of row: Int, in rows: Interactions) -> SetSimilarity.Row {
      guard let weights = rows.weights else {
        let count = Float(rows[row].count)
        return .init(sum: count, squares: count)
      }
      var (sum, squares): (Float, Float) = (0, 0)
      for entry in rows.range(of: row) {
        sum += weights[entry]
        squares += weights[entry] * weights[entry]
      }
      return .init(sum: sum, squares: squares)
    }
  }

  /// Room to add up what one row shares with all others.
  struct Sums {
    var products: [Float]
    var shared: [Float]
    var touched: [Int32] = []

    init(count: Int) {
      products = [Float](repeating: 0, count: count)
      shared = [Float](repeating: 0, count: count)
    }
  }

  /// `@unchecked Sendable`: worker w uses room w alone.
  private final class Room: @unchecked Sendable {
    var sums: Sums
    init(count: Int) { sums = Sums(count: count) }
  }

  /// The lists of all rows of `table`, without themselves. O(Σ over columns of entries²).
  func all(of table: Table, progress: (Int) throws -> Void) throws -> NeighbourLists {
    let workers = Workers(count: threads)
    let count = table.rows.userCount
    let piece = 64
    var lists = NeighbourLists()
    let rooms = (0..<workers.count).map { _ in Room(count: count) }
    let batch = max(piece * workers.count, count / 64)
    for start in stride(from: 0, to: count, by: batch) {
      let range = start..<min(count, start + batch)
      let results = Slots<[[Neighbour]]>(count: (range.count + piece - 1) / piece)
      workers.run(range, by: piece) { rows, worker in
        results[(rows.lowerBound - start) / piece] = rows.map {
          best(for: $0, of: table.rows, in: table, without: $0, sums: &rooms[worker].sums)
        }
      }
      for case let rows? in results.values { rows.forEach { lists.append($0) } }
      try progress(range.upperBound)
    }
    return lists
  }

  /// The rows of `table` most like row `row` of `histories`, best first.
  func best(
    for row: Int, of histories: Interactions, in table: Table, without own: Int? = nil,
    sums: inout Sums
  ) -> [Neighbour] {
    for entry in histories.range(of: row) {
      let column = Int(histories.items[entry])
      let weight = histories.weights?[entry] ?? 1
      for place in table.takers.range(of: column) {
        let other = Int(table.takers.items[place])
        if sums.shared[other] == 0 { sums.touched.append(Int32(other)) }
        sums.shared[other] += 1
        sums.products[other] += weight * (table.takers.weights?[place] ?? 1)
      }
    }
    let mine = Table.sums(of: row, in: histories)
    var list = BestList(capacity: k)
    for other in sums.touched.lazy.map({ Int($0) }) {
      let value = measure.value(
        product: sums.products[other], shared: sums.shared[other], mine, table.sums[other],
        columns: Float(table.rows.itemCount), shrinkage: shrinkage)
      sums.products[other] = 0
      sums.shared[other] = 0
      guard other != own, value > 0, value > list.threshold || list.threshold == -.infinity
      else { continue }
      list.offer(Neighbour(item: other, score: value))
    }
    sums.touched.removeAll(keepingCapacity: true)
    return list.sorted()
  }
}
