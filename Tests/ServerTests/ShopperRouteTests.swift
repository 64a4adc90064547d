import AkinCatalogue
import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine
@testable import AkinServer

@Suite struct ShopperRouteTests {
  private func view(_ product: String, _ user: String, id: String? = nil) -> String {
    let name = id.map { #","event_id":"\#($0)""# } ?? ""
    return #"{"event":"view","user_id":"\#(user)","item_id":"\#(product)"\#(name)}"#
  }

  @Test func anEventCountsInTheNextRequest() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let ask = #"{"user":"u","k":1,"explain":true}"#
    func first() async throws -> [String: Any] {
      let answer = try await shop.ask(.post, "/v1/recommend", ask)
      let slots = try #require(answer.json["slots"] as? [[String: Any]], "\(answer.text)")
      return try #require((slots[0]["items"] as? [[String: Any]])?.first)
    }
    #expect(try await first()["source"] as? String == "popularity")
    #expect(try await shop.ask(.post, "/v1/events", view("p4", "u")).status == 200)
    let item = try await first()
    let nearest = try await shop.ask(.get, "/v1/products/p4/similar?k=1").ids.first
    #expect(item["id"] as? String == nearest)
    let evidence = try #require(item["evidence"] as? [[String: Any]])
    #expect(evidence.first?["because"] as? String == "p4")
  }

  @Test func anIdentifierMakesAnEventCountOnce() async throws {
    let shop = try TestShop()
    let batch = "[\(view("a", "u", id: "1")),\(view("b", "u", id: "2")),\(view("b", "u", id: "2"))]"
    let first = try await shop.ask(.post, "/v1/events", batch)
    #expect(first.json["accepted"] as? Int == 2 && first.json["repeated"] as? Int == 1)
    let second = try await shop.ask(.post, "/v1/events", "{\"events\": \(batch)}")
    #expect(second.json["accepted"] as? Int == 0)
    #expect(try shop.shop.store.eventCount() == 2)
  }

