internal import AkinStorage

/// What a recommender ranks: the shop's texts. Products of one text, such as the sizes of one
/// article that the catalogue describes alike, are one item.
struct ItemTable: Sendable {
  /// For each item the product that stands for it, the most bought of its text; empty where the
  /// item has left the catalogue.
  private(set) var representatives: [String] = []
  /// The item of a product, by identifier.
  private(set) var itemOfProduct: [String: Int32] = [:]

  /// All texts of the catalogue that a product of `known` has, in the order of the catalogue.
  init(_ entries: [ProductEntry], known: Set<String>) {
    var itemOfText: [Int: Int32] = [:]
    for entry in entries where known.contains(entry.id) && itemOfText[entry.text] == nil {
      itemOfText[entry.text] = Int32(itemOfText.count)
    }
    fill(entries, itemOfText, count: itemOfText.count)
  }

  /// The items of a trained model, in its order, by the products that stood for them. An item
  /// whose product has left the catalogue stays without products.
  init(_ entries: [ProductEntry], representatives: [String]) {
    let texts = Dictionary(entries.map { ($0.id, $0.text) }) { first, _ in first }
    var itemOfText: [Int: Int32] = [:]
    for (item, id) in representatives.enumerated() {
      if let text = texts[id], itemOfText[text] == nil { itemOfText[text] = Int32(item) }
    }
    fill(entries, itemOfText, count: representatives.count)
  }

  private mutating func fill(_ entries: [ProductEntry], _ itemOfText: [Int: Int32], count: Int) {
    representatives = [String](repeating: "", count: count)
    var most = [Int](repeating: -1, count: count)
    for entry in entries {
      guard let item = itemOfText[entry.text] else { continue }
      itemOfProduct[entry.id] = item
      if entry.baskets > most[Int(item)] {
        most[Int(item)] = entry.baskets
        representatives[Int(item)] = entry.id
      }
    }
  }

  /// The number of items.
  var count: Int { representatives.count }
}
