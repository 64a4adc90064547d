import AkinCatalogue
import Testing

@testable import AkinSimilarity

@Suite struct ExactNeighboursTests {
  static func vectors(_ count: Int, _ dimension: Int, seed: UInt64) throws -> Vectors {
    var random = SplitMix64(seed: seed)
    return try Vectors(
      values: (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &random) },
      dimension: dimension)
  }

  /// The definition: every pair, in double precision.
  static func bruteForce(_ all: Vectors, _ query: ArraySlice<Float>, excluding: Int?, k: Int)
    -> [Int]
  {
    var scored: [(row: Int, score: Double)] = []
    for row in 0..<all.count where row != excluding {
      var score = 0.0
      for (a, b) in zip(all[row], query) { score += Double(a) * Double(b) }
      scored.append((row, score))
    }
    scored.sort { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
    return scored.prefix(k).map(\.row)
  }

  static func graph(
    _ all: Vectors, k: Int, kernel: Kernel? = nil,
    progress: @escaping (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    let graph = try SimilarityGraph(k: k, kernel: kernel)
    return try all.values.withUnsafeBufferPointer {
      try graph.neighbours(values: $0, dimension: all.dimension, progress: progress)
    }
  }

  @Test(arguments: Kernel.available, [(1, 1), (15, 3), (16, 16), (17, 5), (531, 33), (700, 8)])
  func agreesWithBruteForce(kernel: Kernel, shape: (Int, Int)) throws {
    let all = try Self.vectors(shape.0, shape.1, seed: 7)
    let graph = try Self.graph(all, k: 10, kernel: kernel)
    #expect(graph.count == all.count)
    for row in 0..<all.count {
      let expected = Self.bruteForce(all, all[row], excluding: row, k: 10)
      #expect(graph[row].map(\.item) == expected, "\(kernel) \(shape) row \(row)")
    }
  }

  @Test(arguments: Kernel.available)
  func queriesThatAreNoRows(kernel: Kernel) throws {
    let all = try Self.vectors(1_000, 24, seed: 1)
    let queries = try Self.vectors(13, 24, seed: 2)
    let lists = try ExactNeighbours(all, kernel: kernel).search(queries, k: 25)
    for row in 0..<queries.count {
      #expect(
        lists[row].map(\.item) == Self.bruteForce(all, queries[row], excluding: nil, k: 25))
    }
  }

  @Test func equalScoresComeInOrder() throws {
    let all = try Vectors(
      values: Array(repeating: [0.6, 0.8], count: 600).flatMap(\.self), dimension: 2)
    let graph = try Self.graph(all, k: 5)
    #expect(graph[0].map(\.item) == [1, 2, 3, 4, 5])
    #expect(graph[599].map(\.item) == [0, 1, 2, 3, 4])
    #expect(graph[3].map(\.item) == [0, 1, 2, 4, 5])
  }

  @Test func fewerThanAsked() throws {
    let all = try Self.vectors(3, 4, seed: 3)
    #expect(try Self.graph(all, k: 10)[0].count == 2)
    #expect(try Self.graph(Vectors(dimension: 4), k: 10).count == 0)
    #expect(try ExactNeighbours(all).search(all, k: 0)[1].isEmpty)
  }

  @Test func refusals() throws {
    #expect(throws: SimilarityError.ragged(values: 5, dimension: 2)) {
      try Vectors(values: [1, 2, 3, 4, 5], dimension: 2)
    }
    let index = try ExactNeighbours(Vectors(values: [1, 2, 3, 4], dimension: 2))
    #expect(throws: SimilarityError.dimensionMismatch(expected: 2, found: 3)) {
      try index.search(Vectors(values: [1, 2, 3], dimension: 3), k: 1)
    }
    #expect(throws: SimilarityError.notFinite(row: 1)) {
      try ExactNeighbours(Vectors(values: [1, 2, .nan, 4], dimension: 2))
    }
    #expect(throws: SimilarityError.unknownKernel("abacus")) {
      try Kernel.named("abacus")
    }
  }

  @Test func stopsWhenAskedTo() throws {
    struct Stop: Error {}
    let all = try Self.vectors(2_000, 4, seed: 4)
    #expect(throws: Stop.self) { try Self.graph(all, k: 1) { _ in throw Stop() } }
  }
}

@Suite struct BestListTests {
  @Test func keepsTheBestOfAnyOrder() {
    var random = SplitMix64(seed: 9)
    for capacity in [0, 1, 2, 7, 50] {
      let candidates = (0..<200).map {
        Neighbour(item: $0, score: Float(Int.random(in: 0..<40, using: &random)))
      }
      var list = BestList(capacity: capacity)
      for candidate in candidates.shuffled(using: &random) { list.offer(candidate) }
      #expect(list.sorted() == Array(candidates.sorted { $0.precedes($1) }.prefix(capacity)))
    }
  }
}
