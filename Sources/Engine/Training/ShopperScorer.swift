internal import AkinCatalogue
internal import AkinEvaluation
internal import AkinRecommenders
internal import AkinStorage

/// A shop's trained recommender joined with its catalogue: ranks products for a history.
///
/// An immutable snapshot, shared by any number of threads.
struct ShopperScorer: Sendable {
  /// One thing that a shopper did.
  struct Deed: Sendable {
    var product: String
    var type: EventType
    var weight: Float
    var time: Double?
  }

  /// A product with its score and the parts of it, largest first; they sum to the score.
  struct Ranked: Sendable {
    struct Part: Sendable {
      var source: String
      var contribution: Float
      /// The shopper's product that speaks most for this one.
      var because: String?
    }
    var product: String
    var score: Float
    /// How often the shopper took a product of this text, by the type of event that is predicted.
    var taken: Int
    var parts: [Part]
  }

  let items: ItemTable
  private let trained: TrainedRecommender

  /// Loads what the shop trained last; `nil` before the first training.
  init?(_ store: ShopStore) throws {
    guard let trained = try TrainedRecommender(of: store) else { return nil }
    self.trained = trained
    items = ItemTable(try store.productEntries(), representatives: trained.record.items)
  }

  /// Whether what a shopper has may come again unless one asks otherwise.
  var allowsRepeats: Bool { trained.record.report.allowsRepeats }

  func weight(of type: EventType) -> Float { trained.record.weights[type] }

  /// What is to be expected of a shopper after these deeds; `nil` where training was not asked to
  /// learn it, or none of the deeds has a time.
  func outlook(after deeds: [Deed]) throws -> ShopOutcomes.Outlook? {
    try trained.outcomes?.outlook(after: deeds)
  }

  /// Whether any of the deeds is of an item that is ranked.
  func knows(_ deeds: [Deed]) -> Bool {
    deeds.contains { $0.weight > 0 && items.itemOfProduct[$0.product] != nil }
  }

  /// What a shopper did, oldest first: what builds read, then the last events of the live shop.
  func deeds(of name: ShopperName, in store: ShopStore) throws -> [Deed] {
    var deeds: [Deed] = []
    if let known = try store.history(of: name), let history = known.histories.first {
      deeds = history.entries.map {
        Deed(
          product: known.products[Int($0.product)], type: $0.type, weight: weight(of: $0.type),
          time: $0.time)
      }
    }
    deeds += try store.events(of: name, limit: 1_000).reversed().map {
      Deed(product: $0.product, type: $0.type, weight: weight(of: $0.type), time: $0.time)
    }
    return deeds
  }

  /// The best `count` products for a history, best first, equal ones in the order of the items.
  /// O(items · parts).
  ///
  /// - Parameter explained: of how many the parts are found; those of the others are empty.
  func rank(_ deeds: [Deed], count: Int, repeats: Bool, explained: Int = .max) throws -> [Ranked] {
    let shopper = Shoppers(strangers: 0..<1, of: history(deeds))
    let order = repeats ? trained.all : trained.new
    var scores = [Float](repeating: 0, count: items.count)
    let best = try scores.withUnsafeMutableBufferPointer { scores in
      try order.score(shopper, into: scores)
      for item in scores.indices where items.representatives[item].isEmpty {
        scores[item] = -.infinity
      }
      if !repeats { for item in shopper.histories[0] { scores[Int(item)] = -.infinity } }
      var selection = TopSelection(k: count)
      return selection.best(of: UnsafeBufferPointer(scores))
    }
    return try explain(best, order, shopper, deeds, first: explained)
  }

  private func history(_ deeds: [Deed]) -> Interactions {
    var builder = InteractionsBuilder()
    for deed in deeds where deed.weight > 0 {
      guard let item = items.itemOfProduct[deed.product] else { continue }
      builder.append(user: 0, item: Int(item), weight: deed.weight, time: deed.time)
    }
    return builder.build(userCount: 1, itemCount: items.count, keepsRepeats: true)
  }

  private func explain(
    _ best: [(item: Int32, score: Float)], _ order: ShopOrder, _ shopper: Shoppers, _ deeds: [Deed],
    first count: Int
  ) throws -> [Ranked] {
    let target = trained.record.report.target
    var own: [Int32: (last: String, taken: Int)] = [:]
    for deed in deeds where deed.weight > 0 {
      guard let item = items.itemOfProduct[deed.product] else { continue }
      let taken = deed.type.rawValue == target ? 1 : 0
      own[item] = (deed.product, (own[item]?.taken ?? 0) + taken)
    }
    let explained = best.prefix(count)
    let contributions =
      explained.isEmpty
      ? [] : try order.contributions(to: explained.map { Int($0.item) }, for: shopper)
    return try best.enumerated().map { place, entry in
      let shares = place < contributions.count ? contributions[place] : []
      let parts = try shares.map { share in
        var because: String?
        if let first = try order.evidence(for: Int(entry.item), by: share.source, shopper)?.first,
          first.score > 0, first.item != Int(entry.item)
        {
          because = own[Int32(first.item)]?.last
        }
        return Ranked.Part(source: share.source, contribution: share.contribution, because: because)
      }
      return Ranked(
        // Of several products of one text the shopper's own one.
        product: own[entry.item]?.last ?? items.representatives[Int(entry.item)],
        score: entry.score, taken: own[entry.item]?.taken ?? 0,
        parts: parts)
    }
  }
}
