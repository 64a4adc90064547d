import AkinCatalogue
import AkinSimilarity
import CKernels
import Testing

@testable import AkinRecommenders

@Suite struct DenseTests {
  private func randomRows(_ count: Int, _ dimension: Int, seed: UInt64) -> DenseRows {
    var generator = SplitMix64(seed: seed)
    var rows = DenseRows(count: count, dimension: dimension)
    for index in rows.values.indices {
      rows.values[index] = Float.random(in: -1...1, using: &generator)
    }
    return rows
  }

  private func interactions(users: Int, items: Int, seed: UInt64) -> Interactions {
    var generator = SplitMix64(seed: seed)
    return Interactions(
      rows: (0..<users).map { _ in
        (0..<Int.random(in: 0...9, using: &generator)).map { _ in
          Int.random(in: 0..<items, using: &generator)
        }
      }, itemCount: items)
  }

  /// Tiles of 288 rows: below, at and beyond one, and several.
  @Test(arguments: [1, 288, 300, 580]) func theInverseTimesTheMatrixIsOne(_ count: Int) throws {
    let rows = randomRows(count, 4, seed: 3)
    let tiles = SymmetricTiles(count: count)
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<count {
      for column in 0...row {
        let product = zip(rows[row], rows[column]).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        let value = product + (row == column ? 3 : 0)
        tiles[row, column] = Float(value)
        (matrix[row][column], matrix[column][row]) = (value, value)
      }
    }
    #expect(tiles.invert { _, _ in })
    for row in stride(from: 0, to: count, by: 97) {
      for column in stride(from: 0, to: count, by: 89) {
        var sum = 0.0
        for k in 0..<count {
          sum -= matrix[row][k] * Double(tiles[max(k, column), min(k, column)])
        }
        #expect(abs(sum - (row == column ? 1 : 0)) < 1e-3)
      }
    }
  }

  @Test func whatIsNotPositiveDefiniteIsNoticed() {
    let tiles = SymmetricTiles(count: 3)
    for index in 0..<3 { tiles[index, index] = 1 }
    tiles[2, 0] = 5
    #expect(!tiles.invert { _, _ in })
  }

