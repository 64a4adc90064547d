import AkinCatalogue
import AkinStorage
import Testing

@testable import AkinEngine

@Suite struct HistoryCollectorTests {
  static func event(_ product: String, time: Double?, _ name: (inout Event) -> Void) -> Event {
    var event = Event(type: .purchase, product: product)
    event.time = time
    name(&event)
    return event
  }

  @Test func theSurestNameWins() {
    var collector = HistoryCollector()
    collector.add(
      Self.event("a", time: 1) {
        $0.user = "u"
        $0.visitor = "v"
        $0.session = "s"
      })
    collector.add(
      Self.event("a", time: 1) {
        $0.visitor = "v"
        $0.session = "s"
      })
    collector.add(Self.event("a", time: 1) { $0.session = "s" })
    collector.add(Self.event("a", time: 1) { $0.transaction = "t" })
    collector.add(Self.event("a", time: 1) { _ in })
    #expect(
      collector.finish().histories.map(\.name)
        == [.user("u"), .visitor("v"), .session("s"), .session("t")])
  }

  @Test func deedsStandInOrderOfTime() {
    var collector = HistoryCollector()
    for (product, time) in [("b", 3.0), ("a", 1), ("c", nil), ("b", 1)] as [(String, Double?)] {
      collector.add(Self.event(product, time: time) { $0.user = "u" })
    }
    let snapshot = collector.finish()
    #expect(snapshot.products == ["b", "a", "c"])
    #expect(snapshot.histories[0].entries.map(\.product) == [2, 1, 0, 0])
    #expect(snapshot.histories[0].entries.map(\.time) == [nil, 1, 1, 3])
  }

  @Test func whatIsKnownIsGoneOnFrom() {
    var collector = HistoryCollector()
    collector.add(Self.event("a", time: 2) { $0.user = "u" })
    var later = HistoryCollector(collector.finish())
    later.add(Self.event("b", time: 3) { $0.user = "u" })
    later.add(Self.event("a", time: 1) { $0.user = "v" })
    let snapshot = later.finish()
    #expect(snapshot.products == ["a", "b"])
    #expect(snapshot.histories.map(\.name) == [.user("u"), .user("v")])
    #expect(snapshot.histories.map { $0.entries.map(\.product) } == [[0, 1], [0]])
  }
}
