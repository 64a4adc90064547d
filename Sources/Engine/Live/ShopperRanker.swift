package import AkinCatalogue
package import AkinRanking
internal import AkinSimilarity

/// Says what a shopper may want next: the seam for trained models.
///
/// A shop asks its rankers one after the other and takes the first answer; the last one,
/// ``NeighbourRanker``, needs no training and answers whoever has a history. Filters, rules and the
/// fallback to popular products come after, so that a ranker only ranks.
package protocol ShopperRanker: Sendable {
  /// Named in the evidence of what it suggests.
  var name: String { get }

  /// Candidates for a shopper, best first; more than the list is long, because filters and rules
  /// take some away. Scores are positive.
  ///
  /// - Returns: `nil` where the ranker knows too little about the shopper; the next one is asked.
  func ranking(for shopper: ShopperQuery, in shop: LiveView) throws -> ShopperRanking?
}

/// What a ranker suggests.
package struct ShopperRanking: Sendable {
  /// Best first.
  package var candidates: [Candidate]
  /// Whether what the shopper has may come again, as in a grocery.
  package var mayRepeat = false
}

/// A shopper, as rankers see him.
package struct ShopperQuery: Sendable {
  /// One thing that he did.
  package struct Step: Sendable, Equatable {
    /// The product's ordinal in the live catalogue; ``LiveCatalogue`` tells its identifier.
    package var item: Int
    /// What was done.
    package var type: EventType
    /// When, in seconds since 1970-01-01 UTC.
    package var time: Double
  }

  /// His name where he is known, else `nil`.
  package var user: String?
  /// What he did, newest first, each product once, at his last deed with it.
  package var steps: [Step]
  /// The same with every deed, newest first.
  package var deeds: [Step]
  /// How many candidates are wanted at least.
  package var count: Int
  /// Whether the answer will show why.
  package var explains: Bool
}

/// A shop at one moment, as rankers see it.
package struct LiveView: Sendable {
  let state: LiveShop.State

  /// The products.
  package var catalogue: LiveCatalogue { state.catalogue }

  /// The products nearest to a product's text, best first, one of each text.
  package func similar(to item: Int, k: Int) throws -> [Neighbour] {
    guard let product = state.catalogue[item] else { return [] }
    return try state.content.neighbours(of: product.text, k: k).compactMap { neighbour in
      state.catalogue.products(ofText: neighbour.item).first
        .map { Neighbour(item: $0.ordinal, score: neighbour.score) }
    }
  }

  /// The products taken together with a product, best first.
  package func boughtTogether(with item: Int) -> [Neighbour] { state.together[item] ?? [] }
}

/// Ranks by the neighbours, in baskets and in content, of what the shopper did last.
struct NeighbourRanker: ShopperRanker {
  let name = "neighbours"

  func ranking(for shopper: ShopperQuery, in shop: LiveView) throws -> ShopperRanking? {
    guard !shopper.steps.isEmpty else { return nil }
    let fusion = HistoryFusion()
    let sources = [
      HistoryFusion.Source(name: "basket", weight: 1), .init(name: "content", weight: 0.3),
    ]
    var content: [Int: [Neighbour]] = [:]
    for step in shopper.steps.prefix(fusion.reach) {
      content[step.item] = try shop.similar(to: step.item, k: 20)
    }
    let candidates = fusion.candidates(
      history: shopper.steps.map { .init(item: $0.item, weight: $0.type.weight) },
      sources: sources
    ) { source, item in
      source == 0 ? shop.boughtTogether(with: item) : content[item] ?? []
    }
    return ShopperRanking(candidates: candidates)
  }
}

extension EventType {
  /// How much a deed says about what the shopper wants.
  fileprivate var weight: Float {
    switch self {
    case .viewItem, .selectItem: 1
    case .addToWishlist, .beginCheckout: 2
    case .addToCart, .purchase: 3
    case .viewItemList, .search: 0.2
    case .removeFromCart, .refund: 0
    }
  }
}
