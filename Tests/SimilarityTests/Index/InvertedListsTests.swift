import AkinCatalogue
import Testing

@testable import AkinSimilarity

/// Recall of the lists beside exact neighbours, on clustered and on structureless vectors.
@Suite struct InvertedListsTests {
  static let dimension = 48

  static func vectors(_ count: Int, clusters: Int, seed: UInt64) throws -> Vectors {
    var random = SplitMix64(seed: seed)
    let centres = (0..<max(1, clusters)).map { _ in
      (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }
    var values: [Float] = []
    for _ in 0..<count {
      let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
      let row = (0..<dimension).map { k in
        (clusters > 0 ? centre[k] : 0) + Float.random(in: -0.6...0.6, using: &random)
      }
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      values += row.map { $0 / length }
    }
    return try Vectors(values: values, dimension: dimension)
  }

  static func index(_ vectors: Vectors) throws -> VectorIndex {
    let index = try VectorIndex(dimension: dimension)
    try index.apply(
      (0..<vectors.count).map { row in
        .put(
          IndexItem(
            id: String(row), vector: Array(vectors[row]),
            attributes: ["tenth": .number(Double(row % 10))]))
      })
    try index.freeze()
    return index
  }

  static func recall(
    _ results: [IndexSearchResult], _ truth: NeighbourLists,
    _ name: (Int) -> String = { String($0) }
  ) -> Double {
    var (hits, total) = (0, 0)
    for (query, result) in results.enumerated() {
      let wanted = Set(truth[query].map { name($0.item) })
      hits += result.matches.count { wanted.contains($0.id) }
      total += wanted.count
    }
    return Double(hits) / Double(total)
  }

  @Test(arguments: [0, 60]) func theMeasuredRecallIsReached(clusters: Int) throws {
    let all = try Self.vectors(6_400, clusters: clusters, seed: 11)
    let base = try Vectors(
      values: Array(all.values.prefix(6_000 * Self.dimension)), dimension: Self.dimension)
    let queries = try Vectors(
      values: Array(all.values.suffix(400 * Self.dimension)), dimension: Self.dimension)
    let snapshot = try Self.index(base).snapshot
    let truth = try ExactNeighbours(base).search(queries, k: 10)
    for wanted in [0.9, 0.98, 1] {
      let results = try snapshot.search(queries, k: 10, recall: wanted)
      // 400 queries of 10: three standard errors of a share near .95 are below .02.
      #expect(Self.recall(results, truth) >= wanted - 0.02)
      for (row, result) in results.enumerated().prefix(20) {
        let single = try snapshot.search(Array(queries[row]), k: 10, recall: wanted)
        #expect(Set(single.matches.map(\.id)) == Set(result.matches.map(\.id)))
      }
    }
  }

  @Test func filteredSearchesReachItToo() throws {
    let base = try Self.vectors(6_000, clusters: 60, seed: 13)
    let snapshot = try Self.index(base).snapshot
    let queries = try Vectors(
      values: Array(base.values.prefix(200 * Self.dimension)), dimension: Self.dimension)
    for highest in [0, 4] {
      let passing = (0..<base.count).filter { $0 % 10 <= highest }
      let subset = try Vectors(
        values: passing.flatMap { Array(base[$0]) }, dimension: Self.dimension)
      let truth = try ExactNeighbours(subset).search(queries, k: 10)
      let results = try snapshot.search(
        queries, k: 10, filter: .range("tenth", 0...Double(highest)), recall: 0.98)
      #expect(Self.recall(results, truth) { String(passing[$0]) } >= 0.95)
    }
  }

  @Test func deletedRowsNeverComeBackAndAnswersStayFull() throws {
    let base = try Self.vectors(4_000, clusters: 20, seed: 17)
    let index = try Self.index(base)
    let query = Array(base[0])
    let first = try index.snapshot.search(query, k: 300).matches.map(\.id)
    try index.apply(first.map { .delete($0) })
    let second = try index.snapshot.search(query, k: 300)
    #expect(second.matches.count == 300)
    #expect(Set(first).isDisjoint(with: second.matches.map(\.id)))
    let left = try index.snapshot.search(query, k: 4_000)
    #expect(left.matches.count == 3_700)
    #expect(left.shortfall == .indexHolds(3_700))
  }
}
