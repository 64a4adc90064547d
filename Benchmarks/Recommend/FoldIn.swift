import AkinCatalogue
import AkinRecommenders
import Foundation

/// How long a living shopper waits: one history at a time is folded into a fitted model and its ten
/// best items are listed, on one thread. The histories are the first rows of the train file with one
/// item taken out, so that no model has seen them as they are.
struct FoldIn {
  var shoppers = 1_000

  func run(train: URL, _ settings: RecommenderSettings) throws -> [String: Double] {
    let interactions = try AdjacencyFile(train).interactions()
    let model = try settings.fit(interactions) { _, _ in }
    var seconds: [Double] = []
    for user in 0..<min(shoppers, interactions.userCount) where interactions[user].count > 1 {
      let history = interactions[user].dropLast().map(Int.init)
      let start = ContinuousClock.now
      let shopper = Shoppers(history: history, itemCount: interactions.itemCount)
      _ = try model.recommend(for: shopper, k: 10)
      let passed = start.duration(to: .now).components
      seconds.append(Double(passed.seconds) + Double(passed.attoseconds) / 1e18)
    }
    seconds.sort()
    guard !seconds.isEmpty else { return [:] }
    return [
      "fold_in_median_ms": seconds[seconds.count / 2] * 1_000,
      "fold_in_99_ms": seconds[min(seconds.count - 1, seconds.count * 99 / 100)] * 1_000,
      "shoppers": Double(seconds.count),
    ]
  }
}
