public import AkinCatalogue

/// What puts a shop's products in order for a shopper: a blend, or a learned order over it.
public enum ShopOrder: Sendable {
  /// A weighted sum of recommenders.
  case blend(Blend)
  /// The same, its best candidates put in order by what was learnt.
  case learned(LearnedOrder)

  /// The recommenders; of a learned order some may weigh 0.
  public var blend: Blend {
    switch self {
    case .blend(let blend): blend
    case .learned(let order): order.blend
    }
  }

  /// The number of items that are ranked.
  public var itemCount: Int { blend.itemCount }

  /// Scores all items for each of `shoppers`, who are folded in.
  ///
  /// - Parameter scores: row-major `[shoppers.count, itemCount]`; every element is overwritten.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    switch self {
    case .blend(let blend): try blend.score(shoppers, into: scores)
    case .learned(let order): try order.score(shoppers, into: scores)
    }
  }

  /// What adds to the score of each of `items` for one shopper, largest first; sums to the scores,
  /// up to rounding.
  public func contributions(to items: [Int], for shopper: Shoppers) throws
    -> [[LearnedOrder.Share]]
  {
    switch self {
    case .learned(let order): return try order.contributions(to: items, for: shopper)
    case .blend(let blend):
      return try blend.contributions(to: items, for: shopper).map { values in
        zip(blend.parts, values).filter { $1 != 0 }
          .map { LearnedOrder.Share(source: $0.name, contribution: $1) }
          .sorted { ($1.contribution, $0.source) < ($0.contribution, $1.source) }
      }
    }
  }

  /// What speaks for `item` in the eyes of the recommender called `source`, largest first; `nil`
  /// where none is called so or it cannot say.
  public func evidence(for item: Int, by source: String, _ shopper: Shoppers) throws
    -> [Neighbour]?
  {
    guard let part = blend.parts.first(where: { $0.name == source }) else { return nil }
    return try blend.evidence(for: item, in: part, shopper)
  }
}
