internal import AkinCatalogue
internal import AkinStorage

/// The catalogue of a serving shop in memory: a large part that never changes, and what changed
/// since in small tables over it, so that a copy for a reader costs next to nothing.
package struct LiveCatalogue: Sendable {
  /// The part that never changes.
  private final class Base: Sendable {
    /// By ordinal; a removed product leaves a gap.
    let products: [LiveProduct?]
    let ordinals: [String: Int]
    /// For each text the ordinals of its products, most bought first.
    let members: [Int: [Int]]

    init(_ products: [LiveProduct?]) {
      self.products = products
      let live = products.compactMap(\.self)
      ordinals = Dictionary(
        live.map { ($0.product.id, $0.ordinal) }, uniquingKeysWith: { $1 })
      var members: [Int: [Int]] = [:]
      for product in live { members[product.text, default: []].append(product.ordinal) }
      for (text, list) in members where list.count > 1 {
        members[text] = list.sorted { LiveCatalogue.precedes($0, $1, in: products) }
      }
      self.members = members
    }
  }

  private var base: Base
  /// `nil` for a removed product.
  private var changed: [Int: LiveProduct?] = [:]
  private var ordinals: [String: Int] = [:]
  private var members: [Int: [Int]] = [:]
  /// The number of products.
  package private(set) var count: Int

  /// A catalogue of products by ordinal.
  init(_ products: [StoredProduct]) {
    var slots: [LiveProduct?] = []
    for stored in products {
      while slots.count <= stored.ordinal { slots.append(nil) }
      slots[stored.ordinal] = LiveProduct(
        product: stored.product, ordinal: stored.ordinal, text: stored.text,
        baskets: stored.baskets)
    }
    base = Base(slots)
    count = products.count
  }

  /// Products changed since the last ``fold()``.
  var changes: Int { changed.count }

  /// One more than the largest ordinal there has been.
  package var limit: Int { max(base.products.count, (changed.keys.max() ?? -1) + 1) }

  /// The product at `ordinal`, `nil` where it was removed.
  package subscript(ordinal: Int) -> LiveProduct? {
    if let product = changed[ordinal] { return product }
    return base.products.indices.contains(ordinal) ? base.products[ordinal] : nil
  }

  /// The product with the shop's identifier `id`.
  package func product(_ id: String) -> LiveProduct? {
    guard let ordinal = ordinals[id] ?? base.ordinals[id], let product = self[ordinal],
      product.product.id == id
    else { return nil }
    return product
  }

  /// The products of a text, most bought first.
  package func products(ofText text: Int) -> [LiveProduct] {
    (members[text] ?? base.members[text] ?? []).compactMap { self[$0] }
  }

  /// All products in the catalogue's order.
  package var all: some Sequence<LiveProduct> {
    (0..<limit).lazy.compactMap { self[$0] }
  }

  /// Adds a product, or replaces the one at its ordinal.
  mutating func put(_ product: LiveProduct) {
    let before = self[product.ordinal]
    if let before, before.text != product.text { leave(before) }
    if before == nil { count += 1 }
    changed[product.ordinal] = .some(product)
    ordinals[product.product.id] = product.ordinal
    var list = members[product.text] ?? base.members[product.text] ?? []
    if !list.contains(product.ordinal) { list.append(product.ordinal) }
    members[product.text] = list
  }

  /// Removes the product at `ordinal`.
  mutating func remove(_ ordinal: Int) {
    guard let product = self[ordinal] else { return }
    leave(product)
    changed[ordinal] = .some(nil)
    count -= 1
  }

  private mutating func leave(_ product: LiveProduct) {
    let list = members[product.text] ?? base.members[product.text] ?? []
    members[product.text] = list.filter { $0 != product.ordinal }
  }

  /// Takes what changed into the large part. O(products).
  mutating func fold() {
    base = Base((0..<limit).map { self[$0] })
    changed = [:]
    ordinals = [:]
    members = [:]
  }

  private static func precedes(_ first: Int, _ second: Int, in products: [LiveProduct?]) -> Bool {
    let counts = (products[first]?.baskets ?? 0, products[second]?.baskets ?? 0)
    return counts.0 != counts.1 ? counts.0 > counts.1 : first < second
  }
}
