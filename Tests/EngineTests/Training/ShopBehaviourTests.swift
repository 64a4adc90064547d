import AkinCatalogue
import AkinStorage
import Testing

@testable import AkinEngine

@Suite struct ShopBehaviourTests {
  /// Products a, b (one text), c; the shop never heard of x.
  static let entries = [
    ProductEntry(ordinal: 0, id: "a", text: 0, baskets: 1),
    ProductEntry(ordinal: 1, id: "b", text: 0, baskets: 5),
    ProductEntry(ordinal: 2, id: "c", text: 1, baskets: 0),
    ProductEntry(ordinal: 3, id: "d", text: 2, baskets: 9),
  ]
  static let products = ["x", "c", "a", "b"]

  static func history(_ name: String, _ deeds: [(Int32, EventType, Double?)]) -> ShopperHistory {
    ShopperHistory(
      name: .user(name),
      entries: deeds.map { ShopperHistory.Entry(product: $0.0, type: $0.1, time: $0.2) })
  }

  static func behaviour(_ histories: [ShopperHistory]) throws -> ShopBehaviour {
    try ShopBehaviour(
      BehaviourSnapshot(products: products, histories: histories), entries,
      weights: EventWeights())
  }

  @Test func productsOfOneTextAreOneItem() throws {
    let shop = try Self.behaviour([
      Self.history(
        "u", [(2, .purchase, 1), (3, .purchase, 2), (1, .viewItem, 3), (0, .purchase, 4)])
    ])
    #expect(shop.items.representatives == ["b", "c"])
    #expect(shop.unknown == 1)
    let all = shop.history(through: 2)
    #expect(Array(all[0]) == [0, 1])
    #expect(all.weights == [2, 0.1])
    #expect(all.times == [2, 3])
  }

  @Test func stagesAreSpansOfTheCalendar() throws {
    let one = Self.history("u", (0..<10).map { (2, .purchase, Double($0)) })
    let other = Self.history("v", (0..<10).map { (1, .purchase, Double($0)) })
    let shop = try Self.behaviour([one, other])
    // A fifth each, because there is so little.
    #expect(shop.parting == .calendar(validation: 6, test: 8))
    #expect(shop.history(through: 0).weights == [6, 6])
    #expect(shop.history(through: 0).times?.max() == 5)
    #expect(shop.history(through: 1).weights == [8, 8])
    #expect(Array(shop.targets(in: 1)[0]) == [0])
    #expect(Array(shop.targets(in: 2)[1]) == [1])
    #expect(shop.history(through: 2).weights == [10, 10])
  }

  @Test func muchIsPartedByTenths() {
    #expect(ShopBehaviour.heldOut(of: 1_000_000) == 0.1)
    #expect(ShopBehaviour.heldOut(of: 16_000) == 0.125)
    #expect(ShopBehaviour.heldOut(of: 0) == 0.2)
  }

  @Test func withoutTimesTheEndOfEachHistoryIsHeldOut() throws {
    let shop = try Self.behaviour([
      Self.history(
        "u", [(2, .purchase, nil), (1, .viewItem, nil), (1, .purchase, nil), (2, .purchase, nil)]),
      Self.history("short", [(2, .purchase, nil)]),
    ])
    #expect(shop.parting == .order)
    #expect(Array(shop.history(through: 0)[0]) == [0, 1])
    #expect(Array(shop.targets(in: 1)[0]) == [1])
    #expect(Array(shop.targets(in: 2)[0]) == [0])
    #expect(Array(shop.history(through: 0)[1]) == [0])
    #expect(shop.targets(in: 1)[1].isEmpty)
  }

  @Test func theStrongestTypeIsJudged() throws {
    let views = try Self.behaviour([Self.history("u", [(2, .viewItem, 1), (1, .selectItem, 2)])])
    #expect(views.target == .viewItem)
    #expect(throws: EngineError.self) {
      try Self.behaviour([Self.history("u", [(2, .search, 1)])])
    }
    #expect(throws: EngineError.self) { try Self.behaviour([]) }
  }

  @Test func aTrainedItemFindsItsProductsInANewCatalogue() {
    let table = ItemTable(
      [
        ProductEntry(ordinal: 0, id: "b", text: 7, baskets: 0),
        ProductEntry(ordinal: 1, id: "new", text: 7, baskets: 3),
      ], representatives: ["c", "b", "d"])
    #expect(table.count == 3)
    #expect(table.itemOfProduct == ["b": 1, "new": 1])
    #expect(table.representatives == ["", "new", ""])
  }

  /// Text 3 is like text 1, which somebody took; text 4 is like text 2, which nobody did.
  @Test func whatIsLikeSomethingTakenIsAnItemToo() {
    let entries = (0..<5).map { ProductEntry(ordinal: $0, id: "p\($0)", text: $0, baskets: 0) }
    let related = [
      0: [Neighbour(item: 1, score: 0.5)],
      1: [Neighbour(item: 3, score: 0.9), Neighbour(item: 0, score: 0.5)],
      2: [Neighbour(item: 4, score: 0.9)],
    ]
    let table = ItemTable(entries, known: ["p0", "p1"], related: related)
    #expect(table.representatives == ["p0", "p1", "p3"])
    #expect(table.content?.count == 3)
    #expect(table.content?[1].map(\.item) == [2, 0])
    #expect(ItemTable(entries, known: ["p0", "p1"]).content == nil)
    #expect(ItemTable(entries, known: ["p2"], related: related).representatives == ["p2", "p4"])
  }

  @Test(arguments: ["view_item", "view_item=x", "view_item=-1", "=1", "nothing=1", "view_item=nan"])
  func weightsThatAreNoneAreRefused(_ pair: String) {
    #expect(throws: EngineError.self) { try EventWeights(pairs: [pair]) }
  }

  @Test func weightsAreRead() throws {
    let weights = try EventWeights(pairs: ["view_item=0.25", "add_to_cart=2"])
    #expect(weights[.viewItem] == 0.25 && weights[.purchase] == 1)
    #expect(weights.strongest(of: [.purchase, .addToCart]) == .addToCart)
  }
}
