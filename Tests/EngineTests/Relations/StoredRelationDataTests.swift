import AkinCatalogue
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

@Suite struct StoredRelationDataTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "akin-shop-\(UUID())")

  /// Four products of a text each; lists name products by ordinals, which stay when one is removed.
  private func shop() throws -> ShopStore {
    let store = try ShopStore(directory: folder, for: .building)
    let products = (0..<4).map { Product(id: "p\($0)", title: "title \($0)") }
    var together = NeighbourLists()
    for row in [[], [Neighbour(item: 2, score: 0.5)], [Neighbour(item: 1, score: 0.5)], []] {
      together.append(row)
    }
    let record = try JSONEncoder().encode(RelationsRecord(hasPurchases: true))
    try store.publish(
      ShopSnapshot(
        products: products, texts: products.map(\.title), textOfProduct: [0, 1, 2, 3],
        baskets: [0, 1, 1, 0], similar: NeighbourLists(), boughtTogether: together,
        records: [RelationsRecord.name: String(decoding: record, as: UTF8.self)]))
    return store
  }

  @Test(arguments: [false, true]) func removedProductsShiftNothing(readsAll: Bool) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop()
    _ = try store.removeProducts(["p0"])
    let data = try StoredRelationData(store, vector: { _ in nil }, readsAll: readsAll)
    #expect(data.texts == [1, 2, 3])
    #expect(try data.bought(1) == [2: 0.5] && data.bought(2) == [1: 0.5])
    #expect(try data.bought(3) == nil && data.vector(1) == nil)
  }

  @Test func liveBasketsCountToo() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop()
    try store.replaceLists(
      .live, by: [1: [Neighbour(item: 2, score: 0.7), Neighbour(item: 3, score: 0.2)]])
    let data = try StoredRelationData(store, vector: { _ in nil })
    #expect(try data.bought(1) == [2: 0.7, 3: 0.2], "the larger score of both")
  }
}
