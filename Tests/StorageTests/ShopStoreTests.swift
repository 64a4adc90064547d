import AkinCatalogue
import Foundation
import PostgresServer
import Testing

@testable import AkinStorage

@Suite final class ShopStoreTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-store-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  static func snapshot(_ titles: [String], baskets: [Int]? = nil) -> ShopSnapshot {
    var products: [Product] = []
    for (index, title) in titles.enumerated() {
      var product = Product(id: "sku-\(index)", title: title)
      product.categories = [["手机数码", "手机"]]
      product.price = Price(amount: 5_999, currency: "CNY")
      product.attributes = [
        Attribute(
          name: "容量",
          value: .quantity(Quantity(value: 128e9, dimension: .storage, written: "128GB")))
      ]
      products.append(product)
    }
    let texts = titles.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    var similar = NeighbourLists()
    for text in texts.indices {
      similar.append(
        texts.indices.filter { $0 != text }.map { Neighbour(item: $0, score: 1 / Float($0 + 2)) })
    }
    var together = NeighbourLists()
    for _ in titles { together.append([Neighbour]()) }
    return ShopSnapshot(
      products: products, texts: texts,
      textOfProduct: titles.map { title in texts.firstIndex(of: title) ?? -1 },
      baskets: baskets ?? titles.map { _ in 0 }, similar: similar, boughtTogether: together,
      records: ["build": #"{"model":"test"}"#])
  }

  @Test(arguments: StoreKind.all) func everyFieldComesBack(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    let snapshot = Self.snapshot(["苹果手机12", "iPhone 12", "苹果手机12"], baskets: [1, 2, 5])
    try store.publish(snapshot)
    let reader = try ShopStore(directory: directory)
    #expect(try reader.productCount() == 3)
    for (ordinal, product) in snapshot.products.enumerated() {
      #expect(try reader.product(id: product.id)?.product == product)
      #expect(try reader.product(ordinal: ordinal)?.product == product)
    }
    #expect(try reader.product(id: "sku-9") == nil)
    #expect(try reader.products(text: 0, limit: 5).map(\.product.id) == ["sku-2", "sku-0"])
    #expect(try reader.productCount(text: 0) == 2)
    #expect(try reader.neighbours(.content, of: 1) == [Neighbour(item: 0, score: 0.5)])
    #expect(try reader.neighbours(.basket, of: 1).isEmpty)
    #expect(try reader.popularProducts(limit: 5).map(\.product.id) == ["sku-2", "sku-1"])
    #expect(try reader.record("build") == #"{"model":"test"}"#)
    #expect(try reader.identifiers(like: "-2", limit: 3) == ["sku-2"])
    #expect(try reader.products(every: 2).map(\.ordinal) == [0, 2])
  }

  @Test(arguments: StoreKind.all) func publishReplacesEverything(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    try store.publish(Self.snapshot(["a", "b", "c"]))
    try store.publish(Self.snapshot(["d"]))
    #expect(try store.productCount() == 1)
    #expect(try store.product(id: "sku-0")?.product.title == "d")
    #expect(try store.allNeighbours(.content).isEmpty)
  }

  @Test(arguments: StoreKind.all) func vectorsAreSavedByModelAndText(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    #expect(try store.textsWithoutVector(["a", "b"], model: "m") == [0, 1])
    try store.saveVectors([1, 2, 3, 4], of: ["a", "b"], model: "m")
    #expect(try store.textsWithoutVector(["b", "x", "a"], model: "m") == [1])
    #expect(try store.textsWithoutVector(["a"], model: "other") == [0])
    #expect(try store.vectors(of: ["b", "a"], model: "m", dimension: 2) == [3, 4, 1, 2])
    #expect(throws: StorageError.self) {
      try store.vectors(of: ["a"], model: "m", dimension: 3)
    }
    #expect(throws: StorageError.self) {
      try store.vectors(of: ["x"], model: "m", dimension: 2)
    }
    // Published texts keep their vectors, others are let go.
    try store.publish(Self.snapshot(["b"]))
    #expect(try store.publishedVectors(model: "m", dimension: 2) == [3, 4])
    #expect(try store.textsWithoutVector(["a", "b"], model: "m") == [0])
  }

  @Test(arguments: StoreKind.all) func aFailedPublishChangesNothing(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    try store.publish(Self.snapshot(["a", "b"]))
    var broken = Self.snapshot(["c", "d", "e"])
    broken.products[2].id = broken.products[0].id
    #expect(throws: StorageError.self) { try store.publish(broken) }
    #expect(try store.productCount() == 2)
    #expect(try store.product(id: "sku-0")?.product.title == "a")
  }

  @Test func folderWithoutShop() {
    #expect {
      try ShopStore(directory: directory)
    } throws: {
      ($0 as? StorageError)?.code == .noShop && "\($0)".contains("akin build")
    }
  }

  @Test func damagedDatabase() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data("this is no database, but long enough to look at".utf8)
      .write(to: directory.appending(path: "akin.sqlite"))
    #expect { try ShopStore(directory: directory) } throws: {
      ($0 as? StorageError)?.code == .damaged
    }
  }

  @Test func oneBuildAtATime() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var first: BuildLock? = try BuildLock(directory: directory)
    #expect { try BuildLock(directory: directory) } throws: {
      ($0 as? StorageError)?.code == .busy
    }
    withExtendedLifetime(first) {}
    first = nil
    _ = try BuildLock(directory: directory)
  }

  @Test(arguments: StoreKind.all) func aReaderNeedsNoRightToWrite(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    try store.publish(Self.snapshot(["a b?c%d", "苹果"]))
    let reader = try ShopStore(directory: directory)
    #expect(throws: StorageError.self) { try reader.publish(Self.snapshot(["x"])) }
    #expect(try reader.productCount() == 2)
  }

  @Test(arguments: StoreKind.all) func aShopThatWasNeverPublishedHasNoProducts(_ kind: StoreKind)
    throws
  {
    try kind.prepare(directory)
    _ = try ShopStore(directory: directory, for: .building)
    #expect(try ShopStore(directory: directory).productCount() == 0)
  }

  @Test(arguments: StoreKind.all) func basketListsCanBeReadByIdentifier(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .building)
    var snapshot = Self.snapshot(["a", "b", "c"], baskets: [3, 4, 0])
    var together = NeighbourLists()
    together.append([Neighbour(item: 1, score: 0.5)])
    together.append([Neighbour(item: 0, score: 0.5)])
    together.append([])
    snapshot.boughtTogether = together
    try store.publish(snapshot)
    let kept = try store.basketLists()
    #expect(kept["sku-0"] == BasketList(baskets: 3, partners: [.init(id: "sku-1", score: 0.5)]))
    #expect(kept["sku-1"]?.baskets == 4)
    #expect(kept["sku-2"] == nil)
  }
}
