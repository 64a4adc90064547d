internal import AkinCatalogue
internal import AkinStorage

/// Gathers events into one history a shopper: the user's, else the visitor's, else that of the
/// session or of the order that names nobody.
struct HistoryCollector {
  private struct Deed {
    var shopper: Int32
    var product: Int32
    var type: EventType
    var time: Double?
  }

  private var shoppers: [ShopperName: Int32] = [:]
  private var names: [ShopperName] = []
  private var numbers: [String: Int32] = [:]
  private var products: [String] = []
  private var deeds: [Deed] = []

  /// Nothing gathered yet.
  init() {}

  /// Goes on from what is known already.
  init(_ snapshot: BehaviourSnapshot) {
    products = snapshot.products
    for (number, id) in products.enumerated() { numbers[id] = Int32(number) }
    for (shopper, history) in snapshot.histories.enumerated() {
      shoppers[history.name] = Int32(shopper)
      names.append(history.name)
      for entry in history.entries {
        deeds.append(
          Deed(
            shopper: Int32(shopper), product: entry.product, type: entry.type, time: entry.time))
      }
    }
  }

  /// Takes an event, also of a product that the catalogue lacks: it may come back.
  mutating func add(_ event: Event) {
    guard let name = Self.name(of: event) else { return }
    let shopper = shoppers[name, default: Int32(names.count)]
    if Int(shopper) == names.count {
      shoppers[name] = shopper
      names.append(name)
    }
    let product = numbers[event.product, default: Int32(products.count)]
    if Int(product) == products.count {
      numbers[event.product] = product
      products.append(event.product)
    }
    deeds.append(Deed(shopper: shopper, product: product, type: event.type, time: event.time))
  }

  /// The histories, oldest deed first; deeds without a time stand before the others, in the order
  /// of the log. O(n · log n).
  consuming func finish() -> BehaviourSnapshot {
    var order = Array(deeds.indices)
    order.sort {
      let (first, second) = (deeds[$0], deeds[$1])
      if first.shopper != second.shopper { return first.shopper < second.shopper }
      let (before, after) = (first.time ?? -.infinity, second.time ?? -.infinity)
      return before == after ? $0 < $1 : before < after
    }
    var histories = names.map { ShopperHistory(name: $0, entries: []) }
    for index in order {
      let deed = deeds[index]
      histories[Int(deed.shopper)].entries.append(
        ShopperHistory.Entry(product: deed.product, type: deed.type, time: deed.time))
    }
    return BehaviourSnapshot(products: products, histories: histories)
  }

  private static func name(of event: Event) -> ShopperName? {
    if let user = event.user { return .user(user) }
    if let visitor = event.visitor { return .visitor(visitor) }
    return (event.session ?? event.transaction).map(ShopperName.session)
  }
}
