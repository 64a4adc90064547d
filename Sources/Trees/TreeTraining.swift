internal import AkinSimilarity
internal import Foundation

/// How trees are grown.
public struct TreeOptions: Sendable, Hashable {
  /// What the ensemble is to predict.
  public enum Objective: Sendable, Hashable {
    /// The target itself: least squares.
    case value
    /// The order of the rows of a query: LambdaMART on NDCG with the targets as gains.
    ///
    /// C. Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010.
    case order(cut: Int)
  }

  /// What is learned.
  public var objective = Objective.value
  /// Trees at most.
  public var trees = 400
  /// Leaves of a tree.
  public var leaves = 24
  /// The share of each tree's answer that counts.
  public var learningRate: Float = 0.05
  /// Rows that a leaf needs.
  public var smallestLeaf = 30
  /// Pulls answers towards zero.
  public var regularisation: Float = 5
  /// The share of columns that a tree may ask about.
  public var columnShare = 0.6
  /// The share of queries that a tree learns from.
  public var queryShare = 0.8
  /// Trees without progress on the validation rows after which growing ends.
  public var patience = 60
  /// The same seed grows the same trees.
  public var seed: UInt64 = 1

  /// Sound defaults.
  public init() {}
}

/// Grows ``BoostedTrees`` leaf by leaf over histograms of 64 bins.
///
/// G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", 2017.
/// O(trees · rows · columns · log leaves).
public struct TreeTraining {
  private let options: TreeOptions
  private let rows: RankingRows
  private let bins: FeatureBins
  private var scores: [Float]
  private var random: SplitMix64

  /// Learns from `rows`; where `validation` has rows, keeps the trees up to the best of them.
  ///
  /// - Throws: ``TreeError`` without rows; `CancellationError`.
  public static func fit(
    _ rows: RankingRows, validation: RankingRows, options: TreeOptions = TreeOptions()
  ) throws -> BoostedTrees {
    guard rows.count > 0, rows.featureCount == validation.featureCount || validation.count == 0
    else { throw TreeError("there are no rows to learn from") }
    var training = TreeTraining(rows, options: options)
    return try training.run(validation)
  }

  private init(_ rows: RankingRows, options: TreeOptions) {
    self.rows = rows
    self.options = options
    bins = FeatureBins(rows)
    scores = []
    random = SplitMix64(seed: options.seed)
  }

  private mutating func run(_ validation: RankingRows) throws -> BoostedTrees {
    let base: Float =
      options.objective == .value
      ? (zip(rows.targets, rows.starts).reduce(0) { $0 + $1.0 - $1.1 }) / Float(rows.count) : 0
    var made = BoostedTrees(base: base, trees: [], featureCount: rows.featureCount)
    scores = rows.starts.map { base + $0 }
    var held = validation.starts.map { base + $0 }
    var best = (loss: Float.infinity, trees: 0)
    for _ in 0..<options.trees {
      try Task.checkCancellation()
      let (gradients, curvatures) = slopes()
      var grower = TreeGrower(
        bins: bins, gradients: gradients, curvatures: curvatures, options: options,
        columns: columns(), rows: sample())
      let tree = grower.grow()
      made.trees.append(tree)
      Self.add(tree, rows, to: &scores)
      guard validation.count > 0 else { continue }
      Self.add(tree, validation, to: &held)
      let loss = loss(held, validation)
      if loss < best.loss { best = (loss, made.trees.count) }
      if made.trees.count - best.trees >= options.patience { break }
    }
    if validation.count > 0 { made.trees.removeLast(made.trees.count - best.trees) }
    return made
  }

  private static func add(
    _ tree: [BoostedTrees.Node], _ rows: RankingRows, to scores: inout [Float]
  ) {
    let width = rows.featureCount
    rows.features.withUnsafeBufferPointer { features in
      scores.withUnsafeMutableBufferPointer { scores in
        // Safe: every piece writes its own rows.
        nonisolated(unsafe) let (features, scores) = (features, scores)
        Workers.all.run(0..<scores.count, by: 4_096) { piece, _ in
          for row in piece {
            let values = UnsafeBufferPointer(rebasing: features[row * width..<(row + 1) * width])
            scores[row] += BoostedTrees.answer(tree, values)
          }
        }
      }
    }
  }

