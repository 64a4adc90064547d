internal import AkinCatalogue
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
    /// The probability that the shopper buys something within ``purchaseHorizon`` after the last
    /// visit; `nil` unless the shop was trained with heads and the shopper's deeds have times.
    public var purchaseProbability: Double?
    /// That stretch of time, in seconds.
    public var purchaseHorizon: Double?
    /// When the shopper comes next, in seconds since 1970-01-01 UTC: as likely earlier as later. In the
    /// past where the shopper is late.
    public var expectedNextVisit: Double?
    /// Recommended products, best first.
    public var items: [Item]
    /// Why there are fewer than were asked for.
    public var shortBecause: String?

    enum CodingKeys: String, CodingKey {
      case shopper, history, items
      case isKnown = "known"
      case allowsRepeats = "allows_repeats"
      case purchaseProbability = "purchase_probability"
      case purchaseHorizon = "purchase_horizon_seconds"
      case expectedNextVisit = "expected_next_visit"
      case shortBecause = "short_because"
    }
  }

  private let store: ShopStore
  private let scorer: ShopperScorer

  /// Loads the shop's recommender.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never trained; ``StorageError``;
  ///   `RecommenderError`, `SafetensorsError` for damaged files.
  public init(store: ShopStore) throws {
    guard let scorer = try ShopperScorer(store) else {
      throw EngineError(
        .nothingToDo, "the shop has no recommender yet; make one: akin train --shop DIR")
    }
    self.store = store
    self.scorer = scorer
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
    let allowsRepeats = repeats ?? (!isSession && scorer.allowsRepeats)
    let ranked = try scorer.rank(deeds, count: count, repeats: allowsRepeats)
    var result = Result(
      shopper: nil, isKnown: scorer.knows(deeds), history: try past(deeds, limit: count),
      allowsRepeats: allowsRepeats, items: try ranked.compactMap { try item($0) })
    if case .shopper(let name) = subject { result.shopper = name }
    if let outlook = try scorer.outlook(after: deeds) {
      result.purchaseProbability = outlook.purchase
      result.purchaseHorizon = outlook.horizon
      result.expectedNextVisit = outlook.nextVisit
    }
    if result.items.count < count {
      result.shortBecause =
        "the recommender knows \(scorer.items.count) items"
        + (allowsRepeats ? "" : ", those that the shopper has left out")
    }
    return result
  }

  /// Names of shoppers that hold `name`, for "did you mean".
  public func shoppers(like name: String) throws(StorageError) -> [String] {
    try store.shoppers(like: name, limit: 4).filter { $0 != name }
  }

  private func item(_ ranked: ShopperScorer.Ranked) throws -> Item? {
    guard let product = try store.product(id: ranked.product)?.product else { return nil }
    let reasons = try ranked.parts.map { part in
      var reason = Reason(source: part.source, contribution: part.contribution)
      if let because = part.because {
        reason.because = because
        reason.becauseTitle = try store.product(id: because)?.product.title
      }
      return reason
    }
    return Item(
      id: ranked.product, title: product.title, score: ranked.score,
      taken: ranked.taken > 0 ? ranked.taken : nil, reasons: reasons)
  }
}

// MARK: What the shopper did

extension RecommendProducts {
  private func deeds(of subject: Subject) throws -> [ShopperScorer.Deed] {
    switch subject {
    case .session(let products):
      let deeds = products.map {
        ShopperScorer.Deed(product: $0, type: .viewItem, weight: 1, time: nil)
      }
      guard scorer.knows(deeds) else {
        throw EngineError(
          .unknownProduct,
          "the recommender knows none of the session's products: \(products.joined(separator: ", "))"
        )
      }
      return deeds
    case .shopper(let name):
      for kind in [ShopperName.user(name), .visitor(name), .session(name)] {
        let deeds = try scorer.deeds(of: kind, in: store)
        if !deeds.isEmpty { return deeds }
      }
      return []
    }
  }

  private func past(_ deeds: [ShopperScorer.Deed], limit: Int) throws -> [Past] {
    var order: [String] = []
    var found: [String: Past] = [:]
    for deed in deeds.reversed() where deed.weight > 0 {
      if found[deed.product] == nil {
        order.append(deed.product)
        found[deed.product] = Past(id: deed.product, title: "", count: 0, last: deed.time)
      }
      found[deed.product]?.count += 1
    }
    var last: [Past] = []
    for id in order where last.count < limit {
      // One that has left the catalogue has no title to show.
      guard let product = try store.product(id: id)?.product, var past = found[id] else { continue }
      past.title = product.title
      last.append(past)
    }
    return last
  }
}
