internal import AkinCatalogue
internal import AkinRanking
internal import AkinRecommenders
internal import AkinStorage
internal import Foundation
internal import Synchronization

/// Ranks by the recommenders that `akin train` kept, folding the shopper's history in: nothing is
/// retrained, and a stranger's first click counts.
struct TrainedRanker: ShopperRanker {
  let name = "trained"
  /// The training it comes from.
  let folder: String
  private let trained: TrainedRecommender
  private let items: ItemTable
  private let weights = EventWeights()

  /// Loads what the shop trained last; `nil` before the first training.
  init?(store: ShopStore) throws {
    guard let trained = try TrainedRecommender(of: store) else { return nil }
    self.trained = trained
    folder = trained.record.folder
    items = ItemTable(try store.productEntries(), representatives: trained.record.items)
  }

  func ranking(for shopper: ShopperQuery, in shop: LiveView) throws -> ShopperRanking? {
    let (history, own) = folded(shopper, shop)
    guard let history else { return nil }
    let mayRepeat = trained.record.report.allowsRepeats
    let blend = mayRepeat ? trained.all : trained.new
    var scores = [Float](repeating: 0, count: items.count)
    try scores.withUnsafeMutableBufferPointer { try blend.score(history, into: $0) }
    if !mayRepeat { for item in own.keys { scores[Int(item)] = -.infinity } }
    // Twice as many as asked for, because some have left the catalogue or may not be shown.
    let best = Neighbour.best(min(shopper.count * 2 + 20, items.count), of: scores)
      .filter { $0.score > 0 }
      .compactMap { neighbour -> (item: Int, ordinal: Int, score: Float)? in
        // Of several products of one text the shopper's own one.
        let ordinal =
          own[Int32(neighbour.item)]
          ?? shop.catalogue.product(items.representatives[neighbour.item])?.ordinal
        return ordinal.map { (neighbour.item, $0, neighbour.score) }
      }
    let parts = shopper.explains ? try blend.contributions(to: best.map(\.item), for: history) : []
    let candidates = try best.enumerated().map { place, entry in
      let evidence =
        shopper.explains
        ? try evidence(
          for: entry.item, parts[place], blend, history, own, isDetailed: place < Self.detailed)
        : [Evidence(source: name, score: entry.score)]
      return Candidate(item: entry.ordinal, score: entry.score, evidence: evidence)
    }
    return ShopperRanking(candidates: candidates, mayRepeat: mayRepeat)
  }

  /// The history as the recommenders take it, and for each item of it the shopper's own product.
  private func folded(_ shopper: ShopperQuery, _ shop: LiveView) -> (Shoppers?, [Int32: Int]) {
    var builder = InteractionsBuilder()
    var own: [Int32: Int] = [:]
    for deed in shopper.deeds.reversed() {
      guard let id = shop.catalogue[deed.item]?.product.id, let item = items.itemOfProduct[id],
        weights[deed.type] > 0
      else { continue }
      own[item] = deed.item
      builder.append(
        user: 0, item: Int(item), weight: weights[deed.type],
        time: deed.time > 0 ? deed.time : nil)
    }
    guard builder.count > 0 else { return (nil, own) }
    let history = builder.build(userCount: 1, itemCount: items.count, keepsRepeats: true)
    return (Shoppers(strangers: 0..<1, of: history), own)
  }

  /// Candidates whose parts name the product of the history that speaks most for them.
  private static let detailed = 40

  private func evidence(
    for item: Int, _ values: [Float], _ blend: Blend, _ shopper: Shoppers, _ own: [Int32: Int],
    isDetailed: Bool
  ) throws -> [Evidence] {
    var evidence: [Evidence] = []
    for (part, value) in zip(blend.parts, values) where value != 0 {
      var because: Int?
      if isDetailed, let first = try blend.evidence(for: item, in: part, shopper)?.first,
        first.score > 0, first.item != item
      {
        because = own[Int32(first.item)]
      }
      evidence.append(Evidence(source: part.name, because: because, score: value))
    }
    return evidence.sorted { $0.score > $1.score }
  }
}

extension LiveShop {
  /// Takes over what was trained since, here or in another process; the next request uses it.
  ///
  /// - Returns: whether there was something new.
  @discardableResult
  package func refreshRankers() throws -> Bool {
    // The record names its folder first, so that its beginning tells one training from another.
    let mark = try store.beginning(ofRecord: TrainedRecommender.recordName, length: 80)
    guard mark != trainedMark.withLock({ $0 }) else { return false }
    let ranker = try TrainedRanker(store: store)
    use(ranker.map { [$0] } ?? [])
    trainedMark.withLock { $0 = mark }
    return true
  }

  /// Trains the shop on what builds read of its shoppers and takes the result over.
  ///
  /// - Returns: what came of it, for people.
  package func train(progress: any ProgressReporter) throws -> String {
    let report = try TrainShop(
      directory: store.directory, options: .init(), progress: progress,
      now: { Date() }
    ).run()
    try refreshRankers()
    return report.reason
  }
}
