internal import AkinCatalogue
internal import AkinRecommenders
internal import AkinStorage

/// What a recommender ranks: the shop's texts. Products of one text, such as the sizes of one
/// article that the catalogue describes alike, are one item.
struct ItemTable: Sendable {
  /// For each item the product that stands for it, the most bought of its text; empty where the
  /// item has left the catalogue.
  private(set) var representatives: [String] = []
  /// The item of a product, by identifier.
  private(set) var itemOfProduct: [String: Int32] = [:]

  /// Each item's nearest by content; `nil` where nothing is known of that.
  private(set) var content: NeighbourLists?

  /// All texts of the catalogue that a product of `known` has, in the order of the catalogue, and
  /// after them texts that nobody has taken yet but that are like one somebody took.
  ///
  /// - Parameter related: the nearest texts of each text by content.
  init(_ entries: [ProductEntry], known: Set<String>, related: [Int: [Neighbour]] = [:]) {
    var itemOfText: [Int: Int32] = [:]
    var textOfItem: [Int] = []
    func add(_ text: Int) {
      guard itemOfText[text] == nil else { return }
      itemOfText[text] = Int32(itemOfText.count)
      textOfItem.append(text)
    }
    for entry in entries where known.contains(entry.id) { add(entry.text) }
    for text in Self.fresh(entries, beside: textOfItem, related) { add(text) }
    fill(entries, itemOfText, count: itemOfText.count)
    guard textOfItem.contains(where: { related[$0]?.isEmpty == false }) else { return }
    var lists = NeighbourLists()
    for (item, text) in textOfItem.enumerated() {
      lists.append(
        (related[text] ?? []).compactMap { neighbour in
          guard let other = itemOfText[neighbour.item], Int(other) != item, neighbour.score > 0
          else { return nil }
          return Neighbour(item: Int(other), score: neighbour.score)
        })
    }
    content = lists
  }

  /// Texts nobody has taken that are like one of `known`, in the order of the catalogue: at most as
  /// many as are known, and no more than leave EASE its size.
  private static func fresh(
    _ entries: [ProductEntry], beside known: [Int], _ related: [Int: [Neighbour]]
  ) -> [Int] {
    let room =
      known.count <= ShopCandidate.largestForEASE
      ? min(known.count, ShopCandidate.largestForEASE - known.count) : known.count
    var reached: Set<Int> = []
    for text in known { for neighbour in related[text] ?? [] { reached.insert(neighbour.item) } }
    reached.subtract(known)
    var fresh: [Int] = []
    for entry in entries where fresh.count < room && reached.remove(entry.text) != nil {
      fresh.append(entry.text)
    }
    return fresh
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
