import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

@Suite struct SearchRouteTests {
  private func filled() async throws -> TestShop {
    let shop = try TestShop()
    let lines = [
      #"{"id":"a","title":"red winter coat","brand":"Acme","category":"Coats","price":"80 EUR"}"#,
      #"{"id":"b","title":"blue winter coat","brand":"ACME","category":"Coats","price":"40 EUR"}"#,
      #"{"id":"c","title":"green winter coat long","brand":"Zen","category":"Coats","price":"20 EUR"}"#,
      #"{"id":"d","title":"phone case clear","brand":"Zen","category":"Cases","price":"9 EUR"}"#,
      #"{"id":"e","title":"rain jacket","brand":"Zen","category":"Jackets","price":"60 EUR"}"#,
    ]
    let answer = try await shop.ask(
      .post, "/v1/products", lines.joined(separator: "\n"),
      headers: [.contentType: "application/x-ndjson"])
    try #require(answer.status == 200, "\(answer.text)")
    shop.shop.waitForVectors()
    return shop
  }

  private func rule(_ shop: TestShop, _ id: String, _ action: String, _ scope: String = "{}")
    async throws
  {
    let answer = try await shop.ask(
      .put, "/v1/rules/\(id)", #"{"id":"\#(id)","action":\#(action),"scope":\#(scope)}"#)
    try #require(answer.status == 201, "\(answer.text)")
  }

  @Test func whatWasUnderstoodIsSaid() async throws {
    let shop = try await filled()
    let answer = try await shop.ask(.get, "/v1/search?q=wintr+coat+under+50&facets=brand,price")
    #expect(answer.status == 200, "\(answer.text)")
    #expect(Set(answer.ids.prefix(2)) == ["b", "c"])
    let understood = try #require(answer.json["understood"] as? [String: Any])
    #expect(understood["suggestion"] as? String == "winter coat")
    #expect(understood["maximum_price"] as? Double == 50)
    let relaxed = try await shop.ask(.get, "/v1/search?q=purple+winter+coat")
    #expect(
      (relaxed.json["understood"] as? [String: Any])?["relaxed"] as? [String] == ["purple"])
    #expect(relaxed.ids.count >= 3)
    let facets = try #require(answer.json["facets"] as? [String: [[String: Any]]])
    #expect(facets["brand"]?.count == 2 && facets["price"]?.isEmpty == false)
  }

  @Test func facetsJoinSpellingsAndFiltersHold() async throws {
    let shop = try await filled()
    let answer = try await shop.ask(.get, "/v1/search?q=coat&facets=brand&mode=words")
    let facets = try #require(answer.json["facets"] as? [String: [[String: Any]]])
    #expect(facets["brand"]?.first?["count"] as? Int == 2)
    let acme = try await shop.ask(.get, "/v1/search?q=coat&filter=brand%3Dacme&mode=words")
    #expect(Set(acme.ids) == ["a", "b"])
    let cheap = try await shop.ask(.get, "/v1/search?q=coat&price_max=45&sort=price&mode=words")
    #expect(cheap.ids == ["c", "b"])
  }

  @Test func pagesJoinToTheWhole() async throws {
    let shop = try await filled()
    for mode in ["words", "auto", "both", "meaning"] {
      let whole = try await shop.ask(.get, "/v1/search?q=winter+coat&k=50&mode=\(mode)").ids
      var (paged, cursor): ([String], String?) = ([], nil)
      repeat {
        let next = cursor.map { "&cursor=\($0)" } ?? ""
        let page = try await shop.ask(
          .get, "/v1/search?q=winter+coat&k=2&mode=\(mode)\(next)")
        #expect(page.status == 200, "\(page.text)")
        paged += page.ids
        cursor = page.json["cursor"] as? String
      } while cursor != nil && paged.count < 20
      #expect(paged == whole || mode == "auto" && whole.starts(with: paged), "\(mode)")
      #expect(Set(paged).count == paged.count)
    }
  }

