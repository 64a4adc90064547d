internal import AkinCatalogue
internal import AkinRecommenders
internal import AkinStorage

extension ItemTable {
  /// Category, brand and price of the product that stands for each item. O(items).
  func facts(in store: ShopStore) throws(StorageError) -> ItemFacts {
    let products = try store.products(ids: representatives.lazy.filter { !$0.isEmpty })
    let known = Dictionary(products.map { ($0.product.id, $0.product) }) { first, _ in first }
    return ItemFacts(
      representatives.map { id in
        let product = known[id]
        return (
          product?.categories.first?.joined(separator: " / "), product?.brand,
          product?.price?.amount
        )
      })
  }
}
