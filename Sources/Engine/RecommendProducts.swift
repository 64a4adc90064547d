internal import AkinCatalogue
internal import AkinRecommenders
public import AkinStorage
internal import Foundation

/// The use case "what would this shopper want next?", answered by what ``TrainShop`` kept.
///
/// Opening reads the model once; an answer then folds the shopper's history in, without training.
public final class RecommendProducts: Sendable {
  /// Whom to recommend to.
  public enum Subject: Sendable, Equatable {
    /// A shopper by the name the logs give: a user's, else a visitor's, else a session's.
    case shopper(String)
    /// A visit: products in the order in which they were looked at or taken.
    case session([String])
  }

  /// Why a product is recommended: one part of its score.
  public struct Reason: Sendable, Codable, Equatable {
    /// The recommender, such as `habit` or `item-knn`.
    public var source: String
    /// What it adds to the score; the parts sum to it.
    public var contribution: Float
    /// The product of the shopper's own that speaks most for this one.
    public var because: String?
    /// That product's title.
    public var becauseTitle: String?
  }

  /// A recommended product.
  public struct Item: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// The blend's score: comparable within one answer only.
    public var score: Float
    /// How often the shopper took the product, or another of its text, by the type of event that
    /// is predicted; `nil` where never.
    public var taken: Int?
    /// Its parts, largest first.
    public var reasons: [Reason]
  }

  /// A product that the shopper looked at, took or both.
  public struct Past: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// The number of events.
    public var count: Int
    /// When last, in seconds since 1970-01-01 UTC.
    public var last: Double?
  }

  /// The answer.
  public struct Result: Sendable, Codable, Equatable {
    /// The shopper asked about; `nil` for a session.
    public var shopper: String?
    /// Whether anything is known of the shopper. A stranger gets what most shoppers take.
    public var isKnown: Bool
    /// What the shopper did last, newest first, at most as many as were asked for.
    public var history: [Past]
    /// Whether what the shopper has may come again.
    public var allowsRepeats: Bool
    /// Recommended products, best first.
    public var items: [Item]
    /// Why there are fewer than were asked for.
    public var shortBecause: String?

    enum CodingKeys: String, CodingKey {
      case shopper, history, items
      case isKnown = "known"
      case allowsRepeats = "allows_repeats"
      case shortBecause = "short_because"
    }
  }

  private let store: ShopStore
  private let trained: TrainedRecommender
  private let items: ItemTable
  private let weights: EventWeights

  /// Loads the shop's recommender.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never trained; ``StorageError``;
  ///   `RecommenderError`, `SafetensorsError` for damaged files.
  public init(store: ShopStore, weights: EventWeights = EventWeights()) throws {
    guard let trained = try TrainedRecommender(of: store) else {
      throw EngineError(
        .nothingToDo, "the shop has no recommender yet; make one: akin train --shop DIR")
    }
    self.store = store
    self.trained = trained
    self.weights = weights
    items = ItemTable(try store.productEntries(), representatives: trained.record.items)
  }

  /// The `count` products that `subject` would want next, best first. O(items · parts).
  ///
  /// - Parameter repeats: whether what the shopper has may come. Where `nil`, as training learnt;
  ///   what a visit has just looked at does not.
  /// - Throws: ``EngineError`` `unknownProduct` for a session of unknown products alone;
  ///   ``StorageError``.
  public func recommend(for subject: Subject, count: Int, repeats: Bool? = nil) throws -> Result {
    let deeds = try deeds(of: subject)
    let isSession = if case .session = subject { true } else { false }
    var builder = InteractionsBuilder()
    for deed in deeds {
      guard let item = items.itemOfProduct[deed.product], deed.weight > 0 else { continue }
      builder.append(user: 0, item: Int(item), weight: deed.weight, time: deed.time)
    }
    let history = builder.build(userCount: 1, itemCount: items.count, keepsRepeats: true)
    let allowsRepeats = repeats ?? (isSession ? false : trained.record.report.allowsRepeats)
    let shopper = Shoppers(strangers: 0..<1, of: history)
    let blend = allowsRepeats ? trained.all : trained.new
    let best = try best(blend, for: shopper, count: count, allowsRepeats: allowsRepeats)
    var result = Result(
      shopper: nil, isKnown: history.count > 0, history: try past(deeds, limit: count),
      allowsRepeats: allowsRepeats, items: try explained(best, blend, for: shopper, deeds))
    if case .shopper(let name) = subject { result.shopper = name }
    if result.items.count < count {
      result.shortBecause =
        "the recommender knows \(items.count) items"
        + (allowsRepeats ? "" : ", those that the shopper has left out")
    }
    return result
  }

  /// Names of shoppers that hold `name`, for "did you mean".
  public func shoppers(like name: String) throws(StorageError) -> [String] {
    try store.shoppers(like: name, limit: 3)
  }

  private func best(
    _ blend: Blend, for shopper: Shoppers, count: Int, allowsRepeats: Bool
  ) throws -> [Neighbour] {
    var scores = [Float](repeating: 0, count: items.count)
    try scores.withUnsafeMutableBufferPointer { try blend.score(shopper, into: $0) }
    for item in scores.indices where items.representatives[item].isEmpty {
      scores[item] = -.infinity
    }
    if !allowsRepeats {
      for item in shopper.histories[0] { scores[Int(item)] = -.infinity }
    }
    return Neighbour.best(count, of: scores)
  }
}

