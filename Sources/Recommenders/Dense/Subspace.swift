internal import AkinCatalogue
internal import AkinNeural
internal import AkinSimilarity

/// The leading right singular vectors of a sparse matrix, by subspace iteration.
///
/// Halko, Martinsson and Tropp, *Finding structure with randomness* (SIAM Review 2011), algorithm
/// 4.4 with Rayleigh–Ritz. O(rounds · (entries · d + columns · d²)).
struct Subspace {
  /// `[columns, rank]`, orthonormal columns, by falling singular value.
  let vectors: DenseRows
  /// The squares of the singular values.
  let energies: [Float]

  /// - Throws: ``RecommenderError`` `diverged` where the matrix holds fewer directions; what
  ///   `progress` throws.
  init(
    of matrix: Interactions, values: [Float], rank: Int, rounds: Int, seed: UInt64,
    progress: (Int, Int) throws -> Void
  ) throws {
    let transposed = matrix.transposedEntries()
    let turned = matrix.transposed()
    let turnedValues = transposed.entries.map { values[$0] }
    let limit = min(matrix.itemCount, matrix.userCount)
    // A few more directions than wanted: the last ones converge slowly.
    let width = DenseRows.padded(min(limit, rank + max(16, rank / 8)))
    var generator = SplitMix64(seed: seed)
    var basis = DenseRows(count: matrix.itemCount, dimension: width)
    for index in basis.values.indices {
      basis.values[index] = Float.random(in: -1...1, using: &generator)
    }
    basis = try basis.orthonormal()
    for round in 0..<rounds {
      basis = try turned.times(
        matrix.times(basis, values: values), values: turnedValues
      ).orthonormal()
      try progress(round + 1, rounds)
    }
    let images = matrix.times(basis, values: values)
    let gram = try Tensor(images.gram()).to(.float64).reshape([width, width])
    let (found, directions) = try largestEigenpairs(of: gram, min(rank, limit, width))
    let rotation = DenseRows(
      count: try found.size(0), padded: width, values: try directions.to(.float32).floats())
    energies = try found.to(.float32).floats().map { max(0, $0) }
    vectors = basis.projected(on: rotation)
  }
}

extension DenseRows {
  /// The same span with orthonormal columns: CholeskyQR, twice, for what one pass leaves in single
  /// precision. O(count · dimension²).
  ///
  /// - Throws: ``RecommenderError`` `diverged` where columns depend on each other.
  func orthonormal() throws(RecommenderError) -> DenseRows {
    var result = self
    for _ in 0..<2 {
      var gram = result.gram()
      // A trifle on the diagonal, so that a direction that has died out does not stop the others.
      let trace = (0..<dimension).reduce(Float(0)) { $0 + gram[$1 * dimension + $1] }
      for row in 0..<dimension {
        gram[row * dimension + row] += 1e-6 * trace / Float(dimension) + .leastNormalMagnitude
      }
      guard let factor = Cholesky(gram, size: dimension) else {
        throw RecommenderError(
          .diverged, "the interactions hold too few directions; take a smaller rank")
      }
      result = result.projected(
        on: DenseRows(
          count: dimension, padded: dimension, values: factor.inverseFactor().map(Float.init)))
    }
    return result
  }
}
