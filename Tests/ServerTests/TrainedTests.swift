import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

/// What `akin train` kept answers as soon as it is there: a shop of 40 products whose shoppers keep
/// to one of four shelves.
@Suite struct TrainedTests {
  private static let shelf = TestShop.shelf

  private func items(_ shop: TestShop, _ body: String) async throws -> [[String: Any]] {
    let answer = try await shop.ask(.post, "/v1/recommend", body)
    let slots = try #require(answer.json["slots"] as? [[String: Any]], "\(answer.text)")
    return slots[0]["items"] as? [[String: Any]] ?? []
  }

  private func train(_ shop: TestShop) async throws {
    let answer = try await shop.run(job: "train")
    #expect(answer.json["state"] as? String == "done", "\(answer.text)")
  }

  @Test func anErasureSaysThatTheRecommenderLearntFromTheShopper() async throws {
    let shop = try TestShop.withHistories { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    func learnt(_ user: String) async throws -> Int? {
      let receipt = try await shop.ask(.delete, "/v1/shoppers/\(user)")
      let looked = try #require(receipt.json["looked"] as? [[String: Any]], "\(receipt.text)")
      let place = looked.first { ($0["place"] as? String)?.contains("recommender") == true }
      return place?["found"] as? Int
    }
    #expect(try await learnt("u1") == 0)
    try await train(shop)
    #expect(try await learnt("u2") == 1)
    #expect(try await learnt("nobody") == 0)
  }

  @Test func aTrainingIsUsedByTheNextRequest() async throws {
    let shop = try TestShop.withHistories { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    #expect(shop.shop.rankerNames == ["neighbours"])
    try await train(shop)
    #expect(shop.shop.rankerNames == ["trained", "neighbours"])
    let found = try await items(shop, #"{"user":"u1","k":2,"explain":true}"#)
    #expect(Set(found.compactMap { $0["id"] as? String }) == ["p18", "p19"])
    for item in found {
      let evidence = item["evidence"] as? [[String: Any]] ?? []
      let sum = evidence.reduce(0) { $0 + ($1["score"] as? Double ?? 0) }
      #expect(abs(sum - (item["score"] as? Double ?? 0)) < 1e-4)
    }
    // Asked again it is the same list; after something was done it is another.
    func ids(_ user: String) async throws -> [String] {
      try await items(shop, #"{"user":"\#(user)","k":2}"#).compactMap { $0["id"] as? String }
    }
    let once = try await ids("u1")
    #expect(try await ids("u1") == once && once.count == 2)
    _ = try await shop.ask(
      .post, "/v1/events", #"[{"event":"purchase","user_id":"u1","item_id":"\#(once[0])"}]"#)
    let after = try await ids("u1")
    #expect(after.count == 2 && !after.contains(once[0]), "\(once) \(after)")
    // A stranger's first click counts, without another training.
    _ = try await shop.ask(
      .post, "/v1/events",
      #"[{"event":"purchase","user_id":"new","item_id":"p31"},{"user_id":"new","item_id":"p33"}]"#)
    let own = try await items(shop, #"{"user":"new","k":3}"#).compactMap { $0["id"] as? String }
    #expect(own.allSatisfy { $0.hasPrefix("p3") && !["p3", "p31", "p33"].contains($0) }, "\(own)")
    // Another server of the folder finds the training when it opens.
    #expect(try TestShop(in: shop.directory).shop.rankerNames == ["trained", "neighbours"])
  }

  /// Even shoppers come every day, odd ones every third: the heads that a training kept tell them
  /// apart, and a job learns them again.
  @Test func shoppersAreToldWithWhatComesNext() async throws {
    let day = 86_400
    let shop = try TestShop.withHistories(
      deeds: { $0 % 2 == 0 ? 60 : 20 },
      time: { Double($1 * day * ($0 % 2 == 0 ? 1 : 3) + $0 * 600) })
    try await train(shop)
    let before = try await shop.ask(.get, "/v1/shoppers/u0")
    #expect(before.json["deeds"] != nil && before.json["purchase_probability"] == nil)
    var options = TrainShop.Options()
    options.horizon = Double(day) * 1.5
    _ = try TrainShop(
      directory: shop.directory, options: options, progress: SilentProgress(), now: { Date() }
    ).run()
    try shop.shop.refreshRankers()
    func told(_ path: String) async throws -> [String: Any] {
      try await shop.ask(.get, "/v1/shoppers/\(path)").json
    }
    func probability(_ user: String) async throws -> Double {
      try #require(try await told(user)["purchase_probability"] as? Double)
    }
    #expect(try await probability("u0") > 0.7)
    #expect(try await probability("u1") < 0.3)
    let first = try await told("u0?limit=5")
    #expect(first["purchase_horizon_seconds"] as? Double == Double(day) * 1.5)
    let next = try #require(first["expected_next_visit"] as? Double)
    #expect(next > Double(59 * day) && next < Double(61 * day))
    let cursor = try #require(first["next_cursor"] as? String)
    #expect(try await told("u0?limit=5&cursor=\(cursor)")["expected_next_visit"] == nil)
    #expect(try await told("nobody")["expected_next_visit"] == nil)
    try await train(shop)
    #expect(try await probability("u1") < 0.3)
    let evaluation = try await shop.ask(.get, "/v1/evaluation").json["training"] as? [String: Any]
    let heads = try #require(evaluation?["heads"] as? [String: Any])
    #expect(try #require(heads["area"] as? Double) > 0.9)
  }

  @Test func whereShoppersComeBackForTheSameItComesAgain() async throws {
    let shop = try TestShop.withHistories { shopper, deed in (shopper / 4 + deed % 2) % Self.shelf }
    try await train(shop)
    let found = try await items(shop, #"{"user":"u0","k":2}"#)
    #expect(Set(found.compactMap { $0["id"] as? String }) == ["p0", "p1"])
  }
}
