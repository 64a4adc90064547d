internal import AkinCatalogue
internal import AkinRecommenders

/// Gathers events into baskets: what one order, else one session, else one shopper took.
///
/// Where any event is a purchase, only purchases count; a shop that logs views alone gets
/// "viewed together".
struct BasketCollector {
  private let ordinals: [String: Int]
  private var keys: [String: Int32] = [:]
  private var purchases: [(basket: Int32, item: Int32)] = []
  private var others: [(basket: Int32, item: Int32)] = []
  private var views: [(basket: Int32, item: Int32)] = []

  init(ordinals: [String: Int]) {
    self.ordinals = ordinals
  }

  /// Takes an event; those of unknown products, and those that undo, count for nothing.
  mutating func add(_ event: Event) {
    guard let item = ordinals[event.product], let key = Self.key(of: event) else { return }
    let basket = Int32(keys.count)
    let entry = (basket: keys[key, default: basket], item: Int32(item))
    keys[key] = entry.basket
    switch event.type {
    case .purchase: purchases.append(entry)
    case .viewItem, .selectItem:
      others.append(entry)
      views.append(entry)
    case .addToCart, .beginCheckout, .addToWishlist: others.append(entry)
    case .removeFromCart, .refund, .search, .viewItemList: break
    }
  }

  /// The baskets, and for each product the number of baskets that hold it. O(e · log e).
  consuming func finish() -> (Baskets, [Int]) {
    Self.baskets(purchases.isEmpty ? others : purchases, ordinals.count)
  }

  /// Whether any event was a purchase: else baskets are what was looked at together.
  var hasPurchases: Bool { !purchases.isEmpty }

  /// What was looked at in each visit. O(e · log e).
  func visits() -> Baskets { Self.baskets(views, ordinals.count).0 }

  private static func baskets(_ entries: [(basket: Int32, item: Int32)], _ itemCount: Int) -> (
    Baskets, [Int]
  ) {
    var entries = entries
    entries.sort { ($0.basket, $0.item) < ($1.basket, $1.item) }
    var baskets = Baskets(itemCount: itemCount)
    var counts = [Int](repeating: 0, count: itemCount)
    var basket: [Int] = []
    for (index, entry) in entries.enumerated() {
      let item = Int(entry.item)
      if basket.last != item {
        basket.append(item)
        counts[item] += 1
      }
      if index + 1 == entries.count || entries[index + 1].basket != entry.basket {
        baskets.append(basket)
        basket.removeAll(keepingCapacity: true)
      }
    }
    return (baskets, counts)
  }

  private static func key(of event: Event) -> String? {
    if let transaction = event.transaction { return "t" + transaction }
    if let session = event.session { return "s" + session }
    if let shopper = event.user ?? event.visitor { return "u" + shopper }
    return nil
  }
}
