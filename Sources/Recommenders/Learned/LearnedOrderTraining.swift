public import AkinCatalogue
internal import AkinEvaluation
internal import AkinSimilarity
internal import AkinTrees
internal import Foundation

/// Grows the trees of a ``LearnedOrder`` on what shoppers took after the span that the recommenders
/// learnt from, and says what they are worth to shoppers that they have not seen.
///
/// Shoppers are parted into folds. The trees of a fold are grown on the others and judged on it, so
/// that the figure which the choice is made by is of strangers; the mean of all folds' trees is kept.
public struct LearnedOrderTraining: Sendable {
  /// What came of it.
  public struct Outcome: Sendable {
    /// The order.
    public var order: LearnedOrder
    /// NDCG of the folds, each by the trees of the others.
    public var score: Double
    /// NDCG of the blend for the same shoppers.
    public var blend: Double
    /// Whether the order betters the blend by 0.2 % and by more than one standard error of the
    /// paired differences.
    public var isBetter: Bool
  }

  /// The length of the lists.
  public var cut = 10
  /// The best of each recommender that are candidates.
  public var depth = 30
  /// Parts of the shoppers.
  public var folds = 3
  /// Shoppers who must have taken something afterwards; fewer would teach accidents.
  public var fewest = 200
  /// Shoppers that are learnt from at most, evenly spread.
  public var sample = 3_000
  /// How trees are grown; found on a grocer's validation span.
  public var trees = TreeSettings()
  /// What every random choice begins from.
  public var seed: UInt64 = 0

  /// How trees are grown.
  public struct TreeSettings: Sendable, Equatable {
    /// Trees of a fold.
    public var count = 80
    /// Leaves of a tree.
    public var leaves = 10
    /// The share of a tree's answer that counts.
    public var rate: Float = 0.1
  }

  /// The usual settings.
  public init() {}

