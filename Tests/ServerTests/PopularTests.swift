import HTTPTypes
import Synchronization
import Testing

@testable import AkinEngine

/// What most shoppers want, while products and events come in.
@Suite struct PopularTests {
  private func popular(_ shop: TestShop, _ k: Int, _ more: String = "") async throws -> [String] {
    let answer = try await shop.ask(
      .post, "/v1/recommend", #"{"kind":"popular","k":\#(k)\#(more)}"#)
    let slot = try #require((answer.json["slots"] as? [[String: Any]])?.first, "\(answer.text)")
    return (slot["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
  }

  @Test func productsThatCameByTheAPIAreAmongThem() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    #expect(Set(try await popular(shop, 9)) == Set((0..<9).map { "p\($0)" }))
    _ = try await shop.ask(.delete, "/v1/products/p0")
    #expect(!(try await popular(shop, 9).contains("p0")))
  }

  @Test func whatIsWantedComesFirst() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let events = ["p7", "p7", "p3"].map { #"{"event":"view","user_id":"u","item_id":"\#($0)"}"# }
    _ = try await shop.ask(.post, "/v1/events", "[\(events.joined(separator: ","))]")
    shop.shop.rankPopularWhereDue()
    #expect(try await popular(shop, 2) == ["p7", "p3"])
  }

  @Test func aFilterIsFilledFromTheWholeCatalogue() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let state = shop.shop.state.withLock { state in
      // As in a catalogue with more products than the list of popular ones holds.
      state.popular = Array(state.popular.prefix(1))
      return state
    }
    #expect(state.popular.count == 1)
    #expect(try await popular(shop, 9).count == 9)
    #expect(try await popular(shop, 9, #","filter":{"id":["p8"]}"#) == ["p8"])
  }
}