  private mutating func columns() -> [Int] {
    let wanted = max(1, Int(Double(rows.featureCount) * options.columnShare))
    var all = Array(0..<rows.featureCount)
    all.shuffle(using: &random)
    return all.prefix(wanted).sorted()
  }

  private mutating func sample() -> [Int32] {
    var sampled: [Int32] = []
    for group in rows.groups where Double.random(in: 0..<1, using: &random) < options.queryShare {
      sampled.append(contentsOf: group.map(Int32.init))
    }
    return sampled.isEmpty ? (0..<Int32(rows.count)).map(\.self) : sampled
  }

  // MARK: Objectives

  /// First and second derivatives of the loss by the scores.
  private func slopes() -> ([Float], [Float]) {
    switch options.objective {
    case .value:
      return (
        zip(scores, rows.targets).map { $0 - $1 }, [Float](repeating: 1, count: rows.count)
      )
    case .order(let cut):
      var gradients = [Float](repeating: 0, count: rows.count)
      var curvatures = gradients
      gradients.withUnsafeMutableBufferPointer { gradients in
        curvatures.withUnsafeMutableBufferPointer { curvatures in
          // Safe: every query writes its own rows.
          nonisolated(unsafe) let (gradients, curvatures) = (gradients, curvatures)
          Workers.all.run(0..<rows.groups.count, by: 64) { piece, _ in
            for query in piece { addLambdas(rows.groups[query], cut, gradients, curvatures) }
          }
        }
      }
      return (gradients, curvatures)
    }
  }

  private func addLambdas(
    _ group: Range<Int>, _ cut: Int, _ gradients: UnsafeMutableBufferPointer<Float>,
    _ curvatures: UnsafeMutableBufferPointer<Float>
  ) {
    let ideal = Self.gain(of: rows.targets[group].sorted(by: >), cut: cut)
    guard ideal > 0 else { return }
    let order = group.sorted { (scores[$1], $0) < (scores[$0], $1) }
    // Beyond the cut an exchange changes nothing.
    for (rank, first) in order.prefix(cut).enumerated() {
      for (other, second) in order.enumerated().dropFirst(rank + 1)
      where rows.targets[first] != rows.targets[second] {
        let change =
          abs(
            (rows.targets[first] - rows.targets[second])
              * (Self.discount(rank, cut) - Self.discount(other, cut))) / ideal
        guard change > 0 else { continue }
        let (high, low) =
          rows.targets[first] > rows.targets[second] ? (first, second) : (second, first)
        let doubt = 1 / (1 + exp(scores[high] - scores[low]))
        gradients[high] -= change * doubt
        gradients[low] += change * doubt
        let curvature = max(1e-6, change * doubt * (1 - doubt))
        curvatures[high] += curvature
        curvatures[low] += curvature
      }
    }
  }

  fileprivate static func discount(_ rank: Int, _ cut: Int) -> Float {
    rank < cut ? 1 / log2(Float(rank + 2)) : 0
  }

  fileprivate static func gain(of targets: some Sequence<Float>, cut: Int) -> Float {
    targets.enumerated().reduce(0) { $0 + $1.element * discount($1.offset, cut) }
  }

  /// Mean squared error, or minus the mean NDCG over queries with unequal targets.
  private func loss(_ scores: [Float], _ rows: RankingRows) -> Float {
    switch options.objective {
    case .value:
      return zip(scores, rows.targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Float(rows.count)
    case .order(let cut):
      return -rows.ndcg(scores, cut: cut)
    }
  }
}

extension RankingRows {
  /// The mean NDCG of an order by `scores` over queries with unequal targets; ties in the order of
  /// the rows. 0 without such queries.
  package func ndcg(_ scores: [Float], cut: Int) -> Float {
    var (sum, count): (Float, Float) = (0, 0)
    for group in groups {
      let held = targets[group]
      guard held.min() != held.max() else { continue }
      let ideal = TreeTraining.gain(of: held.sorted(by: >), cut: cut)
      let order = group.sorted { (scores[$1], $0) < (scores[$0], $1) }
      sum += TreeTraining.gain(of: order.lazy.map { targets[$0] }, cut: cut) / ideal
      count += 1
    }
    return count == 0 ? 0 : sum / count
  }
}
