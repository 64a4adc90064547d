internal import AkinCatalogue
internal import AkinRanking
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// Ranks by the recommenders that `akin train` kept, folding the shopper's history in: nothing is
/// retrained, and a stranger's first click counts.
struct TrainedRanker: ShopperRanker {
  let name = "trained"
  private let scorer: ShopperScorer
  private let cache = RankingCache()

  /// Loads what the shop trained last; `nil` before the first training.
  init?(store: ShopStore) throws {
    guard let scorer = try ShopperScorer(store) else { return nil }
    self.scorer = scorer
  }

  func ranking(for shopper: ShopperQuery, in shop: LiveView) throws -> ShopperRanking? {
    let deeds = shopper.deeds.reversed().compactMap { deed in
      shop.catalogue[deed.item].map {
        ShopperScorer.Deed(
          product: $0.product.id, type: deed.type, weight: scorer.weight(of: deed.type),
          time: deed.time > 0 ? deed.time : nil)
      }
    }
    guard scorer.knows(deeds) else { return nil }
    // Twice as many as asked for, because some have left the catalogue or may not be shown.
    let count = shopper.count * 2 + 20
    let explained = shopper.explains ? Self.explained : 0
    let ranked = try cache.ranking(.init(deeds, count: count, explained: explained)) {
      try scorer.rank(
        deeds, count: count, repeats: scorer.allowsRepeats, explained: explained)
    }
    let candidates = ranked.compactMap { entry -> Candidate? in
      guard entry.score > 0, let product = shop.catalogue.product(entry.product) else { return nil }
      let evidence = entry.parts.map { part in
        Evidence(
          source: part.source,
          because: part.because.flatMap { shop.catalogue.product($0)?.ordinal },
          score: part.contribution)
      }
      return Candidate(
        item: product.ordinal, score: entry.score,
        evidence: evidence.isEmpty ? [Evidence(source: name, score: entry.score)] : evidence)
    }
    return ShopperRanking(candidates: candidates, mayRepeat: scorer.allowsRepeats)
  }

  /// What is to be expected of a shopper after these deeds; `nil` where training did not learn it.
  func outlook(after deeds: [ShopperMemory.Deed]) throws -> ShopOutcomes.Outlook? {
    try scorer.outlook(
      after: deeds.reversed().map {
        ShopperScorer.Deed(
          product: $0.product, type: $0.type, weight: scorer.weight(of: $0.type),
          time: $0.time > 0 ? $0.time : nil)
      })
  }

  /// Candidates that are explained where a request asks why; those beyond are hardly ever shown.
  private static let explained = 100
}

extension LiveShop {
  /// Takes over what was trained since, here or in another process; the next request uses it.
  ///
  /// - Returns: whether there was something new.
  @discardableResult
  func refreshRankers() throws -> Bool {
    let order = try ShopJudge.file(of: store)
    searchOrder.withLock { $0 = order }
    let mark = try TrainedRecommender.folder(of: store)
    guard mark != trainedMark.withLock({ $0 }) else { return false }
    let ranker = try TrainedRanker(store: store)
    use(ranker.map { [$0] } ?? [])
    trainedMark.withLock { $0 = mark }
    return true
  }

  /// The probability that a shopper who did all this buys something within a horizon after the last
  /// step, that horizon in seconds, and when the next step comes, in seconds since 1970-01-01 UTC;
  /// `nil` where no training kept heads or no deed has a time.
  ///
  /// - Parameter deeds: newest first.
  package func outlook(after deeds: [ShopperMemory.Deed]) throws
    -> (purchase: Double, horizon: Double, nextVisit: Double)?
  {
    let trained = rankers.lazy.compactMap { $0 as? TrainedRanker }.first
    return try trained?.outlook(after: deeds).map { ($0.purchase, $0.horizon, $0.nextVisit) }
  }

  /// Trains the shop on what builds read of its shoppers and takes the result over. Where the training
  /// before kept heads, this one does.
  ///
  /// - Returns: what came of it, for people.
  package func train(progress: any ProgressReporter) throws -> String {
    var options = TrainShop.Options()
    options.horizon = try TrainedRecommender.record(of: store)?.outcomes?.horizon
    let report = try TrainShop(
      directory: store.directory, options: options, progress: progress,
      now: { Date() }
    ).run()
    try refreshRankers()
    return report.reason
  }
}
