internal import AkinCatalogue
internal import Synchronization

/// How often shoppers showed in live events that they want a product.
///
/// Apart from the state that readers copy, because it changes with every event: a reader's copy
/// would make each change copy the whole table.
final class WishCounts: Sendable {
  private struct Table {
    var counts: [String: Int]
    var hasChanged = false
  }

  private let table: Mutex<Table>

  init(_ counts: [String: Int]) { table = Mutex(Table(counts: counts)) }

  /// The counts by identifier.
  var current: [String: Int] { table.withLock(\.counts) }

  /// How often the product was wanted.
  func count(of id: String) -> Int { table.withLock { $0.counts[id] ?? 0 } }

  /// Counts new events.
  func add(_ events: [Event]) {
    table.withLock { table in
      for event in events where event.type.isWish {
        table.counts[event.product, default: 0] += 1
        table.hasChanged = true
      }
    }
  }

  /// Takes other counts, as after an erasure.
  func replace(by counts: [String: Int]) {
    table.withLock { $0 = Table(counts: counts, hasChanged: true) }
  }

  /// Notes that the catalogue has changed, so that products must be ordered anew.
  func markChanged() { table.withLock { $0.hasChanged = true } }

  /// Whether anything has changed since this was last asked.
  func takeChange() -> Bool {
    table.withLock { table in
      defer { table.hasChanged = false }
      return table.hasChanged
    }
  }
}

extension LiveShop {
  /// Products up to which a change is ordered at once; with more of them the next second does it.
  private static let orderedAtOnce = 5_000

  /// Notes that products came, went or changed.
  func catalogueChanged() {
    wishes.markChanged()
    if state.withLock({ $0.catalogue.count }) <= Self.orderedAtOnce { rankPopularWhereDue() }
  }

  /// Orders popular products anew where something has changed since the last time.
  /// O(products · log); readers go on meanwhile.
  package func rankPopularWhereDue() {
    guard wishes.takeChange() else { return }
    let popular = state.withLock { $0 }.popularity(wishes.current)
    state.withLock { $0.popular = popular }
  }
}
