internal import AkinStorage

/// Where all products stand, read at once: for work that asks about hundreds of thousands of them, where
/// a question of the store for each would take longer than the work itself. O(products) of memory.
struct ProductTable: Sendable {
  private let entries: [String: ProductEntry]
  private let idsOfText: [Int: [String]]

  init(_ store: ShopStore) throws {
    let all = try store.productEntries()
    entries = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    idsOfText = Dictionary(grouping: all, by: \.text).mapValues { $0.map(\.id) }
  }

  /// The products of a text, in the order of the catalogue.
  func ids(ofText text: Int) -> [String] { idsOfText[text] ?? [] }

  /// Where a product stands; `nil` where there is none.
  subscript(id: String) -> ProductEntry? { entries[id] }
}
