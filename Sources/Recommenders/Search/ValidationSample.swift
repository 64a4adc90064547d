internal import AkinCatalogue
internal import AkinEvaluation
internal import Foundation

/// How well models find the held-out items of a sample of users.
///
/// Users come in runs of consecutive ones, evenly spread, so that blocks of them are scored
/// together as they are in a full evaluation.
struct ValidationSample: Sendable {
  let split: Split
  private let cut: Int
  private let users: [Int]
  private let run: Int

  /// - Parameter size: users looked at, about.
  init(of split: Split, cut: Int, size: Int = 4_000, run: Int = 64) {
    self.split = split
    self.cut = cut
    self.run = run
    let count = split.train.userCount
    let runs = (count + run - 1) / run
    let wanted = max(1, min(runs, (size + run - 1) / run))
    users = (0..<wanted).flatMap { index in
      let first = index * runs / wanted * run
      return Array(first..<min(count, first + run))
    }
  }

  /// What is fitted.
  var train: Interactions { split.train }

  /// The mean of recall and NDCG at the cut, over users that have held-out items.
  func score(
    _ itemCount: Int,
    by scoring: @Sendable (Shoppers, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> Double {
    let (users, split) = (self.users, self.split)
    let ranking = FullRanking(
      k: cut, threads: ProcessInfo.processInfo.activeProcessorCount, blockRows: run)
    let rows = FullRanking.Rows(count: users.count, excluded: { split.train[users[$0]] })
    let lists = try ranking.rank(rows, itemCount: itemCount) { rows, scores in
      let first = users[rows.lowerBound]
      try scoring(Shoppers(known: first..<first + rows.count, of: split.train), scores)
    }
    var (sum, count) = (0.0, 0)
    for (row, user) in users.enumerated() where !split.test[user].isEmpty {
      let hits = lists[row].map { split.test.contains(user: user, item: Int($0)) }
      let relevant = split.test[user].count
      sum += RankingMetric.recall.value(hits: hits, relevant: relevant, cut: cut)
      sum += RankingMetric.ndcg.value(hits: hits, relevant: relevant, cut: cut)
      count += 1
    }
    return count > 0 ? sum / Double(2 * count) : 0
  }
}