// MARK: What the shopper did

extension RecommendProducts {
  private struct Deed {
    var product: String
    var type: EventType
    var weight: Float
    var time: Double?
  }

  private func deeds(of subject: Subject) throws -> [Deed] {
    switch subject {
    case .session(let products):
      guard products.contains(where: { items.itemOfProduct[$0] != nil }) else {
        throw EngineError(
          .unknownProduct,
          "the recommender knows none of the session's products: \(products.joined(separator: ", "))"
        )
      }
      return products.map { Deed(product: $0, type: .viewItem, weight: 1, time: nil) }
    case .shopper(let name):
      for kind in [ShopperName.user(name), .visitor(name), .session(name)] {
        guard let known = try store.history(of: kind), let history = known.histories.first else {
          continue
        }
        return history.entries.map {
          Deed(
            product: known.products[Int($0.product)], type: $0.type, weight: weights[$0.type],
            time: $0.time)
        }
      }
      return []
    }
  }

  private func past(_ deeds: [Deed], limit: Int) throws -> [Past] {
    var order: [String] = []
    var found: [String: Past] = [:]
    for deed in deeds.reversed() where deed.weight > 0 {
      if found[deed.product] == nil {
        order.append(deed.product)
        found[deed.product] = Past(id: deed.product, title: "", count: 0, last: deed.time)
      }
      found[deed.product]?.count += 1
    }
    return try order.prefix(limit).compactMap { id in
      guard let product = try store.product(id: id)?.product, var past = found[id] else {
        return nil
      }
      past.title = product.title
      return past
    }
  }
}

// MARK: Reasons

extension RecommendProducts {
  private func explained(
    _ best: [Neighbour], _ blend: Blend, for shopper: Shoppers, _ deeds: [Deed]
  ) throws -> [Item] {
    let contributions = try blend.contributions(to: best.map(\.item), for: shopper)
    let target = trained.record.report.target
    var own: [Int32: (last: String, taken: Int)] = [:]
    for deed in deeds where deed.weight > 0 {
      guard let item = items.itemOfProduct[deed.product] else { continue }
      let taken = deed.type.rawValue == target ? 1 : 0
      own[item] = (deed.product, (own[item]?.taken ?? 0) + taken)
    }
    return try zip(best, contributions).compactMap { neighbour, values in
      // Of several products of one text the shopper's own one.
      let id = own[Int32(neighbour.item)]?.last ?? items.representatives[neighbour.item]
      guard let product = try store.product(id: id)?.product else { return nil }
      var reasons: [Reason] = []
      for (part, value) in zip(blend.parts, values) where value != 0 {
        var reason = Reason(source: part.name, contribution: value)
        let evidence = try blend.evidence(for: neighbour.item, in: part, shopper)?.first
        if let evidence, evidence.score > 0, evidence.item != neighbour.item,
          let because = own[Int32(evidence.item)]?.last
        {
          reason.because = because
          reason.becauseTitle = try store.product(id: because)?.product.title
        }
        reasons.append(reason)
      }
      reasons.sort { $0.contribution > $1.contribution }
      return Item(
        id: id, title: product.title, score: neighbour.score,
        taken: own[Int32(neighbour.item)].flatMap { $0.taken > 0 ? $0.taken : nil },
        reasons: reasons)
    }
  }
}

extension Neighbour {
  /// The best `count` of `scores`, best first, equal ones by item; -∞ and NaN are left out.
  static func best(_ count: Int, of scores: [Float]) -> [Neighbour] {
    scores.indices.filter { scores[$0] > -.infinity }
      .sorted { (scores[$0], $1) > (scores[$1], $0) }
      .prefix(count).map { Neighbour(item: $0, score: scores[$0]) }
  }
}
