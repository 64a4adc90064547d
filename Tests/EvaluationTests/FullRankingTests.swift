import AkinCatalogue
import Testing

@testable import AkinEvaluation

@Suite struct FullRankingTests {
  struct Stop: Error {}

  /// Scores with many ties, the same whatever the block.
  static let scoring: @Sendable (Int, Int) -> Float = { row, item in
    Float((row &* 31 &+ item &* 17) % 13)
  }

  @Test(arguments: [1, 3, 64], [1, 2])
  func agreesWithSorting(blockRows: Int, threads: Int) throws {
    let (rows, items, k) = (23, 700, 9)
    let excluded = Interactions(
      rows: (0..<rows).map { row in stride(from: row, to: items, by: 3).map(\.self) },
      itemCount: items)
    let relevant = Interactions(
      rows: (0..<rows).map { [($0 + 1) % items, ($0 + 2) % items] }, itemCount: items)
    let ranking = FullRanking(k: k, threads: threads, blockRows: blockRows)
    let lists = try ranking.rank(
      FullRanking.Rows(
        count: rows, excluded: { excluded[$0] }, relevant: { relevant[$0] }),
      itemCount: items,
      scoring: { block, scores in
        for row in block {
          for item in 0..<items {
            scores[(row - block.lowerBound) * items + item] = Self.scoring(row, item)
          }
        }
      })
    for row in 0..<rows {
      let allowed = (0..<items).filter { !excluded.contains(user: row, item: $0) }
      let sorted = allowed.sorted {
        (-Self.scoring(row, $0), $0) < (-Self.scoring(row, $1), $1)
      }
      #expect(Array(lists[row]) == sorted.prefix(k).map(Int32.init))
      let labels = allowed.map { relevant.contains(user: row, item: $0) }
      let area = try #require(
        PointMetrics.area(allowed.map { Double(Self.scoring(row, $0)) }, labels))
      #expect(abs(Double(lists.areas?[row] ?? .nan) - area) < 1e-5)
    }
  }

  @Test func shortListsAreFilledWithNothing() throws {
    let lists = try FullRanking(k: 3).rank(
      FullRanking.Rows(count: 1, excluded: { _ in [0, 2] }), itemCount: 3,
      scoring: { _, scores in
        scores[0] = 5
        scores[1] = .nan
        scores[2] = 1
      })
    #expect(lists[0].isEmpty)
    #expect(lists.items == [-1, -1, -1])
  }

  @Test func theFirstErrorStopsIt() {
    #expect(throws: Stop.self) {
      _ = try FullRanking(k: 1, blockRows: 1).rank(
        FullRanking.Rows(count: 50, excluded: { _ in [] }), itemCount: 4,
        scoring: { rows, _ in if rows.contains(7) { throw Stop() } })
    }
  }
}
