import AkinCatalogue
import Testing

@testable import AkinSimilarity

@Suite struct SparseNeighboursTests {
  /// The definition: every pair, in double precision.
  static func scores(of matrix: SparseMatrix, cosine: Bool, shrinkage: Double) -> [[Double]] {
    let rows = (0..<matrix.rowCount).map { row in
      Dictionary(
        uniqueKeysWithValues: matrix.entries(ofRow: row).map { ($0.column, Double($0.value)) })
    }
    let norms = rows.map { $0.values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return rows.indices.map { first in
      rows.indices.map { second in
        let dot = rows[first].reduce(0) { $0 + $1.value * (rows[second][$1.key] ?? 0) }
        if dot == 0 || first == second { return 0 }
        return cosine ? dot / (norms[first] * norms[second] + shrinkage) : dot
      }
    }
  }

  /// Every listed score is right, lists are in order, and nothing better was left out.
  static func expect(_ lists: NeighbourLists, match scores: [[Double]], k: Int, _ note: String) {
    #expect(lists.count == scores.count)
    for (row, expected) in scores.enumerated() {
      let list = lists[row]
      let positive = expected.filter { $0 > 0 }.sorted(by: >)
      #expect(list.count == min(k, positive.count), "\(note) row \(row)")
      #expect(zip(list, list.dropFirst()).allSatisfy { $0.precedes($1) }, "\(note) row \(row)")
      for (neighbour, best) in zip(list, positive) {
        let right = expected[neighbour.item]
        #expect(abs(Double(neighbour.score) - right) <= 1e-5 * right, "\(note) row \(row)")
        #expect(abs(right - best) <= 1e-5 * best, "\(note) row \(row)")
      }
    }
  }

  @Test(arguments: Kernel.available, [true, false])
  func agreesWithBruteForce(kernel: Kernel, isBinary: Bool) throws {
    // Wide and sparse enough that short rows mark their blocks and long ones do not; lists that
    // are sorted by comparison and by bytes.
    for (rows, columns, density) in [(1, 1, 1.0), (130, 50, 0.2), (700, 300, 0.01)] {
      let matrix = try randomMatrix(
        rows: rows, columns: columns, density: density, seed: 11, isBinary: isBinary)
      for (k, shrinkage) in [(1, 0), (10, 5), (90, 0.5), (1_000, 0)] as [(Int, Float)] {
        let lists = try SparseNeighbours(k: k, shrinkage: shrinkage, kernel: kernel)
          .graph(of: matrix)
        Self.expect(
          lists, match: Self.scores(of: matrix, cosine: true, shrinkage: Double(shrinkage)), k: k,
          "\(kernel) \(rows)x\(columns) k \(k)")
      }
    }
  }

  @Test(arguments: [SparseWeighting.tfIDF, .bm25(), .bm25(k1: 2, b: 0)])
  func weightedRows(weighting: SparseWeighting) throws {
    let matrix = try randomMatrix(rows: 120, columns: 60, density: 0.1, seed: 5, isBinary: true)
    let weighted = try matrix.weighted(weighting)
    for normalisation in [SparseNeighbours.Normalisation.cosine, .dot] {
      let lists = try SparseNeighbours(
        k: 7, weighting: weighting, normalisation: normalisation
      ).graph(of: matrix)
      Self.expect(
        lists,
        match: Self.scores(of: weighted, cosine: normalisation == .cosine, shrinkage: 0), k: 7,
        "\(weighting) \(normalisation)")
    }
  }

  @Test func aKnownAnswer() throws {
    // Shoppers × products; product 3 was never bought.
    var purchases = SparseMatrix(columnCount: 4)
    try purchases.append([(0, 1), (1, 1)])
    try purchases.append([(0, 1), (1, 1), (2, 1)])
    try purchases.append([(2, 1)])
    let alike = try SparseNeighbours(k: 3, shrinkage: 2).graph(of: purchases.transposed())
    #expect(alike[0] == [Neighbour(item: 1, score: 0.5), Neighbour(item: 2, score: 0.25)])
    #expect(alike[1] == [Neighbour(item: 0, score: 0.5), Neighbour(item: 2, score: 0.25)])
    #expect(alike[2] == [Neighbour(item: 0, score: 0.25), Neighbour(item: 1, score: 0.25)])
    #expect(alike[3].isEmpty)
  }

  @Test func negativeScoresAreNotListed() throws {
    var matrix = SparseMatrix(columnCount: 1)
    for value: Float in [1, -1, 2] { try matrix.append([(0, value)]) }
    let lists = try SparseNeighbours(k: 3).graph(of: matrix)
    #expect(lists[0] == [Neighbour(item: 2, score: 1)])
    #expect(lists[1].isEmpty)
  }

  @Test func rowsTooLongForAFloat() throws {
    var matrix = SparseMatrix(columnCount: 2)
    try matrix.append([(0, .greatestFiniteMagnitude), (1, .greatestFiniteMagnitude)])
    #expect(throws: SimilarityError.overflow(row: 0)) {
      try SparseNeighbours(k: 3).graph(of: matrix)
    }
  }

  @Test func progressReachesTheEndAndStops() throws {
    struct Stop: Error {}
    let matrix = try randomMatrix(rows: 1_000, columns: 30, density: 0.1, seed: 1)
    var seen: [Int] = []
    _ = try SparseNeighbours(k: 3).graph(of: matrix) { seen.append($0) }
    #expect(seen.last == 1_000 && seen == seen.sorted())
    #expect(throws: Stop.self) {
      try SparseNeighbours(k: 3).graph(of: matrix) { _ in throw Stop() }
    }
  }
}

@Suite struct SparseProductTests {
  @Test(arguments: [SparseProduct.Exclusion.none, .diagonal, .own])
  func agreesWithTheDefinition(exclusion: SparseProduct.Exclusion) throws {
    let rows = try randomMatrix(rows: 90, columns: 40, density: 0.1, seed: 8)
    let matrix = try randomMatrix(rows: 40, columns: 40, density: 0.2, seed: 9)
    let lists = try SparseProduct(k: 6).best(rows, times: matrix, excluding: exclusion)
    let expected = (0..<rows.rowCount).map { row in
      let own = rows.entries(ofRow: row)
      var sums = [Double](repeating: 0, count: matrix.columnCount)
      for entry in own {
        for other in matrix.entries(ofRow: entry.column) {
          sums[other.column] += Double(entry.value) * Double(other.value)
        }
      }
      switch exclusion {
      case .none: break
      case .diagonal: if row < sums.count { sums[row] = 0 }
      case .own: for entry in own { sums[entry.column] = 0 }
      }
      return sums
    }
    SparseNeighboursTests.expect(lists, match: expected, k: 6, "\(exclusion)")
  }

  @Test func matricesThatDoNotFit() throws {
    let rows = SparseMatrix(columnCount: 3)
    #expect(throws: SimilarityError.dimensionMismatch(expected: 4, found: 3)) {
      try SparseProduct(k: 1).best(
        rows, times: randomMatrix(rows: 4, columns: 2, density: 1, seed: 1))
    }
  }
}
