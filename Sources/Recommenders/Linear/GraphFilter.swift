public import AkinCatalogue
internal import AkinSimilarity
internal import Foundation

/// A filter of the graph of shoppers and items, without training: a history is a signal on the
/// items, and what passes is what varies little between items that the same shoppers took.
///
///     R̃ = D_u^-b R D_i^-a,   P = R̃ᵀR̃,   V its `rank` leading eigenvectors with eigenvalues Λ
///     scores = r · D_i^-c · (γ·P + V·(h(Λ) − γ·Λ)·Vᵀ) · D_i^c
///              + idealWeight · r · D_i^-d · V·Vᵀ · D_i^d
///
/// with h(λ) = λ / (1 + saturation · λ) and γ = h(λ)/λ at the last eigenvalue kept: exact on the
/// leading eigenvectors, linear beyond them. Without saturation, with a = b = d = ½ and c = 0, it is
/// GF-CF (Shen et al., *How powerful is graph convolution for recommendation?*, CIKM 2021). With it
/// and without the ideal part it is the ridge autoencoder X(XᵀX + λI)⁻¹XᵀX of a normalised matrix,
/// for catalogues whose inverse would not fit (compare ``EASE``).
///
/// O(n · rank · rounds + Σ history²) time; memory for P's largest entries and two factors.
public struct GraphFilter: RecommenderAlgorithm, Equatable, Codable {
  /// Eigenvectors.
  public var rank: Int
  /// What the ideal low-pass filter counts.
  public var idealWeight: Float
  /// What strong directions are held back by.
  public var saturation: Float
  /// d: how the ideal part weighs popular items.
  public var idealExponent: Float
  /// b: how much active shoppers are held back.
  public var userExponent: Float
  /// a: how much popular items are held back.
  public var itemExponent: Float
  /// c: how much of that the scores give back.
  public var outputExponent: Float
  /// Entries of P kept an item.
  public var neighbours: Int
  /// Rounds of subspace iteration.
  public var rounds: Int
  /// What the first subspace is drawn from.
  public var seed: UInt64

  /// Creates the algorithm.
  public init(
    rank: Int = 512, idealWeight: Float = 0, saturation: Float = 3, idealExponent: Float = 0.5,
    userExponent: Float = 0.3, itemExponent: Float = 0.5, outputExponent: Float = 0.5,
    neighbours: Int = 1000, rounds: Int = 5, seed: UInt64 = 0
  ) {
    self.rank = rank
    self.idealWeight = idealWeight
    self.saturation = saturation
    self.idealExponent = idealExponent
    self.userExponent = userExponent
    self.itemExponent = itemExponent
    self.outputExponent = outputExponent
    self.neighbours = neighbours
    self.rounds = rounds
    self.seed = seed
  }

  /// Decomposes.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `diverged`.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> GraphFilterModel {
    guard (1...4096).contains(rank), neighbours > 0, rounds > 0, idealWeight >= 0, saturation >= 0,
      [idealExponent, userExponent, itemExponent, outputExponent].allSatisfy({
        (0...1).contains($0)
      })
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
    let slope = 1 / (1 + saturation * (subspace.energies.last ?? 0))
    let counts = interactions.itemCounts().map { Float(max(1, $0)) }
    let scales = counts.map { pow($0, outputExponent) }
    return GraphFilterModel(
      local: ItemMatrix(linear).scaled(by: slope, output: scales),
      factors: factors(of: subspace, slope: slope, counts: counts, scales: scales))
  }

  /// Left and right factors: the corrected linear part beside the ideal part.
  private func factors(of subspace: Subspace, slope: Float, counts: [Float], scales: [Float])
    -> ItemFactors
  {
    let (count, width) = (subspace.vectors.count, subspace.vectors.dimension)
    // With equal exponents both parts share their factors.
    let isJoint = idealWeight == 0 || idealExponent == outputExponent
    let isLinear = saturation == 0
    let parts = isJoint || isLinear ? 1 : 2
    var left = DenseRows(count: count, dimension: parts * width)
    var right = DenseRows(count: count, dimension: parts * width)
    for item in 0..<count {
      let ideal = pow(counts[item], idealExponent)
      for (column, energy) in subspace.energies.enumerated() {
        let value = subspace.vectors.values[item * width + column]
        let corrected = energy / (1 + saturation * energy) - slope * energy
        let place = item * left.dimension + column
        let first = isLinear ? ideal : scales[item]
        left.values[place] =
          value / first * (isLinear ? idealWeight : corrected + (isJoint ? idealWeight : 0))
        right.values[place] = value * first
        guard parts == 2 else { continue }
        left.values[place + width] = value * idealWeight / ideal
        right.values[place + width] = value * ideal
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
