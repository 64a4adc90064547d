public import AkinCatalogue
public import AkinEvaluation
internal import AkinSimilarity
internal import Foundation

/// Finds the weights of a ``Blend`` on validation data, by coordinate ascent on NDCG.
///
/// Only the best items of each part are candidates: an item that no part ranks high is not in the
/// blend's list either. That makes one trial of weights cheap, so that a few hundred are tried.
public struct BlendSearch: Sendable {
  /// The best weights under one rule for repeats.
  public struct Outcome: Sendable, Equatable {
    /// A weight for each candidate; 0 leaves it out.
    public var weights: [Float]
    /// NDCG of the blend on validation.
    public var score: Double
    /// NDCG of each candidate alone.
    public var single: [Double]
  }

  /// The length of the lists.
  public var cut = 10
  /// The best items of each part that are candidates for a row.
  public var depth = 200
  /// A change must better NDCG by this share: fewer parts are faster and explain more.
  public var leastGain = 0.002
  /// What is made as large as possible: the mean of these, at the cut.
  public var metrics: [RankingMetric] = [.ndcg]
  /// Weights that are tried, relative to 1 for the best single part.
  static let grid: [Float] = [0, 0.03, 0.06, 0.12, 0.25, 0.5, 1, 2, 4]

  private var pool: [Row]
  private let parts: Int

  private struct Row: Sendable {
    var items: [Int32] = []
    /// `[items, parts]`, normalised.
    var values: [Float] = []
    var isRelevant: [Bool] = []
    var isOwned: [Bool] = []
    var relevant = 0
    var unowned = 0
  }

  /// Scores the rows of `relevant` that have relevant items by every candidate; the weights of the
  /// candidates do not count.
  ///
  /// - Parameters:
  ///   - train: what the candidates were fitted on.
  ///   - relevant: what the same users took afterwards, repeats included.
  ///   - sample: rows that are looked at, evenly spread; all where there are fewer.
  /// - Throws: what scoring or `progress` throws.
  public init(
    _ candidates: Blend, train: Interactions, relevant: Interactions, cut: Int = 10,
    sample: Int = 3_000, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    precondition(train.userCount == relevant.userCount, "one row a user in both")
    self.cut = cut
    parts = candidates.parts.count
    let all = (0..<relevant.userCount).filter { !relevant[$0].isEmpty && !train[$0].isEmpty }
    let step = max(1, (all.count + sample - 1) / max(1, sample))
    let chosen = stride(from: 0, to: all.count, by: step).map { all[$0] }
    pool = try Self.rows(
      chosen, candidates, train: train, relevant: relevant, depth: depth, progress: progress)
  }

  /// Adds the rows of a search over another split of the same data, with the same candidates in the
  /// same order.
  mutating func add(_ other: BlendSearch) {
    precondition(parts == other.parts, "the same candidates")
    pool += other.pool
  }

  /// Whether lists that may hold what a shopper has are better, judged on all that shoppers took:
  /// lists without repeats can only find the new. Where both find as much, what a shopper has is
  /// left out.
  public func prefersRepeats(_ all: Outcome, over new: Outcome) -> Bool {
    all.score > score(new.weights, allowsRepeats: false, countsOwned: true)
  }

  /// The best weights. O(trials · rows · candidates of a row).
  ///
  /// - Parameter allowsRepeats: whether lists may hold what a shopper has. Where not, only what was
  ///   new to the shopper counts as relevant.
  public func search(allowsRepeats: Bool) -> Outcome {
    func rows(_ weights: [Float]) -> [Double] {
      self.rows(weights, allowsRepeats: allowsRepeats, countsOwned: allowsRepeats)
    }
    let single = (0..<parts).map { part in
      PairedGain.mean(rows((0..<parts).map { $0 == part ? 1 : 0 }))
    }
    let first = single.indices.max { single[$0] < single[$1] } ?? 0
    var weights = (0..<parts).map { Float($0 == first ? 1 : 0) }
    var best = rows(weights)
    for _ in 0..<3 {
      let before = weights
      for part in 0..<parts {
        for weight in Self.grid where weight != weights[part] {
          var trial = weights
          trial[part] = weight
          guard trial.contains(where: { $0 > 0 }) else { continue }
          let found = rows(trial)
          let isSimpler = weight == 0 && PairedGain.mean(found) >= PairedGain.mean(best)
          if isSimpler || PairedGain(found, over: best).isWorthwhile(least: leastGain) {
            (weights, best) = (trial, found)
          }
        }
      }
      if weights == before { break }
    }
    return Outcome(weights: weights, score: PairedGain.mean(best), single: single)
  }