  /// Learns; `nil` where there are too few shoppers.
  ///
  /// - Parameters:
  ///   - blend: all recommenders, fitted to `train`; those of weight 0 are read too.
  ///   - facts: of the items.
  ///   - relevant: what the shoppers of `train` took afterwards.
  ///   - mayRepeat: whether lists may hold what a shopper has. Where not, only what is new counts.
  /// - Throws: what scoring or `progress` throws.
  public func learn(
    _ blend: Blend, facts: ItemFacts, train: Interactions, relevant: Interactions, mayRepeat: Bool,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Outcome? {
    let targets = mayRepeat ? relevant : Self.new(relevant, beside: train)
    let all = (0..<train.userCount).filter { !targets[$0].isEmpty && !train[$0].isEmpty }
    guard all.count >= fewest else { return nil }
    let step = max(1, (all.count + sample - 1) / sample)
    let shoppers = stride(from: 0, to: all.count, by: step).map { all[$0] }
    let reader = CandidateReader(
      blend: blend, knowledge: ItemKnowledge(train, facts: facts), mayRepeat: mayRepeat,
      depth: depth)
    let pools = try pools(of: shoppers, reader, train, progress)
    let cases = zip(shoppers, pools).map { shopper, pool in
      Case(
        pool: pool, targets: pool.items.map { targets.contains(user: shopper, item: Int($0)) },
        relevant: targets[shopper].count)
    }
    let slope = Self.slope(cases)
    var (parts, learned, blended): ([BoostedTrees], [Double], [Double]) = ([], [], [])
    for fold in 0..<folds {
      let trees = try grow(
        cases.indices.filter { $0 % folds != fold }.map { cases[$0] }, reader, slope)
      parts.append(trees)
      let order = LearnedOrder(reader, trees, slope: slope)
      for index in cases.indices where index % folds == fold {
        let pool = cases[index].pool
        let own = pool.items.map { pool.blended[Int($0)] }
        blended.append(ndcg(cases[index], own))
        learned.append(
          ndcg(cases[index], own.enumerated().map { $1 + order.correction(pool, $0) }))
      }
      try progress(shoppers.count * (fold + 1) / folds, shoppers.count)
    }
    return Outcome(
      order: LearnedOrder(reader, BoostedTrees(meanOf: parts), slope: slope),
      score: PairedGain.mean(learned), blend: PairedGain.mean(blended),
      isBetter: PairedGain(learned, over: blended).isWorthwhile(least: 0.002))
  }

  /// A shopper's candidates, and which of them were taken.
  private struct Case {
    var pool: CandidatePool
    var targets: [Bool]
    /// What was taken in all, candidate or not.
    var relevant: Int
  }

  private static func new(_ relevant: Interactions, beside train: Interactions) -> Interactions {
    let items = relevant.items
    return relevant.filtered { user, entry in
      !train.contains(user: user, item: Int(items[entry]))
    }
  }

  /// Batches on all cores, with a report after each.
  private func pools(
    of shoppers: [Int], _ reader: CandidateReader, _ train: Interactions,
    _ progress: (Int, Int) throws -> Void
  ) throws -> [CandidatePool] {
    var pools: [CandidatePool] = []
    for start in stride(from: 0, to: shoppers.count, by: 64) {
      let batch = Array(shoppers[start..<min(shoppers.count, start + 64)])
      let results = Slots<Result<CandidatePool, any Error>>(count: batch.count)
      Workers.all.run(batch.count) { index, _ in
        results[index] = Result {
          try reader.pool(of: Shoppers(strangers: batch[index]..<batch[index] + 1, of: train))
        }
      }
      for case let result? in results.values { pools.append(try result.get()) }
      try progress(0, shoppers.count)
    }
    return pools
  }

  private func grow(_ cases: [Case], _ reader: CandidateReader, _ slope: Float) throws
    -> BoostedTrees
  {
    let width = reader.columns.count
    var rows = RankingRows(featureCount: width)
    for entry in cases {
      try rows.append(
        flat: entry.pool.rows, targets: entry.targets.map { $0 ? 1 : 0 },
        starts: entry.pool.items.map { slope * entry.pool.blended[Int($0)] })
    }
    var options = TreeOptions()
    options.objective = .order(cut: cut)
    (options.trees, options.leaves) = (trees.count, trees.leaves)
    options.learningRate = trees.rate
    options.smallestLeaf = max(5, min(50, rows.count / 500))
    options.regularisation = 1
    options.seed = seed &+ 1
    return try TreeTraining.fit(
      rows, validation: RankingRows(featureCount: width), options: options)
  }

  private func ndcg(_ entry: Case, _ scores: [Float]) -> Double {
    let best = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(cut)
    return RankingMetric.ndcg.value(
      hits: best.map { entry.targets[$0] }, relevant: entry.relevant, cut: cut)
  }

  /// How a point of the blend's score changes the log-odds of being taken: logistic regression on one
  /// number (Platt, 1999), by Newton's method.
  private static func slope(_ cases: [Case]) -> Float {
    var (slope, offset) = (1.0, -2.0)
    for _ in 0..<25 {
      var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9)
      for entry in cases {
        for (item, target) in zip(entry.pool.items, entry.targets) {
          let x = Double(entry.pool.blended[Int(item)])
          let p = 1 / (1 + exp(-(offset + slope * x)))
          let (error, curve) = (p - (target ? 1 : 0), p * (1 - p))
          (g0, g1) = (g0 + error, g1 + error * x)
          (h00, h01, h11) = (h00 + curve, h01 + curve * x, h11 + curve * x * x)
        }
      }
      let determinant = h00 * h11 - h01 * h01
      guard determinant > 1e-12 else { break }
      let steps = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
      (offset, slope) = (offset - steps.0, slope - steps.1)
      if abs(steps.1) < 1e-6 { break }
    }
    return slope.isFinite ? Float(min(50, max(0.2, slope))) : 1
  }
}

/// The differences of two ways for the same rows.
struct PairedGain {
  let gain: Double
  private let base: Double
  private let error: Double?

  init(_ found: [Double], over best: [Double]) {
    let gains = zip(found, best).map { $0 - $1 }
    let gain = Self.mean(gains)
    self.gain = gain
    base = Self.mean(best)
    error =
      gains.count < 2
      ? nil
      : (gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) } / Double(gains.count - 1)
        / Double(gains.count)).squareRoot()
  }

  /// Whether the mean gain is worth a change, and more than the luck of these rows: at least one
  /// standard error of the paired differences (Breiman et al.'s one-standard-error rule). Few rows
  /// would otherwise be fitted to their last accident.
  func isWorthwhile(least: Double) -> Bool {
    guard let error else { return false }
    return gain > max(least * base, error)
  }

  static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}
