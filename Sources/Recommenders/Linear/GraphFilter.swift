public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// A filter of the graph of shoppers and items, without training: a history is a signal on the
/// items, smoothed by who took what, then sharpened.
///
///     R̃ = D_u^-½ R D_i^-½,   P = R̃ᵀR̃,   V its `rank` leading eigenvectors with eigenvalues Λ
///     scores = r · (γ·P + V·(h(Λ) − γ·Λ)·Vᵀ) + idealWeight · r · D_i^-a · V·s(Λ)·Vᵀ · D_i^a
///
/// with the sharpening s(λ) = e^(−sharpening · λ), h(λ) = λ · s(λ), and γ the value of s at the last
/// eigenvalue kept: exact on the leading eigenvectors, linear beyond them. Without sharpening it is
/// GF-CF (Shen et al., *How powerful is graph convolution for recommendation?*, CIKM 2021); with it
/// a blurring and sharpening process (Choi et al., *Blurring-sharpening process models for
/// collaborative filtering*, SIGIR 2023) whose differential equation is solved in closed form.
///
/// O(n · rank · rounds + Σ history²) time; memory for P's largest entries and two factors.
public struct GraphFilter: RecommenderAlgorithm, Equatable, Codable {
  /// Eigenvectors.
  public var rank: Int
  /// What the ideal low-pass filter counts.
  public var idealWeight: Float
  /// How long the sharpening lasts.
  public var sharpening: Float
  /// a: how the ideal filter weighs popular items.
  public var idealExponent: Float
  /// How much active shoppers are held back in R̃; ½ in the papers.
  public var userExponent: Float
  /// How much popular items are held back in R̃; ½ in the papers.
  public var itemExponent: Float
  /// Entries of P kept an item.
  public var neighbours: Int
  /// Rounds of subspace iteration.
  public var rounds: Int
  /// What the first subspace is drawn from.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    rank: Int = 256, idealWeight: Float = 0.3, sharpening: Float = 0, idealExponent: Float = 0.5,
    userExponent: Float = 0.5, itemExponent: Float = 0.5, neighbours: Int = 1000,
    rounds: Int = 8, seed: UInt64 = 0
  ) {
    self.rank = rank
    self.idealWeight = idealWeight
    self.sharpening = sharpening
    self.idealExponent = idealExponent
    self.userExponent = userExponent
    self.itemExponent = itemExponent
    self.neighbours = neighbours
    self.rounds = rounds
    self.seed = seed
  }

  /// Decomposes.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> GraphFilterModel {
    guard (1...4096).contains(rank), neighbours > 0, rounds > 0, idealWeight >= 0, sharpening >= 0,
      [idealExponent, userExponent, itemExponent].allSatisfy({ (0...1).contains($0) })
    else {
      throw RecommenderError(
        .badSetting,
        "graph-filter takes a rank of at least 1, weights of 0 or more and exponents"
          + " from 0 to 1")
    }
    let scaled = ScaledInteractions(
      interactions, userExponent: userExponent, itemExponent: itemExponent)
    let subspace = try Subspace(
      of: interactions, values: scaled.values, rank: min(rank, interactions.itemCount),
      rounds: rounds, seed: seed, progress: progress)
    let linear = try SparseNeighbours(k: neighbours, normalisation: .dot)
      .graph(of: SparseMatrix(interactions, values: scaled.values).transposed()) { _ in
        try progress(rounds, rounds)
      }
    let tail = subspace.energies.last ?? 0
    let slope = exp(-sharpening * tail)
    return GraphFilterModel(
      local: ItemMatrix(linear).scaled(by: slope),
      factors: factors(of: subspace, slope: slope, counts: interactions.itemCounts()))
  }

  /// Left and right factors: the corrected linear part beside the ideal part.
  private func factors(of subspace: Subspace, slope: Float, counts: [Int]) -> ItemFactors {
    let (count, width) = (subspace.vectors.count, subspace.vectors.dimension)
    let parts = idealWeight > 0 ? 2 : 1
    var left = DenseRows(count: count, dimension: parts * width)
    var right = DenseRows(count: count, dimension: parts * width)
    for item in 0..<count {
      let scale = pow(Float(max(1, counts[item])), idealExponent)
      for (column, energy) in subspace.energies.enumerated() {
        let value = subspace.vectors.values[item * width + column]
        let sharpened = exp(-sharpening * energy)
        let place = item * left.dimension + column
        left.values[place] = value * energy * (sharpened - slope)
        right.values[place] = value
        guard idealWeight > 0 else { continue }
        left.values[place + width] = value * idealWeight * sharpened / scale
        right.values[place + width] = value * scale
      }
    }
    return ItemFactors(left: left, right: right)
  }
}

/// The fitted ``GraphFilter``.
public struct GraphFilterModel: Recommender {
  /// `graph-filter`.
  public static let kind = "graph-filter"
  private let local: ItemMatrix
  private let factors: ItemFactors

  init(local: ItemMatrix, factors: ItemFactors) {
    self.local = local
    self.factors = factors
  }

  /// The number of items that are ranked.
  public var itemCount: Int { local.count }

  /// O(shoppers · items · rank).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    factors.score(shoppers, into: scores)
    local.score(shoppers, into: scores, adding: true)
  }

  /// What a history of `item` alone leads to. O(items · rank).
  public func similarItems(to item: Int, k: Int) throws -> [Neighbour] {
    try recommend(for: Shoppers(history: [item], itemCount: itemCount), k: k)
  }

  /// weight · filter(i, item) of each i of the history; the sum is the score.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? {
    try RecommenderError.check(shopper.histories.itemCount, against: itemCount)
    let near = local.contributions(to: item, of: shopper)
    let direct = Dictionary(uniqueKeysWithValues: near.map { ($0.item, $0.score) })
    let histories = shopper.histories
    return histories.range(of: shopper.rows.lowerBound).map { entry in
      let other = Int(histories.items[entry])
      let weight = histories.weights?[entry] ?? 1
      return Neighbour(
        item: other, score: weight * factors.product(other, item) + (direct[other] ?? 0))
    }.sorted { $0.precedes($1) }
  }

  /// P's largest entries and the factors.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    local.store(in: &archive)
    factors.store(in: &archive)
    return archive
  }

  /// Takes the parts.
  public init(_ archive: ModelArchive) throws {
    local = try ItemMatrix(archive)
    factors = try ItemFactors(archive, count: local.count)
  }
}
