internal import AkinCatalogue
internal import AkinStorage

/// What lists bring: how often products of each kind of list were clicked, and what was bought of
/// them.
package struct AttributionReport: Sendable, Encodable {
  /// One kind of list.
  package struct Kind: Sendable, Encodable {
    /// `similar`, `bought_together`, `popular`, `for_you`, `search`; `other` for tokens of other
    /// systems.
    package var kind: String
    /// Looks at products that brought a token back.
    package var clicks = 0
    /// Products that went into a basket, of those that the shopper had come to by the list.
    package var baskets = 0
    /// The same of products that were bought.
    package var purchases = 0
    /// What they cost, by currency; an empty name where events had none.
    package var revenue: [String: Double] = [:]
  }

  /// Kinds that brought something, those with most clicks first.
  package var kinds: [Kind]
  /// Since when, in seconds since 1970-01-01 UTC.
  package var since: Double
  /// Seconds after a click within which a basket or an order of the same product counts for its list.
  package var reach: Double
}

/// Follows clicks to baskets and orders.
struct AttributionTally {
  /// Seven days, as most shops count.
  static let reach = 7.0 * 86_400

  private struct Click {
    var kind: String
    var time: Double
  }

  private struct Key: Hashable {
    var shopper: ShopperName
    var product: String
  }

  private let since: Double
  private var clicks: [Key: Click] = [:]
  private var kinds: [String: AttributionReport.Kind] = [:]

  init(since: Double) { self.since = since }

  /// Takes an event; the oldest come first.
  mutating func take(_ event: Event) {
    guard let time = event.time else { return }
    let own = event.attribution.map { AttributionToken($0)?.kind ?? "other" }
    switch event.type {
    case .viewItem, .selectItem:
      guard let own else { return }
      for name in event.shoppers {
        clicks[Key(shopper: name, product: event.product)] = Click(kind: own, time: time)
      }
      if time >= since { kinds[own, default: .init(kind: own)].clicks += 1 }
    case .addToCart, .purchase:
      guard time >= since, let kind = own ?? followed(event, at: time) else { return }
      var counts = kinds[kind] ?? .init(kind: kind)
      if event.type == .addToCart {
        counts.baskets += 1
      } else {
        counts.purchases += 1
        if let price = event.price {
          counts.revenue[price.currency ?? "", default: 0] += price.amount * event.quantity
        }
      }
      kinds[kind] = counts
    default: return
    }
  }

  /// The list of the last click of the event's shopper on its product.
  private func followed(_ event: Event, at time: Double) -> String? {
    event.shoppers.compactMap { clicks[Key(shopper: $0, product: event.product)] }
      .filter { time - $0.time <= Self.reach }.max { $0.time < $1.time }?.kind
  }

  var report: AttributionReport {
    AttributionReport(
      kinds: kinds.values.sorted { ($1.clicks, $0.kind) < ($0.clicks, $1.kind) }, since: since,
      reach: Self.reach)
  }
}

extension LiveShop {
  /// What lists brought in the last `days` days. O(events of these and of the week before them).
  package func attribution(days: Int) throws -> AttributionReport {
    var tally = AttributionTally(since: now() - Double(days) * 86_400)
    try store.forEachEvent(since: now() - Double(days) * 86_400 - AttributionTally.reach) {
      tally.take($0)
    }
    return tally.report
  }
}
