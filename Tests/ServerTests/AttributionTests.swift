import AkinCatalogue
import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine
@testable import AkinServer

/// A list's token comes back with the click, is kept, and says what the list brought.
@Suite struct AttributionTests {
  private func event(
    _ type: String, _ product: String, _ token: String?, user: String = "u", price: String? = nil
  ) -> String {
    var members = [
      #""event":"\#(type)""#, #""user_id":"\#(user)""#, #""item_id":"\#(product)""#,
    ]
    if let token { members.append(#""attribution_token":"\#(token)""#) }
    if let price { members.append(#""price":"\#(price)""#) }
    return "{\(members.joined(separator: ","))}"
  }

  /// The token of a list of each kind.
  private func tokens(_ shop: TestShop) async throws -> [String: String] {
    let slots = """
      {"slots":[{"kind":"for_you","k":1},{"kind":"popular","k":1},
        {"kind":"similar","product":"p0","k":1},{"kind":"bought_together","product":"p0","k":1}]}
      """
    let recommended = try await shop.ask(.post, "/v1/recommend", slots)
    let lists = try #require(recommended.json["slots"] as? [[String: Any]])
    var tokens = Dictionary(
      uniqueKeysWithValues: zip(
        ["for_you", "popular", "similar", "bought_together"],
        lists.compactMap { $0["attribution_token"] as? String }))
    let query = "red coat " + String(repeating: "äöü", count: 100)
    let address = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let found = try await shop.ask(.get, "/v1/search?q=\(address)")
    tokens["search"] = found.json["attribution_token"] as? String
    return tokens
  }

  @Test func tokensComeBackAreKeptAndCounted() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let tokens = try await tokens(shop)
    #expect(tokens.count == 5)
    for (kind, token) in tokens {
      #expect(AttributionToken(token)?.kind == kind, "\(token)")
      #expect(token.utf8.count <= AttributionToken.longest)
      let body = event("select_item", "p1", token)
      #expect(try await shop.ask(.post, "/v1/events", body).status == 200)
    }
    let kept = try shop.shop.store.events(of: .user("u"), limit: 10).compactMap(\.attribution)
    #expect(Set(kept) == Set(tokens.values))
    // Another system's token counts as such; no token counts nothing.
    let others = [event("view_item", "p2", "their-id-77"), event("view_item", "p3", nil)]
    _ = try await shop.ask(.post, "/v1/events", "[\(others.joined(separator: ","))]")
    let report = try await shop.ask(.get, "/v1/attribution")
    let kinds = try #require(report.json["kinds"] as? [[String: Any]], "\(report.text)")
    #expect(
      Set(kinds.compactMap { $0["kind"] as? String }) == Set(tokens.keys).union(["other"]))
    #expect(kinds.allSatisfy { $0["clicks"] as? Int == 1 }, "\(report.text)")
  }

  @Test func whatIsBoughtAfterAClickCountsForItsList() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let token = try #require(try await tokens(shop)["for_you"])
    let events = [
      event("select_item", "p1", token), event("add_to_cart", "p1", nil),
      event("purchase", "p1", nil, price: "3.00 EUR"),
      // Neither what he found himself nor what others buy.
      event("purchase", "p2", nil, price: "9.00 EUR"),
      event("purchase", "p1", nil, user: "other", price: "9.00 EUR"),
    ]
    _ = try await shop.ask(.post, "/v1/events", "[\(events.joined(separator: ","))]")
    let report = try await shop.ask(.get, "/v1/attribution?days=1")
    let kind = try #require((report.json["kinds"] as? [[String: Any]])?.first, "\(report.text)")
    #expect(kind["kind"] as? String == "for_you" && kind["clicks"] as? Int == 1)
    #expect(kind["baskets"] as? Int == 1 && kind["purchases"] as? Int == 1)
    #expect(kind["revenue"] as? [String: Double] == ["EUR": 3])
  }

  @Test func aTokenThatIsTooLongIsRefusedByName() async throws {
    let shop = try TestShop()
    let long = String(repeating: "x", count: AttributionToken.longest + 1)
    let answer = try await shop.ask(.post, "/v1/events", event("view_item", "p1", long))
    let errors = answer.json["errors"] as? [[String: Any]]
    #expect(answer.status == 422, "\(answer.text)")
    #expect(errors?.first?["field"] as? String == "attribution_token")
  }

  @Test(
    arguments: [
      "", ".", "...", "for_you", "for_you.x", "for_you.1.2.3", "search.1.2", "jump.1.2",
      "for_you.!.2", "for_you.1.2~a", "for_you.1.2~a~b~c", "for_you.-1.2",
      String(repeating: "a", count: 10_000),
    ])
  func whatIsNoTokenIsNotRead(token: String) { #expect(AttributionToken(token) == nil) }
}
