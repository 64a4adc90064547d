public import AkinCatalogue
internal import AkinSimilarity
internal import CKernels
internal import Foundation

/// Factors of shoppers and items that explain what was taken, with confidence, and what was not,
/// with little: weighted alternating least squares.
///
///     Σ over all (u, i) of c(u, i) · (p(u, i) − ⟨x(u), y(i)⟩)² + Σ λ(u) |x(u)|² + Σ λ(i) |y(i)|²
///
/// with p = 1 and c = 1 + α · weight where u took i, p = 0 and c = 1 elsewhere, and
/// λ(u) = λ · (|items of u| + items / α)^ν. Hu, Koren and Volinsky, *Collaborative filtering for
/// implicit feedback datasets* (ICDM 2008); the scaled regularisation after Rendle et al.,
/// *Revisiting the performance of iALS* (RecSys 2022); each row is solved by a few steps of
/// conjugate gradients from where it stood (Takács, Pilászy and Tikk, RecSys 2011).
///
/// O(iterations · steps · (n · f + (users + items) · f²)) time, O((users + items) · f) memory.
public struct ImplicitALS: RecommenderAlgorithm, Equatable, Codable {
  /// The length of a factor.
  public var factors: Int
  /// λ.
  public var regularisation: Float
  /// ν: 0 for the same ridge for all, 1 for one that grows with the history.
  public var regularisationExponent: Float
  /// α.
  public var alpha: Float
  /// Both sides are solved this many times.
  public var iterations: Int
  /// Steps of conjugate gradients for each row.
  public var steps: Int
  /// What the first factors are drawn from.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    factors: Int = 128, regularisation: Float = 10, regularisationExponent: Float = 0,
    alpha: Float = 20, iterations: Int = 15, steps: Int = 3, seed: UInt64 = 0
  ) {
    self.factors = factors
    self.regularisation = regularisation
    self.regularisationExponent = regularisationExponent
    self.alpha = alpha
    self.iterations = iterations
    self.steps = steps
    self.seed = seed
  }

  /// Alternates.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> ImplicitALSModel {
    try check()
    let items = interactions.transposed()
    var generator = SplitMix64(seed: seed)
    var users = DenseRows(count: interactions.userCount, dimension: factors)
    var others = DenseRows(count: interactions.itemCount, dimension: factors)
    users.fillRandomly(factors, using: &generator)
    others.fillRandomly(factors, using: &generator)
    let userRidges = ridges(of: interactions)
    let itemRidges = ridges(of: items)
    for iteration in 0..<iterations {
      solve(interactions, against: others, ridges: userRidges, steps: steps, into: &users)
      solve(items, against: users, ridges: itemRidges, steps: steps, into: &others)
      guard others.values.allSatisfy(\.isFinite) else {
        throw RecommenderError(
          .diverged, "ials left the numbers' range; take a larger regularisation")
      }
      try progress(iteration + 1, iterations)
    }
    return ImplicitALSModel(
      factors: FactorTables(
        items: others, users: users,
        folding: .init(
          alpha: alpha, regularisation: regularisation, exponent: regularisationExponent)))
  }

  private func check() throws(RecommenderError) {
    guard (1...4096).contains(factors), iterations > 0, steps > 0, alpha > 0, alpha.isFinite,
      regularisation > 0, regularisation.isFinite, (0...2).contains(regularisationExponent)
    else {
      throw RecommenderError(
        .badSetting,
        "ials takes 1 to 4096 factors, and a positive regularisation, alpha and iterations")
    }
  }

  /// λ of each row.
  func ridges(of rows: Interactions) -> [Float] {
    (0..<rows.userCount).map { ridge(entries: rows[$0].count, of: rows.itemCount) }
  }

  func ridge(entries: Int, of columns: Int) -> Float {
    guard regularisationExponent != 0 else { return regularisation }
    return regularisation * pow(Float(entries) + Float(columns) / alpha, regularisationExponent)
  }

  /// One side, given the other.
  func solve(
    _ rows: Interactions, against others: DenseRows, ridges: [Float], steps: Int,
    into factors: inout DenseRows
  ) {
    let gram = DenseRows(
      count: others.dimension, padded: others.dimension, values: others.gram())
    Self.solve(
      rows, against: others, gram: PackedRows(gram), alpha: alpha, ridges: ridges, steps: steps,
      into: &factors)
  }

  static func solve(
    _ rows: Interactions, against others: DenseRows, gram: PackedRows, alpha: Float,
    ridges: [Float], steps: Int, into factors: inout DenseRows
  ) {
    let workers = rows.userCount > 64 ? Workers.all : Workers(count: 1)
    let room = akin_als_scratch(others.dimension)
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: room * workers.count)
    defer { scratch.deallocate() }
    let kernel = akin_kernel_best()
    let dimension = others.dimension
    rows.withRows { matrix in
      others.values.withUnsafeBufferPointer { others in
        gram.withPanels { gram in
          ridges.withUnsafeBufferPointer { ridges in
            factors.values.withUnsafeMutableBufferPointer { factors in
              let problem = akin_als(
                matrix: matrix.pointee, others: others.baseAddress, gram: gram,
                dimension: dimension, alpha: alpha, ridges: ridges.baseAddress,
                steps: Int32(steps), factors: factors.baseAddress)
              // Safe: rows are solved by one task each, and scratch w is worker w's alone.
              nonisolated(unsafe) let (problem_, scratch_) = (problem, scratch)
              workers.run(0..<rows.userCount, by: 8 * Int(AKIN_ALS_ROWS)) { piece, worker in
                var problem = problem_
                akin_als_solve(
                  kernel, &problem, piece.lowerBound, piece.upperBound,
                  scratch_ + worker * room)
              }
            }
          }
        }
      }
    }
  }
}

extension DenseRows {
  /// Small random numbers in the first `used` columns.
  mutating func fillRandomly(_ used: Int, using generator: inout SplitMix64) {
    let scale = 0.1 / Float(used).squareRoot()
    for row in 0..<count {
      for column in 0..<used {
        values[row * dimension + column] = Float.random(in: -scale...scale, using: &generator)
      }
    }
  }
}
