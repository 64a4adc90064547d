import AkinCatalogue
import AkinRecommenders
import Testing

@testable import AkinEngine

@Suite struct BasketCollectorTests {
  static func event(
    _ type: EventType, _ product: String, transaction: String? = nil, session: String? = nil,
    user: String? = nil
  ) -> Event {
    var event = Event(type: type, product: product)
    event.transaction = transaction
    event.session = session
    event.user = user
    return event
  }

  static func baskets(_ events: [Event]) -> ([[Int32]], [Int]) {
    var collector = BasketCollector(ordinals: ["a": 0, "b": 1, "c": 2])
    for event in events { collector.add(event) }
    let (baskets, counts) = collector.finish()
    return ((0..<baskets.count).map { Array(baskets[$0]) }, counts)
  }

  @Test func oneOrderIsOneBasket() {
    let (baskets, counts) = Self.baskets([
      Self.event(.purchase, "b", transaction: "1"), Self.event(.purchase, "a", transaction: "2"),
      Self.event(.purchase, "a", transaction: "1"), Self.event(.purchase, "b", transaction: "1"),
    ])
    #expect(baskets == [[0, 1], [0]])
    #expect(counts == [2, 1, 0])
  }

  @Test func withoutOrdersTheSessionThenTheShopper() {
    let (baskets, _) = Self.baskets([
      Self.event(.purchase, "a", session: "s"), Self.event(.purchase, "b", session: "s"),
      Self.event(.purchase, "c", user: "s"), Self.event(.purchase, "c"),
    ])
    #expect(baskets == [[0, 1], [2]])
  }

  @Test func viewsCountWhereNothingWasBought() {
    let views = [
      Self.event(.viewItem, "a", session: "1"), Self.event(.viewItem, "b", session: "1"),
    ]
    #expect(Self.baskets(views).0 == [[0, 1]])
    let bought = views + [Self.event(.purchase, "c", session: "1")]
    #expect(Self.baskets(bought).0 == [[2]])
  }

  @Test func undoneAndUnknownCountForNothing() {
    let (baskets, counts) = Self.baskets([
      Self.event(.refund, "a", transaction: "1"), Self.event(.removeFromCart, "a", session: "1"),
      Self.event(.purchase, "unknown", transaction: "1"),
    ])
    #expect(baskets.isEmpty && counts == [0, 0, 0])
  }
}
