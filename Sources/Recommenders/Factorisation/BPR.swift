public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// Factors by which what was taken ranks above what was not: Bayesian personalised ranking.
///
///     max Σ over (u, i, j) of ln σ(⟨x(u), y(i) − y(j)⟩) − ½ · regularisation · |x|², |y|²
///
/// over shoppers u, items i they took and items j, drawn evenly, that they did not; stochastic
/// gradient ascent with a pace that falls to a tenth. Rendle et al., *BPR: Bayesian personalized
/// ranking from implicit feedback* (UAI 2009). O(epochs · n · f) time.
public struct BPR: RecommenderAlgorithm, Equatable, Codable {
  /// The length of a factor.
  public var factors: Int
  /// The first pace of the ascent.
  public var learningRate: Float
  /// What keeps factors small.
  public var regularisation: Float
  /// Times that as many triples are drawn as there are interactions.
  public var epochs: Int
  /// What triples and first factors are drawn by.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    factors: Int = 64, learningRate: Float = 0.05, regularisation: Float = 0.002,
    epochs: Int = 60, seed: UInt64 = 0
  ) {
    self.factors = factors
    self.learningRate = learningRate
    self.regularisation = regularisation
    self.epochs = epochs
    self.seed = seed
  }

  /// Ascends.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> BPRModel {
    guard (1...4096).contains(factors), learningRate > 0, learningRate.isFinite,
      regularisation >= 0, regularisation.isFinite, epochs > 0
    else {
      throw RecommenderError(
        .badSetting, "bpr takes 1 to 4096 factors and a positive learningRate and epochs")
    }
    var generator = SplitMix64(seed: seed)
    var users = DenseRows(count: interactions.userCount, dimension: factors)
    var items = DenseRows(count: interactions.itemCount, dimension: factors)
    users.fillRandomly(factors, using: &generator)
    items.fillRandomly(factors, using: &generator)
    let owners = (0..<interactions.userCount).flatMap { user in
      repeatElement(Int32(user), count: interactions[user].count)
    }
    for epoch in 0..<epochs {
      let pace = learningRate * (1 - 0.9 * Float(epoch) / Float(epochs))
      ascend(interactions, owners, pace, &users, &items, &generator)
      guard users.values.allSatisfy(\.isFinite) else {
        throw RecommenderError(.diverged, "bpr left the numbers' range; take a lower learningRate")
      }
      try progress(epoch + 1, epochs)
    }
    return BPRModel(
      factors: FactorTables(
        items: items, users: users,
        folding: .init(alpha: 20, regularisation: 10, exponent: 0)))
  }

  /// As many triples as there are interactions.
  private func ascend(
    _ interactions: Interactions, _ owners: [Int32], _ pace: Float, _ users: inout DenseRows,
    _ items: inout DenseRows, _ generator: inout SplitMix64
  ) {
    let dimension = users.dimension
    let decay = 1 - pace * regularisation
    users.values.withUnsafeMutableBufferPointer { users in
      items.values.withUnsafeMutableBufferPointer { items in
        for _ in 0..<interactions.count {
          let entry = Int.random(in: 0..<interactions.count, using: &generator)
          let user = Int(owners[entry])
          let other = Int.random(in: 0..<interactions.itemCount, using: &generator)
          guard !interactions.contains(user: user, item: other) else { continue }
          let (x, y, z) = (
            user * dimension, Int(interactions.items[entry]) * dimension, other * dimension
          )
          var margin: Float = 0
          for column in 0..<dimension {
            margin += users[x + column] * (items[y + column] - items[z + column])
          }
          let step =
            pace / (1 + exp(margin)) * (interactions.weights.map { min(1, $0[entry]) } ?? 1)
          for column in 0..<dimension {
            let (u, i, j) = (users[x + column], items[y + column], items[z + column])
            users[x + column] = decay * u + step * (i - j)
            items[y + column] = decay * i + step * u
            items[z + column] = decay * j - step * u
          }
        }
      }
    }
  }
}

/// The fitted ``BPR``.
public struct BPRModel: FactorRecommender {
  /// `bpr`.
  public static let kind = "bpr"
  /// The factors.
  public let factors: FactorTables

  /// Takes factors over.
  public init(factors: FactorTables) { self.factors = factors }
}
