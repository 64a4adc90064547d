import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

@Suite struct RuleRouteTests {
  private static let hide =
    #"{"id":"r1","name":"No coats","action":{"type":"hide","match":{"id":["p0"]}}}"#

  private func filled() async throws -> TestShop {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    return shop
  }

  @Test func aRuleIsAppliedToTheNextRequestAndSaysSo() async throws {
    let shop = try await filled()
    let path = "/v1/products/p1/similar?k=8&explain=true"
    #expect(try await shop.ask(.get, path).ids.contains("p0"))
    #expect(try await shop.ask(.put, "/v1/rules/r1", Self.hide).status == 201)
    #expect(try await shop.ask(.put, "/v1/rules/r1", Self.hide).status == 200)
    let answer = try await shop.ask(.get, path)
    #expect(!answer.ids.contains("p0"))
    let effect = try #require((answer.json["effects"] as? [[String: Any]])?.first)
    #expect(effect["rule"] as? String == "r1" && effect["did"] as? String == "hid")
    #expect(effect["products"] as? [String] == ["p0"])
    #expect(try await shop.ask(.delete, "/v1/rules/r1").status == 200)
    #expect(try await shop.ask(.delete, "/v1/rules/r1").status == 404)
    #expect(try await shop.ask(.get, path).ids.contains("p0"))
  }

  @Test func aPreviewChangesNothing() async throws {
    let shop = try await filled()
    let rule =
      #"{"id":"draft","action":{"type":"pin","products":["p8"],"position":1},"scope":{"pages":["home"]}}"#
    let answer = try await shop.ask(
      .post, "/v1/rules/preview",
      #"{"rule":\#(rule),"request":{"kind":"popular","k":3,"context":{"page":"home"}}}"#)
    func ids(_ side: String) -> [String] {
      let shelf = answer.json[side] as? [String: Any]
      return (shelf?["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }
    #expect(answer.status == 200, "\(answer.text)")
    #expect(ids("before") == ["p0", "p1", "p2"])
    #expect(ids("after") == ["p8", "p0", "p1"])
    #expect(shop.shop.rules.isEmpty)
  }

  @Test func rulesLeaveExactlyAsManyAsAskedForOrAReason() async throws {
    let shop = try await filled()
    let rule = #"{"id":"v","action":{"type":"diversify","per_brand":2}}"#
    _ = try await shop.ask(.put, "/v1/rules/v", rule)
    let answer = try await shop.ask(.get, "/v1/products/p0/similar?k=5")
    #expect(answer.ids.count == 2)
    #expect((answer.json["reason"] as? String)?.contains("rules") == true)
    let bury = #"{"id":"v","action":{"type":"bury","match":{"brand":["Acme"]}}}"#
    _ = try await shop.ask(.put, "/v1/rules/v", bury)
    #expect(try await shop.ask(.get, "/v1/products/p0/similar?k=5").ids.count == 5)
  }

  @Test(arguments: [
    ("{}", "action"), (#"{"id":"x","action":{"type":"stock","out_of_stock":"hide"}}"#, "id"),
    (#"{"id":"r","action":{"type":"jump"}}"#, "action.type"),
    (#"{"id":"r","action":{"type":"boost","match":{"brand":["a"]}}}"#, "action.factor"),
    (
      #"{"id":"r","action":{"type":"boost","match":{"brand":["a"]},"factor":1e9}}"#, "action.factor"
    ),
    (#"{"id":"r","action":{"type":"hide","match":{}}}"#, "action.match"),
    (
      #"{"id":"r","action":{"type":"stock","out_of_stock":"hide"},"schedule":{"hours":[24]}}"#,
      "schedule.hours"
    ),
  ])
  func aRuleThatMakesNoSenseNamesTheField(body: String, field: String) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.put, "/v1/rules/r", body)
    #expect(answer.status == 422)
    let errors = try #require(answer.json["errors"] as? [[String: Any]], "\(answer.text)")
    #expect(errors.first?["field"] as? String == field)
  }

  @Test func whyNotNamesTheStage() async throws {
    let shop = try await filled()
    _ = try await shop.ask(.put, "/v1/rules/r1", Self.hide)
    func stage(_ sku: String, _ more: String = "") async throws -> String? {
      let answer = try await shop.ask(
        .get, "/v1/products/p1/similar?k=2&why_not=\(sku)\(more)")
      return (answer.json["why_not"] as? [String: Any])?["stage"] as? String
    }
    let shown = try await shop.ask(.get, "/v1/products/p1/similar?k=2").ids
    let all = try await shop.ask(.get, "/v1/products/p1/similar?k=9").ids
    #expect(try await stage("nothing") == "unknown")
    #expect(try await stage("p1") == "subject")
    #expect(try await stage("p0") == "rule")
    #expect(try await stage(shown[0]) == "shown")
    #expect(try await stage(all[4]) == "rank")
    #expect(try await stage(all[4], "&exclude=\(all[4])") == "excluded")
    #expect(try await stage(all[4], "&brand=Other") == "filter")
    #expect(try await stage(all[4], "&relation=bought_together") == "no_evidence")
  }
}