  /// Mean NDCG of one set of weights.
  ///
  /// - Parameter countsOwned: whether what the shopper already had is among what should be found.
  func score(_ weights: [Float], allowsRepeats: Bool, countsOwned: Bool) -> Double {
    PairedGain.mean(rows(weights, allowsRepeats: allowsRepeats, countsOwned: countsOwned))
  }

  /// NDCG of each row that has something to find.
  private func rows(_ weights: [Float], allowsRepeats: Bool, countsOwned: Bool) -> [Double] {
    pool.compactMap { row in
      let relevant = countsOwned ? row.relevant : row.unowned
      guard relevant > 0 else { return nil }
      let hits = best(of: row, weights, allowsRepeats: allowsRepeats).map { row.isRelevant[$0] }
      return metrics.reduce(0) { sum, metric in
        sum + metric.value(hits: hits, relevant: relevant, cut: cut) / Double(metrics.count)
      }
    }
  }

  /// The places of the best `cut` items of a row; equal scores by item.
  private func best(of row: Row, _ weights: [Float], allowsRepeats: Bool) -> [Int] {
    var best: [(score: Float, place: Int)] = []
    for place in row.items.indices where allowsRepeats || !row.isOwned[place] {
      var score: Float = 0
      for part in 0..<parts { score += weights[part] * row.values[place * parts + part] }
      if best.count == cut, score <= best[cut - 1].score { continue }
      var rank = best.count
      while rank > 0, best[rank - 1].score < score { rank -= 1 }
      best.insert((score, place), at: rank)
      if best.count > cut { best.removeLast() }
    }
    return best.map(\.place)
  }

  /// Batches on all cores, with a report after each.
  private static func rows(
    _ users: [Int], _ candidates: Blend, train: Interactions, relevant: Interactions, depth: Int,
    progress: (Int, Int) throws -> Void
  ) throws -> [Row] {
    var pool: [Row] = []
    for start in stride(from: 0, to: users.count, by: 64) {
      let batch = Array(users[start..<min(users.count, start + 64)])
      let results = Slots<Result<Row, any Error>>(count: batch.count)
      Workers.all.run(batch.count) { index, _ in
        results[index] = Result {
          try row(batch[index], candidates, train: train, relevant: relevant, depth: depth)
        }
      }
      for case let result? in results.values { pool.append(try result.get()) }
      try progress(start + batch.count, users.count)
    }
    return pool
  }

  private static func row(
    _ user: Int, _ candidates: Blend, train: Interactions, relevant: Interactions, depth: Int
  ) throws -> Row {
    var selection = TopSelection(k: depth)
    var scores: [[Float]] = []
    var chosen: Set<Int32> = []
    try candidates.forEachPart(Shoppers(strangers: user..<user + 1, of: train)) { _, own in
      chosen.formUnion(selection.best(of: UnsafeBufferPointer(own)).map(\.item))
      scores.append(Array(own))
      // The best new ones as well: where repeats are forbidden the others fall away.
      for item in train[user] { own[Int(item)] = -.infinity }
      chosen.formUnion(selection.best(of: UnsafeBufferPointer(own)).map(\.item))
    }
    var row = Row(items: chosen.sorted())
    for item in row.items {
      for own in scores { row.values.append(own[Int(item)]) }
      row.isRelevant.append(relevant.contains(user: user, item: Int(item)))
      row.isOwned.append(train.contains(user: user, item: Int(item)))
    }
    row.relevant = relevant[user].count
    row.unowned = relevant[user].count { !train.contains(user: user, item: Int($0)) }
    return row
  }
}
