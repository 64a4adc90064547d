import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

@Suite struct RelationRouteTests {
  private static let lines = [
    #"{"id":"drill","title":"Voltar D200 drill 18V","brand":"Voltar","category":"Tools > Drills"}"#,
    #"{"id":"red","title":"Voltar D200 drill 18V red","brand":"Voltar","category":"Tools > Drills","color":"red"}"#,
    #"{"id":"blue","title":"Voltar D200 drill 18V blue","brand":"Voltar","category":"Tools > Drills","color":"blue"}"#,
    #"{"id":"rival","title":"Makro M5 cordless drill","brand":"Makro","category":"Tools > Drills"}"#,
    #"{"id":"bag","title":"Carry bag for Voltar D200 drill","brand":"Stow","category":"Tools > Drill Bags"}"#,
    #"{"id":"scarf","title":"Wool scarf","brand":"Nora","category":"Clothing > Scarves"}"#,
  ]

  private func shop() async throws -> TestShop {
    let shop = try TestShop()
    try await shop.fill(lines: Self.lines)
    try shop.shop.rebuild(neighbours: 4, progress: SilentProgress())
    return shop
  }

  @Test func listsOfOneTypeComeWithProbabilityAndEvidence() async throws {
    let shop = try await shop()
    var seen: Set<String> = []
    for type in ["same", "variant", "substitute", "complement"] {
      let answer = try await shop.ask(.get, "/v1/products/red/similar?relation=\(type)")
      #expect(answer.status == 200, "\(answer.text)")
      for item in try #require(answer.json["items"] as? [[String: Any]]) {
        #expect(item["relation"] as? String == type && item["source"] as? String == "relation")
        let probability = try #require(item["probability"] as? Double)
        #expect((0...1).contains(probability))
        let parts = try #require(item["evidence"] as? [[String: Any]])
        let sum = parts.compactMap { $0["score"] as? Double }.reduce(0, +)
        #expect(abs(sum - (item["score"] as? Double ?? 0)) < 1e-3)
        #expect(seen.insert(item["id"] as? String ?? "").inserted, "one type each")
      }
    }
    let variants = try await shop.ask(.get, "/v1/products/red/similar?relation=variant")
    #expect(variants.ids.contains("blue"))
    let bags = try await shop.ask(.get, "/v1/products/drill/similar?relation=complement")
    #expect(bags.ids == ["bag"] && bags.json["reason"] != nil)
    let back = try await shop.ask(.get, "/v1/products/bag/similar?relation=complement")
    #expect(!back.ids.contains("drill"))
    let filtered = try await shop.ask(
      .get, "/v1/products/drill/similar?relation=complement&brand=Voltar")
    #expect(filtered.ids.isEmpty)
  }

  /// Of each of `count` words two variants in one group.
  private func groups(_ count: Int) async throws -> TestShop {
    let shop = try TestShop()
    let kinds = ["drill", "scarf", "lamp", "kettle", "tent", "chair", "mug", "rug"]
    let lines = (0..<count).flatMap { number in
      ["red", "blue"].map { colour in
        #"{"id":"\#(number)-\#(colour)","title":"Model w\#(number)x \#(kinds[number % 8]) \#(colour)","#
          + #""category":"Goods > \#(kinds[number % 8])","color":"\#(colour)","item_group_id":"g\#(number)"}"#
      }
    }
    try await shop.fill(lines: lines)
    try shop.shop.rebuild(neighbours: 4, progress: SilentProgress())
    return shop
  }

  @Test func aServingShopLearnsTypes() async throws {
    let shop = try await groups(60)
    let before = try await shop.ask(.get, "/v1/evaluation")
    #expect(before.json["relations"] == nil, "\(before.text)")
    let job = try await shop.run(job: "relate")
    #expect(job.json["state"] as? String == "done", "\(job.text)")
    #expect((job.json["note"] as? String)?.contains("in use now") == true, "\(job.text)")
    let after = try await shop.ask(.get, "/v1/evaluation")
    let report = try #require(after.json["relations"] as? [String: Any], "\(after.text)")
    #expect(report["test_pairs"] as? Int ?? 0 > 0)
    let variants = try await shop.ask(.get, "/v1/products/7-red/similar?relation=variant")
    #expect(variants.ids.first == "7-blue", "\(variants.text)")
  }

  @Test func tooFewPairsAreSaid() async throws {
    let job = try await shop().run(job: "relate")
    #expect(job.json["state"] as? String == "failed")
    #expect((job.json["note"] as? String)?.contains("too few pairs") == true, "\(job.text)")
  }

  @Test func whatIsMissedIsSomethingElse() async throws {
    let shop = try await shop()
    let answer = try await shop.ask(
      .get, "/v1/products/red/similar?relation=complement&why_not=blue")
    let why = try #require(answer.json["why_not"] as? [String: Any])
    #expect(why["stage"] as? String == "relation")
    #expect((why["detail"] as? String ?? "").contains("variant"))
  }

  @Test func otherTypesAreRefused() async throws {
    let shop = try TestShop()
    for type in ["unrelated", "popular", "friend"] {
      let answer = try await shop.ask(.get, "/v1/products/p0/similar?relation=\(type)")
      #expect(answer.status == 422 || answer.status == 400, "\(answer.text)")
      #expect(answer.text.contains("complement"))
    }
  }
}
