import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine

/// The order of search results, learned by a serving shop from what shoppers did with them.
@Suite struct SearchTrainedTests {
  /// Of each of `count` words three products; shoppers take the last one.
  private func shop(_ count: Int) async throws -> TestShop {
    let shop = try TestShop()
    let kinds = ["word plain shirt", "shirt word plain", "plain shirt word"]
    try await shop.fill(
      (0..<count).flatMap { number in kinds.map { $0.replacing("word", with: "word\(number)x") } })
    return shop
  }

  /// Searches, and takes the product that stands in the third line of its word.
  private func click(_ shop: TestShop, _ number: Int) async throws {
    let found = try await shop.ask(.get, "/v1/search?q=word\(number)x")
    #expect(found.ids.contains("p\(3 * number + 2)"), "\(found.text)")
    let token = try #require(found.json["attribution_token"] as? String)
    let body = """
      [{"event":"purchase","user_id":"u\(number)","item_id":"p\(3 * number + 2)",\
      "attribution_token":"\(token)"}]
      """
    #expect(try await shop.ask(.post, "/v1/events", body).status < 300)
  }

  @Test func clicksTeachTheOrderWhileSearchesGoOn() async throws {
    let shop = try await shop(60)
    for number in 0..<60 { try await click(shop, number) }
    let before = try await shop.ask(.get, "/v1/search?q=word7x")
    #expect(before.ids.first == "p21")
    let job = try await shop.ask(.post, "/v1/jobs", #"{"kind":"search-train"}"#)
    let id = try #require(job.json["id"] as? String, "\(job.text)")
    #expect(job.status == 202 && job.json["kind"] as? String == "search-train")
    // Asked all the while, every answer is one of the two orders.
    var answers = 0
    while true {
      let answer = try await shop.ask(.get, "/v1/search?q=word7x")
      #expect(answer.status == 200 && ["p21", "p23"].contains(answer.ids.first), "\(answer.text)")
      answers += 1
      let state = try await shop.ask(.get, "/v1/jobs/\(id)").json["state"] as? String
      if state != "running" { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    let ended = try await shop.end(ofJob: id)
    #expect(ended.json["state"] as? String == "done", "\(ended.text)")
    #expect((ended.json["note"] as? String)?.contains("in use now") == true, "\(ended.text)")
    #expect(try await shop.ask(.get, "/v1/search?q=word7x").ids.first == "p23")
    #expect(answers > 0)
    // Another server of the folder finds it when it opens.
    let other = try TestShop(in: shop.directory)
    #expect(try await other.ask(.get, "/v1/search?q=word7x").ids.first == "p23")
  }

  @Test func tooFewClicksAreSaid() async throws {
    let shop = try await shop(3)
    try await click(shop, 1)
    let ended = try await shop.run(job: "search-train")
    #expect(ended.json["state"] as? String == "failed")
    #expect((ended.json["note"] as? String)?.contains("attribution_token") == true, "\(ended.text)")
    #expect(try await shop.ask(.get, "/v1/search?q=word1x").ids.contains("p5"))
  }
}