  /// Events as other systems' documentation has them.
  @Test(
    arguments: [
      (
        #"{"eventType":"purchase-complete","visitorId":"w","productDetails":[{"product":{"id":"p1"},"quantity":2}],"attributionToken":"t"}"#,
        ShopperName.visitor("w"), ["purchase p1 2.0 t"]
      ),
      (
        #"{"eventType":"click","eventName":"Clicked","index":"i","userToken":"w","objectIDs":["p1","p2"],"queryID":"q7"}"#,
        .user("w"), ["select_item p2 1.0 q7", "select_item p1 1.0 q7"]
      ),
      (
        #"{"userId":"w","itemId":"p1","eventType":"Watch","sentAt":1700000000,"recommendationId":"r"}"#,
        .user("w"), ["view_item p1 1.0 r"]
      ),
      (
        #"{"event_name":"add_to_cart","client_id":"w","items":[{"item_id":"p1","quantity":3}]}"#,
        .visitor("w"), ["add_to_cart p1 3.0 -"]
      ),
    ])
  func eventsOfOtherSystems(body: String, shopper: ShopperName, expected: [String]) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.post, "/v1/events", body)
    #expect(answer.status == 200, "\(answer.text)")
    let found = try shop.shop.store.events(of: shopper, limit: 9).map {
      "\($0.type.rawValue) \($0.product) \($0.quantity) \($0.attribution ?? "-")"
    }
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("{}", 422), ("", 400), (#"{"event":"view","item_id":"a"}"#, 422),
      (#"{"event":"jump","user_id":"u","item_id":"a"}"#, 422),
      (#"{"event":"view","user_id":"u","item_id":"a","timestamp":"yesterday"}"#, 422),
      ("\u{0}", 400),
    ])
  func malformedEvents(body: String, status: Int) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.post, "/v1/events", body)
    #expect(answer.status == status, "\(answer.text)")
    #expect(try shop.shop.store.eventCount() == 0)
  }

  @Test func slotsShowNothingTwiceAndExactlyWhatWasAsked() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    _ = try await shop.ask(.post, "/v1/events", view("p4", "u"))
    let answer = try await shop.ask(
      .post, "/v1/recommend",
      """
      {"user":"u","slots":[{"k":3},{"kind":"popular","k":3},
        {"kind":"similar","product":"p0","k":5}]}
      """)
    let slots = try #require(answer.json["slots"] as? [[String: Any]], "\(answer.text)")
    let ids = slots.map {
      ($0["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }
    #expect(ids.map(\.count) == [3, 3, 2] || ids.map(\.count) == [3, 3, 3])
    #expect(Set(ids.joined()).count == ids.joined().count)
    #expect(slots[2]["reason"] is String)
    #expect(slots[0]["reason"] == nil)
  }

  @Test func erasureLeavesNothing() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    var lines: [String] = []
    for basket in 0..<3 {
      for product in ["p0", "p7"] {
        lines.append(
          """
          {"event":"purchase","user_id":"u","visitor_id":"v","session_id":"s\(basket)",\
          "item_id":"\(product)"}
          """)
      }
    }
    lines.append(#"{"event":"view","visitor_id":"v","session_id":"s9","item_id":"p1"}"#)
    _ = try await shop.ask(.post, "/v1/events", "[\(lines.joined(separator: ","))]")
    try shop.shop.rebuild(progress: SilentProgress())
    let together = "/v1/products/p0/similar?relation=bought_together&k=5"
    #expect(try await shop.ask(.get, together).ids == ["p7"])
    #expect(try await shop.ask(.get, "/v1/shoppers/u").text.contains("p7"))
    let receipt = try await shop.ask(.delete, "/v1/shoppers/u")
    #expect(receipt.json["erased"] as? Int == 7, "\(receipt.text)")
    #expect(try shop.shop.store.eventCount() == 0)
    #expect(try await shop.ask(.get, together).ids.isEmpty)
    #expect(!(try await shop.ask(.get, "/v1/shoppers/u").text.contains("p7")))
  }

  @Test func embeddingsHaveTheShapeOfOpenAI() async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(
      .post, "/v1/embeddings", #"{"input":["a b","c d"],"model":"letters"}"#)
    let data = try #require(answer.json["data"] as? [[String: Any]])
    #expect(data.map { $0["index"] as? Int } == [0, 1])
    #expect((data[0]["embedding"] as? [Double])?.count == 64)
    let coded = try await shop.ask(
      .post, "/v1/embeddings", #"{"input":"a b","encoding_format":"base64"}"#)
    let text = try #require((coded.json["data"] as? [[String: Any]])?[0]["embedding"] as? String)
    #expect(Data(base64Encoded: text)?.count == 256)
    #expect(try await shop.ask(.post, "/v1/embeddings", #"{"input":[]}"#).status == 422)
  }
}

/// What nobody knows is an error: a filter that was mistyped would not filter.
@Suite struct UnknownNameTests {
  @Test(arguments: [
    "/v1/products/p0/similar?brnd=Acme", "/v1/similar?text=coat&limit=3", "/v1/products?page=2",
    "/v1/search?q=coat&query=x", "/v1/suggest?q=c&size=3", "/v1/rules?sort=x", "/v1/overview?x=1",
  ])
  func unknownParametersAreNamed(path: String) async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let answer = try await shop.ask(.get, path)
    let name = try #require(path.split(separator: "&").last?.split(separator: "?").last)
    let expected = name.split(separator: "=").first.map(String.init)
    let errors = answer.json["errors"] as? [[String: Any]] ?? []
    #expect(answer.status == 422 && errors.first?["field"] as? String == expected, "\(answer.text)")
  }

  @Test(arguments: [
    (#"{"usr":"u"}"#, "usr"), (#"{"context":{"pge":"home"}}"#, "context.pge"),
    (#"{"filter":{"brnd":["Acme"]}}"#, "filter.brnd"),
    (#"{"slots":[{"kind":"popular","count":3}]}"#, "slots.0.count"),
    (#"{"filter":{"price":{"maximum":3}}}"#, "filter.price.maximum"),
  ])
  func unknownMembersAreNamed(body: String, field: String) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.post, "/v1/recommend", body)
    let errors = answer.json["errors"] as? [[String: Any]] ?? []
    #expect(answer.status == 422 && errors.first?["field"] as? String == field, "\(answer.text)")
  }

  @Test func listsTakeAnyFieldAsAFilter() async throws {
    let shop = try TestShop()
    let lines = [
      #"{"id":"a","title":"red coat","brand":"Acme","colour":"red"}"#,
      #"{"id":"b","title":"red coat long","brand":"Acme","colour":"red"}"#,
      #"{"id":"c","title":"red coat wide","brand":"Other","colour":"red"}"#,
      #"{"id":"d","title":"red coat tall","brand":"Acme","colour":"blue"}"#,
    ]
    let sent = try await shop.ask(
      .post, "/v1/products", lines.joined(separator: "\n"),
      headers: [.contentType: "application/x-ndjson"])
    #expect(sent.status == 200, "\(sent.text)")
    shop.shop.waitForVectors()
    let filter = "filter=colour%3Dred%3Bbrand%3DAcme"
    #expect(try await shop.ask(.get, "/v1/products/a/similar?k=3&\(filter)").ids == ["b"])
    #expect(try await shop.ask(.get, "/v1/products?\(filter)").ids == ["a", "b"])
    #expect(try await shop.ask(.get, "/v1/products/a/similar?filter=colour").status == 422)
    #expect(try await shop.ask(.get, "/v1/products?filter=price%3D1..2").ids.isEmpty)
    #expect(try await shop.ask(.get, "/v1/products?filter=availability%3Dsoon").status == 422)
  }
}
