import AkinCatalogue
import AkinStorage
import Foundation
import HTTPTypes
import PostgresServer
import Testing

@testable import AkinEngine

/// Servers that share a shop in PostgreSQL give the same answers.
@Suite(.enabled(if: StoreKind.all.contains(.postgres), "there is no PostgreSQL server"))
struct SharedShopTests {
  private let address: String

  init() throws { address = try PostgresServer.shared.get().newAddress() }

  private func server() throws -> TestShop {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "akin-shared-server-\(UUID().uuidString)")
    try StoreKind.point(directory, to: address)
    return try TestShop(in: directory)
  }

  /// What a running server does twice a second.
  private func catchUp(_ shop: TestShop) throws {
    try shop.shop.catchUp()
    shop.shop.waitForVectors()
  }

  private func same(_ path: String, _ shops: [TestShop]) async throws -> [String] {
    var answers: [[String]] = []
    for shop in shops {
      let answer = try await shop.ask(.get, path)
      #expect(answer.status == 200, "\(answer.text)")
      answers.append(answer.ids)
    }
    #expect(Set(answers).count == 1, "\(path): \(answers)")
    return answers[0]
  }

  @Test func productsOfOneAreFoundByAll() async throws {
    let shops = [try server(), try server()]
    try await shops[0].fill(TestShop.titles)
    try catchUp(shops[1])
    let similar = try await same("/v1/products/p0/similar?k=4", shops)
    #expect(similar.count == 4 && similar[0] == "p1")
    #expect(try await same("/v1/search?q=coat&mode=words", shops) == ["p0", "p1"])
    // Changed, removed and added on the other one, with the words' index open on both.
    _ = try await shops[1].ask(.put, "/v1/products/p1", #"{"id":"p1","title":"green scarf"}"#)
    _ = try await shops[1].ask(.delete, "/v1/products/p4")
    _ = try await shops[1].ask(.put, "/v1/products/new", #"{"id":"new","title":"red coat"}"#)
    shops[1].shop.waitForVectors()
    try catchUp(shops[0])
    #expect(try await same("/v1/products/p0/similar?k=1", shops) == ["new"])
    #expect(Set(try await same("/v1/search?q=coat&mode=words", shops)) == ["p0", "new"])
    #expect(try await same("/v1/products?limit=50", shops).count == 9)
    // Removed and sent again it stands elsewhere, and once.
    _ = try await shops[0].ask(.delete, "/v1/products/new")
    _ = try await shops[0].ask(.put, "/v1/products/new", #"{"id":"new","title":"red coat"}"#)
    shops[0].shop.waitForVectors()
    try catchUp(shops[1])
    #expect(try await same("/v1/products?limit=50", shops).count { $0 == "new" } == 1)
  }

  private func recommended(_ user: String, _ shop: TestShop) async throws -> [String] {
    let answer = try await shop.ask(.post, "/v1/recommend", #"{"user":"\#(user)","k":3}"#)
    let slots = answer.json["slots"] as? [[String: Any]] ?? []
    return (slots.first?["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
  }

  @Test func eventsOfOneCountOnAll() async throws {
    let shops = [try server(), try server()]
    try await shops[0].fill(TestShop.titles)
    try catchUp(shops[1])
    // Asked for once, so that both keep the shopper in memory.
    for shop in shops { _ = try await recommended("u", shop) }
    let event = #"{"event":"purchase","event_id":"1","user_id":"u","item_id":"p0"}"#
    #expect(try await shops[0].ask(.post, "/v1/events", event).status == 200)
    try catchUp(shops[1])
    let lists = [try await recommended("u", shops[0]), try await recommended("u", shops[1])]
    #expect(lists[0] == lists[1] && lists[0].first == "p1", "\(lists)")
    // Sent to the other one too, it is known.
    let again = try await shops[1].ask(.post, "/v1/events", event)
    #expect(again.json["repeated"] as? Int == 1)
    #expect(
      shops.map { $0.shop.wishes.count(of: "p0") } == [1, 1])
    // Erased on one, forgotten on all.
    #expect(try await shops[1].ask(.delete, "/v1/shoppers/u").status == 200)
    try catchUp(shops[0])
    #expect(try shops[0].shop.shoppers.history(of: [.user("u")]).isEmpty)
    #expect(shops.map { $0.shop.wishes.count(of: "p0") } == [0, 0])
  }

  @Test func rulesAndRebuildsReachAll() async throws {
    let shops = [try server(), try server()]
    try await shops[0].fill(TestShop.titles)
    try catchUp(shops[1])
    let rule = #"{"id":"h","name":"No p1","action":{"type":"hide","match":{"id":["p1"]}}}"#
    #expect(try await shops[0].ask(.put, "/v1/rules/h", rule).status == 201)
    try catchUp(shops[1])
    #expect(!(try await same("/v1/products/p0/similar?k=3", shops)).contains("p1"))
    #expect(try await shops[1].ask(.delete, "/v1/rules/h").status == 200)
    try catchUp(shops[0])
    #expect(try await same("/v1/products/p0/similar?k=3", shops).contains("p1"))
    for shop in ["a", "b", "c"] {
      _ = try await shops[1].ask(
        .post, "/v1/events",
        #"[{"event":"purchase","transaction_id":"\#(shop)","item_id":"p0"},{"event":"purchase","transaction_id":"\#(shop)","item_id":"p7"}]"#
      )
    }
    try shops[1].shop.rebuild(progress: SilentProgress())
    try catchUp(shops[0])
    #expect(
      try await same("/v1/products/p0/similar?relation=bought_together&k=1", shops) == ["p7"])
    #expect(shops.map(\.shop.figures.recent) == [0, 0])
  }

  @Test func aTrainingOfOneMachineServesOnAll() async throws {
    let shops = [try server(), try server()]
    // As a build does, in a process of its own.
    let store = try ShopStore(directory: shops[0].directory, for: .building)
    let products = (0..<20).map { Product(id: "p\($0)", title: "product \($0)") }
    let histories = (0..<60).map { shopper in
      let entries = (0..<8).map { deed in
        let product = Int32(shopper % 2 * 10 + (shopper / 4 + deed) % 10)
        let time = Double(deed * 100_000 + shopper)
        return ShopperHistory.Entry(product: product, type: .purchase, time: time)
      }
      return ShopperHistory(name: .user("u\(shopper)"), entries: entries)
    }
    var empty = NeighbourLists()
    for _ in products { empty.append([Neighbour]()) }
    try store.publish(
      ShopSnapshot(
        products: products, texts: products.map(\.title), textOfProduct: Array(products.indices),
        baskets: products.map { _ in 1 }, similar: empty, boughtTogether: empty,
        behaviour: BehaviourSnapshot(products: products.map(\.id), histories: histories),
        records: [:]))
    for shop in shops { try catchUp(shop) }
    _ = try shops[0].shop.train(progress: SilentProgress())
    #expect(shops[1].shop.rankerNames == ["neighbours"])
    try catchUp(shops[1])
    #expect(shops[1].shop.rankerNames == ["trained", "neighbours"])
    let lists = [try await recommended("u1", shops[0]), try await recommended("u1", shops[1])]
    #expect(lists[0] == lists[1] && lists[0].count == 3, "\(lists)")
    // Trained again, elsewhere: the first machine's folder holds the new one alone.
    _ = try shops[1].shop.train(progress: SilentProgress())
    try catchUp(shops[0])
    let folders = try shops.map { shop in
      try FileManager.default.contentsOfDirectory(atPath: shop.directory.path)
        .filter { $0.hasPrefix("recommender-") }
    }
    #expect(folders[0] == folders[1] && folders[0].count == 1, "\(folders)")
  }
}
