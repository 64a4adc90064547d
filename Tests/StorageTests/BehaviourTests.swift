import AkinCatalogue
import Foundation
import PostgresServer
import Testing

@testable import AkinStorage

@Suite final class BehaviourTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-behaviour-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  static let behaviour = BehaviourSnapshot(
    products: ["sku-0", "gone", "sku-1"],
    histories: [
      ShopperHistory(
        name: .user("anna"),
        entries: [
          ShopperHistory.Entry(product: 2, type: .viewItem, time: nil),
          ShopperHistory.Entry(product: 1, type: .purchase, time: 1_700_000_000.25),
          ShopperHistory.Entry(product: 2, type: .purchase, time: 1_700_000_001),
        ]),
      ShopperHistory(
        name: .session("anna"),
        entries: [ShopperHistory.Entry(product: 0, type: .refund, time: -5)]),
      ShopperHistory(name: .visitor("空"), entries: []),
    ])

  private func shop(_ behaviour: BehaviourSnapshot?) throws -> ShopStore {
    let store = try ShopStore(directory: directory, for: .building)
    var snapshot = ShopStoreTests.snapshot(["a", "b"])
    snapshot.behaviour = behaviour
    try store.publish(snapshot)
    return store
  }

  @Test(arguments: StoreKind.all) func everyHistoryComesBack(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try shop(Self.behaviour)
    #expect(try store.behaviour() == Self.behaviour)
    #expect(try store.shopperCount() == 3)
    #expect(try store.shoppers(like: "nn", limit: 5) == ["anna"])
  }

  @Test(arguments: StoreKind.all) func oneHistoryNamesItsOwnProducts(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try shop(Self.behaviour)
    let anna = try #require(try store.history(of: .user("anna")))
    #expect(anna.products == ["sku-1", "gone"])
    #expect(anna.histories[0].entries.map(\.product) == [0, 1, 0])
    #expect(try store.history(of: .visitor("anna")) == nil)
  }

  @Test(arguments: StoreKind.all) func longHistoriesComeBackWhole(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let order = (0..<1_000).map { $0 * 37 % 150 }
    let store = try shop(
      BehaviourSnapshot(
        products: (0..<150).map { "sku-\($0)" },
        histories: [
          ShopperHistory(
            name: .user("long"),
            entries: order.map {
              ShopperHistory.Entry(product: Int32($0), type: .viewItem, time: nil)
            })
        ]))
    let history = try #require(try store.history(of: .user("long")))
    let read = history.histories[0].entries.map { history.products[Int($0.product)] }
    #expect(read == order.map { "sku-\($0)" })
  }

  @Test(arguments: StoreKind.all) func aBuildWithoutEventsKeepsThem(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try shop(Self.behaviour)
    try store.publish(ShopStoreTests.snapshot(["c"]))
    #expect(try store.behaviour() == Self.behaviour)
    var forgetting = ShopStoreTests.snapshot(["c"])
    forgetting.behaviour = BehaviourSnapshot()
    try store.publish(forgetting)
    #expect(try store.shopperCount() == 0)
  }

  @Test(arguments: EventType.allCases) func everyTypeHasItsCode(_ type: EventType) throws {
    let entries = [ShopperHistory.Entry(product: 7, type: type, time: 1)]
    #expect(HistoryBlob.decode(HistoryBlob.encode(entries)) == entries)
  }

  @Test func aDamagedHistoryIsNamed() {
    let bytes = HistoryBlob.encode(Self.behaviour.histories[0].entries)
    #expect(HistoryBlob.decode(bytes.dropLast()) == nil)
    var unknown = bytes
    unknown[12] = 200
    #expect(HistoryBlob.decode(unknown) == nil)
  }

  @Test(arguments: StoreKind.all) func recordsOfOthersOutliveABuild(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try shop(nil)
    try store.setRecord("recommender", to: "{}")
    try store.publish(ShopStoreTests.snapshot(["c"]))
    #expect(try store.record("recommender") == "{}")
  }
}