  @Test(arguments: Kernel.available) func kernelsAgreeWithPlainSums(_ kernel: Kernel) throws {
    let identifier = try #require(
      (0..<Int32(AKIN_KERNEL_COUNT.rawValue)).first {
        String(cString: akin_kernel_name($0)) == kernel.description
      })
    let matrix = interactions(users: 23, items: 17, seed: 5)
    let dense = randomRows(17, 1040, seed: 7)
    var out = [Float](repeating: .nan, count: 23 * 1040)
    matrix.withRows { rows in
      akin_sparse_dense(identifier, rows, 0, 23, dense.values, 1040, &out)
    }
    for user in 0..<23 {
      for column in stride(from: 0, to: 1040, by: 13) {
        let sum = matrix[user].reduce(Float(0)) { $0 + dense.values[Int($1) * 1040 + column] }
        #expect(abs(out[user * 1040 + column] - sum) < 1e-4)
      }
    }
    let rows = randomRows(37, 48, seed: 9)
    var gram = [Float](repeating: 0, count: 48 * 48)
    akin_gram(identifier, rows.values, 37, 48, 0, 48, &gram)
    for row in 0..<48 {
      for column in 0...row {
        let sum = (0..<37).reduce(Float(0)) {
          $0 + rows.values[$1 * 48 + row] * rows.values[$1 * 48 + column]
        }
        #expect(abs(gram[row * 48 + column] - sum) < 1e-4)
      }
    }
  }

  /// One half-step with many conjugate gradients solves the normal equations.
  @Test(arguments: [4, 20, 64, 130]) func alternatingSolvesTheNormalEquations(
    _ factors: Int
  ) throws {
    let matrix = interactions(users: 60, items: 40, seed: 11)
    let others = randomRows(40, factors, seed: 13)
    var solved = DenseRows(count: 60, dimension: factors)
    let algorithm = ImplicitALS(factors: factors, regularisation: 2, alpha: 3)
    algorithm.solve(
      matrix, against: others, ridges: algorithm.ridges(of: matrix), steps: 200, into: &solved)
    let size = others.dimension
    for user in stride(from: 0, to: 60, by: 7) {
      let x = Array(solved[user])
      // Gradient: Σ over all items of c·(⟨x, y⟩ − p)·y + λ·x.
      var gradient = x.map { Double($0) * 2 }
      for item in 0..<40 {
        let y = others[item]
        let product = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let taken = matrix.contains(user: user, item: item)
        let force = (taken ? 4.0 : 1.0) * (product - (taken ? 1 : 0))
        for (column, value) in y.enumerated() { gradient[column] += force * Double(value) }
      }
      #expect(gradient.prefix(size).allSatisfy { abs($0) < 2e-2 }, "\(factors) factors")
    }
  }

  @Test func subspacesFindSingularVectors() throws {
    let matrix = interactions(users: 80, items: 40, seed: 17)
    let values = [Float](repeating: 1, count: matrix.count)
    let found = try Subspace(
      of: matrix, values: values, rank: 3, rounds: 30, seed: 1, progress: { _, _ in })
    #expect(found.energies.count == 3 && found.energies[0] >= found.energies[1])
    // P·v = λ·v for the leading one.
    let v = (0..<40).map { found.vectors.values[$0 * found.vectors.dimension] }
    var image = [Float](repeating: 0, count: 40)
    for user in 0..<80 {
      let sum = matrix[user].reduce(Float(0)) { $0 + v[Int($1)] }
      for item in matrix[user] { image[Int(item)] += sum }
    }
    #expect(zip(image, v).allSatisfy { abs($0 - found.energies[0] * $1) < 1e-2 })
  }

  /// Items that two shoppers share and others, solved by hand: with G = XᵀX = [[2, 1], [1, 2]] and
  /// λ = 1, P = ¼·[[3, -1], [-1, 3]] / 2, so B(0, 1) = 1/3, and 1/8 without the division.
  @Test func easeIsItsClosedForm() throws {
    let rows = Interactions(rows: [[0, 1], [0], [1]], itemCount: 2)
    let ease = try EASE.plain(regularisation: 1).fit(rows)
    let found = try ease.explain(1, for: Shoppers(history: [0], itemCount: 2))
    #expect(abs((found?.first?.score ?? 0) - 1.0 / 3) < 1e-5)
    var relaxed = EASE.plain(regularisation: 1)
    relaxed.diagonalExponent = 0
    let ridge = try relaxed.fit(rows)
    let other = try ridge.explain(1, for: Shoppers(history: [0], itemCount: 2))
    #expect(abs((other?.first?.score ?? 0) - 1.0 / 8) < 1e-5)
  }

  @Test func aPrunedEaseKeepsTheLargestWeights() throws {
    let rows = interactions(users: 200, items: 50, seed: 19)
    let whole = try EASE(regularisation: 5).fit(rows)
    let pruned = try EASE(regularisation: 5, entriesPerItem: 50).fit(rows)
    let shopper = Shoppers(history: [1, 7, 20], itemCount: 50)
    let expected = try whole.recommend(for: shopper, k: 10).map(\.item)
    #expect(try pruned.recommend(for: shopper, k: 10).map(\.item) == expected)
  }

  @Test func easeWithinNeighbourhoodsOfAllItemsIsEase() throws {
    // One shopper has taken everything, so that every item is a neighbour of every other.
    let some = interactions(users: 200, items: 50, seed: 23)
    let rows = Interactions(
      rows: (0..<200).map { some[$0].map { Int($0) } } + [Array(0..<50)], itemCount: 50)
    let whole = try EASE(regularisation: 5).fit(rows)
    let local = try EASE(regularisation: 5, local: 49).fit(rows)
    for history in [[1, 7, 20], [0], [3, 4, 5, 6, 30]] {
      let shopper = Shoppers(history: history, itemCount: 50)
      let expected = try whole.recommend(for: shopper, k: 20)
      let found = try local.recommend(for: shopper, k: 20)
      #expect(found.map(\.item) == expected.map(\.item))
      #expect(zip(found, expected).allSatisfy { abs($0.score - $1.score) < 1e-4 })
    }
    // A few neighbours are most of it, in memory that the whole would not fit into.
    let few = try EASE(regularisation: 5, local: 20, memory: 1_000).fit(rows)
    let shopper = Shoppers(history: [1, 7, 20], itemCount: 50)
    let top = Set(try whole.recommend(for: shopper, k: 10).map(\.item))
    #expect(top.intersection(try few.recommend(for: shopper, k: 10).map(\.item)).count >= 6)
    #expect(throws: RecommenderError.self) { try EASE(local: 0).fit(rows) }
  }

  @Test func easeSaysWhenItWouldNotFit() throws {
    let error = #expect(throws: RecommenderError.self) {
      try EASE(memory: 1000).fit(interactions(users: 5, items: 9, seed: 1))
    }
    #expect(error?.code == .tooLarge)
  }
}
