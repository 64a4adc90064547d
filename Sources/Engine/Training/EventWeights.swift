public import AkinCatalogue

/// What each type of event is worth to a recommender, relative to a purchase.
///
/// The defaults order events by how much they cost the shopper, as is usual; a view is about ten
/// times as frequent as a purchase in most shops, so that both kinds weigh about the same in all.
public struct EventWeights: Sendable, Equatable, Codable {
  private var weights: [EventType: Float] = [
    .purchase: 1, .beginCheckout: 0.5, .addToCart: 0.4, .addToWishlist: 0.3, .viewItem: 0.1,
    .selectItem: 0.05,
  ]

  /// The default weights.
  public init() {}

  /// The weight of a type; 0 for types that say nothing of taste.
  public subscript(type: EventType) -> Float {
    get { weights[type] ?? 0 }
    set { weights[type] = newValue }
  }

  /// Changes weights by pairs such as `view_item=0.2`.
  ///
  /// - Throws: ``EngineError`` `badArgument`.
  public init(pairs: [String]) throws(EngineError) {
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let type = EventType(alias: parts[0]), let weight = Float(parts[1]),
        (0...1_000).contains(weight)
      else {
        throw EngineError(
          .badArgument,
          "'\(pair)' is no weight; write an event type and a number from 0 to 1000, such as"
            + " view_item=0.2")
      }
      self[type] = weight
    }
  }

  /// The heaviest of the types that are there: what a recommender is judged by.
  func strongest(of types: Set<EventType>) -> EventType? {
    types.filter { self[$0] > 0 }.max { (self[$0], $1.rawValue) < (self[$1], $0.rawValue) }
  }
}