  @Test func completions() async throws {
    let shop = try await filled()
    let answer = try await shop.ask(.get, "/v1/suggest?q=re&k=3")
    #expect(answer.status == 200)
    #expect((answer.json["suggestions"] as? [String])?.first == "red winter coat")
    #expect(try await shop.ask(.get, "/v1/suggest").status == 422)
    #expect(try await shop.ask(.get, "/v1/suggest?q=a&k=21").status == 422)
  }

  /// Each with the status of its answer and, of a refusal, the field at fault.
  static let bad: [(query: String, status: Int, field: String?)] = [
    ("", 422, "q"), ("q=", 422, "q"), ("q=%20%20", 422, "q"), ("q=!!!", 422, "q"),
    ("q=%E3%80%82%EF%BC%8C", 422, "q"), ("q=" + String(repeating: "a", count: 10_000), 422, "q"),
    ("q=" + String(repeating: "coat+", count: 500), 200, nil), ("q=%FF%FE%80", 422, nil),
    ("q=coat%FF", 200, nil), ("q=%27%3B+DROP+TABLE+product%3B--", 200, nil),
    ("q=%3Cscript%3Ealert(1)%3C/script%3E", 200, nil), ("q=%22+OR+%22%22=%22", 200, nil),
    ("q=..%2F..%2Fetc%2Fpasswd", 200, nil), ("q=%25s%25s%25n", 200, nil),
    ("q=coat&filter=weight_of_box%3D1", 422, "filter"), ("q=coat&filter=brand", 422, "filter"),
    ("q=coat&filter=price%3D9..3", 422, "filter"), ("q=coat&price_min=x", 422, "price_min"),
    ("q=coat&k=0", 422, "k"), ("q=coat&k=201", 422, "k"), ("q=coat&sort=best", 422, "sort"),
    ("q=coat&mode=magic", 422, "mode"), ("q=coat&cursor=zz", 422, "cursor"),
    ("q=coat&facets=nothing", 200, nil), ("q=coat&explain=perhaps", 422, "explain"),
  ]

  @Test func badInputIsAnsweredOrNamed() async throws {
    let shop = try await filled()
    for (query, status, field) in Self.bad {
      let answer = try await shop.ask(.get, "/v1/search?\(query)")
      #expect(answer.status == status, "\(query.prefix(60)): \(answer.text.prefix(200))")
      if let field {
        let errors = answer.json["errors"] as? [[String: Any]]
        #expect(errors?.first?["field"] as? String == field, "\(query.prefix(60))")
      }
      let suggested = try await shop.ask(.get, "/v1/suggest?\(query)")
      #expect([200, 422].contains(suggested.status), "\(query.prefix(60))")
    }
    #expect(try await shop.ask(.get, "/v1/search?q=coat").status == 200)
  }

