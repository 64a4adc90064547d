import AkinEncoders
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

@Suite struct ProductRouteTests {
  @Test func aNewProductIsFoundAndFinds() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let made = try await shop.ask(
      .put, "/v1/products/new", #"{"id": "new",\#n "title": "red winter coat hooded"}"#)
    #expect(made.status == 201, "\(made.text)")
    shop.shop.waitForVectors()
    let similar = try await shop.ask(.get, "/v1/products/new/similar?k=2")
    #expect(Set(similar.ids) == ["p0", "p1"])
    let others = try await shop.ask(.get, "/v1/products/p0/similar?k=2")
    #expect(others.ids.contains("new"))
  }

  @Test func everyNeighbourIsThatOfBruteForceBeforeARebuildAndOfTheMeasureAfterIt() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let encoder = LettersEncoder()
    let texts = TestShop.titles.map { $0 + ", Acme" }
    let rows = encoder.encode(texts, as: .passage, progress: nil)
    func expected(_ row: Int, _ k: Int) -> [String] {
      texts.indices.filter { $0 != row }
        .sorted { (rows.dotProduct(row, $0), $1) > (rows.dotProduct(row, $1), $0) }
        .prefix(k).map { "p\($0)" }
    }
    for row in texts.indices {
      for k in [1, 3, 8] {
        let answer = try await shop.ask(.get, "/v1/products/p\(row)/similar?k=\(k)")
        #expect(answer.ids == expected(row, k))
      }
    }
    try shop.shop.rebuild(neighbours: 4, progress: SilentProgress())
    #expect(shop.shop.figures.recent == 0)
    // The parts of the measure add up to the score that ordered the list.
    for row in texts.indices {
      let answer = try await shop.ask(.get, "/v1/products/p\(row)/similar?k=7&explain=1")
      let items = try #require(answer.json["items"] as? [[String: Any]])
      #expect(items.count == 7)
      let scores = items.compactMap { $0["score"] as? Double }
      #expect(scores == scores.sorted(by: >))
      for (item, score) in zip(items, scores) {
        let parts = item["evidence"] as? [[String: Any]] ?? []
        let sum = parts.reduce(0) { $0 + ($1["score"] as? Double ?? 0) }
        #expect(abs(sum - score) < 0.01, "\(item)")
      }
    }
  }

  @Test func whatWasSentComesBackAndGoes() async throws {
    let shop = try TestShop()
    let body = #"""
      {"id":"a 1/é","title":"Tee &amp; co","price":"12.50 EUR","brand":"Acme","size":"M"}
      """#
    #expect(try await shop.ask(.put, "/v1/products/a%201%2F%C3%A9", body).status == 201)
    let found = try await shop.ask(.get, "/v1/products/a%201%2F%C3%A9")
    #expect(found.json["title"] as? String == "Tee & co")
    #expect((found.json["price"] as? [String: Any])?["amount"] as? Double == 12.5)
    #expect(try await shop.ask(.put, "/v1/products/a%201%2F%C3%A9", body).status == 200)
    #expect(try await shop.ask(.delete, "/v1/products/a%201%2F%C3%A9").status == 200)
    #expect(try await shop.ask(.get, "/v1/products/a%201%2F%C3%A9").status == 404)
    #expect(try await shop.ask(.delete, "/v1/products/a%201%2F%C3%A9").status == 404)
  }

  @Test func pagesGoThroughTheWholeCatalogueOnce() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    _ = try await shop.ask(.delete, "/v1/products/p3")
    var seen: [String] = []
    var cursor: String? = ""
    while let place = cursor {
      let page = try await shop.ask(
        .get, "/v1/products?limit=3" + (place.isEmpty ? "" : "&cursor=\(place)"))
      seen += page.ids
      cursor = page.json["next_cursor"] as? String
    }
    #expect(seen == ["p0", "p1", "p2", "p4", "p5", "p6", "p7", "p8"])
    #expect(try await shop.ask(.get, "/v1/products?q=SHOES").ids == ["p7", "p8"])
  }

  @Test func aRefusedLineIsNamedAndTheOthersAreTaken() async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(
      .post, "/v1/products", "{\"id\":\"1\"}\n{\"id\":\"2\",\"title\":\"hat\"}\nnot json\n",
      headers: [.contentType: "application/x-ndjson"])
    #expect(answer.status == 200, "\(answer.text)")
    #expect(answer.json["added"] as? Int == 1)
    let refused = try #require(answer.json["refused"] as? [[String: Any]])
    #expect(refused.compactMap { $0["line"] as? Int } == [1, 3])
  }

  @Test(
    arguments: [
      ("", 400), ("   ", 400), ("{", 400), ("[1,2]", 422), ("{}", 422), ("null", 400),
      (#"{"id":"other","title":"x"}"#, 422),
      (#"[{"id":"x","title":"a"},{"id":"y","title":"b"}]"#, 422),
      (#"{"id":"x","title":"\#(String(repeating: "a", count: 3_000))"}"#, 422),
      (String(repeating: "[", count: 100_000), 400),
      (#"{"id":"x","title":"a","deep":"# + String(repeating: "[", count: 100) + "}", 400),
    ])
  func malformedProducts(body: String, status: Int) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.put, "/v1/products/x", body)
    #expect(answer.status == status, "\(body.prefix(40)): \(answer.text)")
    #expect(answer.headers[.contentType] == "application/problem+json")
    #expect(shop.shop.figures.products == 0)
  }

  @Test func anOpenedShopKnowsEverythingAgain() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    try shop.shop.rebuild(progress: SilentProgress())
    let copy = FileManager.default.temporaryDirectory.appending(path: "akin-\(UUID().uuidString)")
    _ = try await shop.ask(.put, "/v1/products/late", #"{"id":"late","title":"phone case red"}"#)
    shop.shop.waitForVectors()
    let before = try await shop.ask(.get, "/v1/products/late/similar?k=4").ids
    try FileManager.default.copyItem(at: shop.directory, to: copy)
    let again = try TestShop(in: copy)
    again.shop.waitForVectors()
    #expect(try await again.ask(.get, "/v1/products/late/similar?k=4").ids == before)
  }
}
