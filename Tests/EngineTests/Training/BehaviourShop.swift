import AkinCatalogue
import AkinStorage

extension ShopStore {
  /// Publishes a shop that is known by what its shoppers did: a product a text, each in one basket.
  ///
  /// - Parameter alike: the products that are like a product.
  func publish(
    _ products: [Product], _ histories: [ShopperHistory],
    alike: (_ product: Int) -> [Int] = { _ in [] }
  ) throws {
    var (similar, together) = (NeighbourLists(), NeighbourLists())
    for product in products.indices {
      similar.append(alike(product).map { Neighbour(item: $0, score: 0.9) })
      together.append([Neighbour]())
    }
    try publish(
      ShopSnapshot(
        products: products, texts: products.map(\.title), textOfProduct: Array(products.indices),
        baskets: products.map { _ in 1 }, similar: similar, boughtTogether: together,
        behaviour: BehaviourSnapshot(products: products.map(\.id), histories: histories),
        records: [:]))
  }
}