  @Test func rulesHoldForSearchResults() async throws {
    let shop = try await filled()
    let path = "/v1/search?q=winter+coat&mode=words&explain=true&facets=brand"
    let plain = try await shop.ask(.get, path)
    #expect(plain.ids.count == 3 && plain.json["effects"] == nil)
    try await rule(shop, "h", #"{"type":"hide","match":{"id":["a"]}}"#, #"{"pages":["search"]}"#)
    let hidden = try await shop.ask(.get, path)
    #expect(Set(hidden.ids) == ["b", "c"] && hidden.json["total"] as? Int == 2)
    let effect = try #require((hidden.json["effects"] as? [[String: Any]])?.first)
    #expect(effect["did"] as? String == "hid" && effect["products"] as? [String] == ["a"])
    let brands = (hidden.json["facets"] as? [String: [[String: Any]]])?["brand"] ?? []
    #expect(brands.allSatisfy { $0["count"] as? Int == 1 })
    // Of another page it says nothing.
    #expect(try await shop.ask(.get, path + "&page=outlet").ids.contains("a"))

    try await rule(
      shop, "b", #"{"type":"bury","match":{"brand":["ACME"]}}"#, #"{"kinds":["search"]}"#)
    #expect(try await shop.ask(.get, path).ids == ["c", "b"])
    try await rule(shop, "x", #"{"type":"boost","match":{"id":["b"]},"factor":5}"#)
    _ = try await shop.ask(.delete, "/v1/rules/b")
    let boosted = try await shop.ask(.get, path)
    #expect(boosted.ids == ["b", "c"])
    let item = try #require((boosted.json["items"] as? [[String: Any]])?.first)
    #expect(item["rules"] as? [String] == ["x"])
    try await rule(
      shop, "p", #"{"type":"pin","products":["d"],"position":1}"#, #"{"queries":["Winter  COAT"]}"#)
    let pinned = try await shop.ask(.get, path)
    #expect(pinned.ids == ["d", "b", "c"])
    #expect((pinned.json["items"] as? [[String: Any]])?[0]["source"] as? String == "rule")
    #expect(try await shop.ask(.get, path.replacing("winter+coat", with: "jacket")).ids == ["e"])
    // What was asked for as a filter is never given up.
    #expect(!(try await shop.ask(.get, path + "&brand=Acme")).ids.contains("d"))
    // Without explain nothing is said of rules.
    let silent = try await shop.ask(.get, "/v1/search?q=winter+coat&mode=words")
    #expect(silent.json["effects"] == nil && !silent.text.contains(#""rules""#))
  }

  @Test func rulesLoseNoProductAcrossPages() async throws {
    let shop = try await filled()
    try await rule(shop, "v", #"{"type":"diversify","per_brand":1}"#)
    let first = try await shop.ask(.get, "/v1/search?q=coat&k=2&mode=words")
    let cursor = try #require(first.json["cursor"] as? String)
    let second = try await shop.ask(.get, "/v1/search?q=coat&k=2&mode=words&cursor=\(cursor)")
    #expect(Set(first.ids + second.ids) == ["a", "b", "c"] && second.json["cursor"] == nil)
  }

  @Test func aRuleIsPreviewedOnASearch() async throws {
    let shop = try await filled()
    let rule = #"{"id":"h","action":{"type":"hide","match":{"brand":["Zen"]}}}"#
    let answer = try await shop.ask(
      .post, "/v1/rules/preview", #"{"rule":\#(rule),"search":{"q":"winter coat"}}"#)
    #expect(answer.status == 200, "\(answer.text)")
    func ids(_ side: String) -> [String] {
      ((answer.json[side] as? [String: Any])?["items"] as? [[String: Any]] ?? [])
        .compactMap { $0["id"] as? String }
    }
    #expect(ids("before").contains("c") && !ids("after").contains("c"))
    #expect(shop.shop.rules.isEmpty)
    for body in [
      #"{"rule":\#(rule)}"#, #"{"rule":\#(rule),"search":{"q":"!"}}"#, #"{"search":{}}"#,
    ] {
      #expect(try await shop.ask(.post, "/v1/rules/preview", body).status == 422)
    }
  }

  @Test func aClickBringsItsQueryBack() async throws {
    let shop = try await filled()
    let answer = try await shop.ask(.get, "/v1/search?q=%E7%BE%BD%E7%BB%92%E6%9C%8D+coat")
    let token = try #require(answer.json["attribution_token"] as? String)
    #expect(SearchAttribution.query(of: token) == "羽绒服 coat")
    let event =
      #"{"event":"view_item","user_id":"u","item_id":"b","attribution_token":"\#(token)"}"#
    #expect(try await shop.ask(.post, "/v1/events", event).status == 200)
    let judgments = try SearchJudgments(clicksOf: shop.shop.store)
    #expect(judgments.queries.map(\.text) == ["羽绒服 coat"])
    #expect(judgments.queries[0].products.map(\.id) == ["b"])
    for token in ["", "similar.x.y", "search.x.y.!!!", "search.x.y.", "search.x.y.gA", "a.b.c.d"] {
      #expect(SearchAttribution.query(of: token) == nil, "\(token)")
    }
    let long = String(repeating: "长", count: 300)
    #expect(
      SearchAttribution.query(of: "search.1.2." + SearchAttribution.encoded(long))?.count == 66)
  }
}
