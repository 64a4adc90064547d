import AkinStorage
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import AkinEngine
@testable import AkinServer

/// Time that a test moves on.
private final class Clock: Sendable {
  private let time = Mutex(1_800_000_000.0)
  var now: Double { time.withLock { $0 } }
  func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}

@Suite struct ExperimentTests {
  private static let body = """
    {"name":"without pins","share":1,"variants":[
      {"id":"usual"},{"id":"bare","ranker":"popular","rules_off":"all"}]}
    """
  private static let pin = #"{"action":{"type":"pin","products":["p8"]}}"#

  /// A shop whose rule shows the leather shoes first, with an experiment that leaves it out.
  private func running(
    _ body: String = body,
    now: @escaping @Sendable () -> Double = {
      Date().timeIntervalSince1970
    }
  ) async throws -> TestShop {
    let shop = try TestShop(now: now)
    try await shop.fill(TestShop.titles)
    _ = try await shop.ask(.put, "/v1/rules/pin", Self.pin)
    let made = try await shop.ask(.put, "/v1/experiments/x1", body)
    try #require(made.status == 201, "\(made.text)")
    let started = try await shop.ask(.post, "/v1/experiments/x1/start")
    #expect(started.json["state"] as? String == "running", "\(started.text)")
    return shop
  }

  private func shelf(_ shop: TestShop, _ user: String) async throws -> (
    first: String, token: String
  ) {
    let answer = try await shop.ask(.post, "/v1/recommend", #"{"user":"\#(user)","k":3}"#)
    let slot = try #require((answer.json["slots"] as? [[String: Any]])?.first, "\(answer.text)")
    let items = try #require(slot["items"] as? [[String: Any]])
    return (items[0]["id"] as? String ?? "", slot["attribution_token"] as? String ?? "")
  }

  private func result(_ shop: TestShop) async throws -> [String: [String: Any]] {
    let answer = try await shop.ask(.get, "/v1/experiments/x1")
    let result = try #require(answer.json["result"] as? [String: Any], "\(answer.text)")
    let variants = try #require(result["variants"] as? [[String: Any]])
    return Dictionary(
      variants.map { ($0["id"] as? String ?? "", $0) }, uniquingKeysWith: { $1 })
  }

  /// How the other variant differed from the first on the last day.
  private func lastDay(_ shop: TestShop) async throws -> [String: Any] {
    let answer = try await shop.ask(.get, "/v1/experiments/x1")
    let result = try #require(answer.json["result"] as? [String: Any], "\(answer.text)")
    let day = try #require((result["days"] as? [[String: Any]])?.last)
    let against = try #require(day["against"] as? [String: [String: Any]])
    #expect(Array(against.keys) == ["bare"])
    return against["bare"] ?? [:]
  }

  private func count(_ what: String, _ variant: [String: Any]?) -> Int? {
    (variant?["counts"] as? [String: Any])?[what] as? Int
  }

  @Test func variantsGetListsOfTheirOwnAndShoppersKeepTheirs() async throws {
    let shop = try await running()
    var firsts: [String: Set<String>] = [:]
    for user in 0..<40 {
      let (first, token) = try await shelf(shop, "u\(user)")
      let trial = try #require(AttributionToken(token)?.trial)
      #expect(trial.experiment == "x1")
      firsts[trial.variant, default: []].insert(first)
      let again = try await shelf(shop, "u\(user)")
      #expect(again.first == first && AttributionToken(again.token)?.trial == trial)
    }
    #expect(firsts["usual"] == ["p8"])
    #expect(firsts["bare"]?.contains("p8") == false)
    // Search and lists beside a product know the shopper too.
    let (seen, found) = (
      try await shop.ask(.get, "/v1/products/p0/similar?k=2&user=u1"),
      try await shop.ask(.get, "/v1/search?q=coat&user=u1")
    )
    for answer in [seen, found] {
      let token = try #require(answer.json["attribution_token"] as? String)
      #expect(AttributionToken(token)?.trial?.experiment == "x1")
    }
    // Nobody knows who this is: he is in no experiment.
    let stranger = try await shop.ask(.post, "/v1/recommend", #"{"k":3}"#)
    #expect(!stranger.text.contains("~"))
    _ = try await shop.ask(.post, "/v1/experiments/x1/stop")
    #expect(try await shelf(shop, "u1").token.contains("~") == false)
  }

  @Test func whatShoppersDidIsCountedForTheirVariant() async throws {
    let clock = Clock()
    let shop = try await running(now: { clock.now })
    var buyers: [String: Int] = [:]
    for user in 0..<90 {
      let (first, token) = try await shelf(shop, "u\(user)")
      let variant = try #require(AttributionToken(token)?.trial?.variant)
      var lines = [
        #"{"event":"select_item","user_id":"u\#(user)","item_id":"\#(first)","attribution_token":"\#(token)"}"#
      ]
      // Everybody buys in one variant, every third shopper in the other.
      if variant == "bare" || user % 3 == 0 {
        buyers[variant, default: 0] += 1
        lines.append(#"{"event":"add_to_cart","user_id":"u\#(user)","item_id":"p1"}"#)
        lines.append(
          #"{"event":"purchase","user_id":"u\#(user)","item_id":"p1","price":"2.50 EUR","quantity":2}"#
        )
      }
      let answer = try await shop.ask(.post, "/v1/events", "[\(lines.joined(separator: ","))]")
      #expect(answer.status == 200, "\(answer.text)")
      clock.advance(1_000)
    }
    // Of somebody whom the experiment never saw.
    _ = try await shop.ask(
      .post, "/v1/events", #"{"event":"purchase","user_id":"other","item_id":"p1"}"#)
    // Who only looks on is not counted.
    let looking = try await shop.ask(.post, "/v1/recommend", #"{"user":"watched","shown":false}"#)
    #expect(looking.status == 200, "\(looking.text)")
    let found = try await result(shop)
    // The last day has seen what the whole has.
    let (whole, day) = (found["bare"]?["against"] as? [String: Any], try await lastDay(shop))
    for measure in ["clicked", "basket", "bought"] {
      let both = [whole, day].map { ($0?[measure] as? [String: Any])?["lower"] as? Double }
      #expect(both[0] != nil && both[0] == both[1], "\(measure)")
    }
    #expect(day["revenue"] == nil)
    let exposed = ["usual", "bare"].compactMap { count("exposed", found[$0]) }
    #expect(exposed.reduce(0, +) == 90 && exposed.allSatisfy { $0 > 30 }, "\(exposed)")
    for variant in ["usual", "bare"] {
      #expect(count("clicked", found[variant]) == count("exposed", found[variant]))
      #expect(count("bought", found[variant]) == buyers[variant])
      #expect(count("basket", found[variant]) == buyers[variant])
      let revenue = (found[variant]?["revenue"] as? [String: Double])?["EUR"]
      #expect(revenue == Double(buyers[variant] ?? 0) * 5)
    }
    let against = try #require(found["bare"]?["against"] as? [String: Any])
    let bought = try #require(against["bought"] as? [String: Any])
    #expect(bought["is_sure"] as? Bool == true)
    #expect(try #require(bought["p_value"] as? Double) < 0.05)
    let clicked = try #require(against["clicked"] as? [String: Any])
    #expect(clicked["is_sure"] as? Bool == false && clicked["difference"] as? Double == 0)
    #expect(found["usual"]?["against"] == nil)
    let answer = try await shop.ask(.get, "/v1/experiments/x1")
    let days = try #require((answer.json["result"] as? [String: Any])?["days"] as? [[String: Any]])
    #expect(days.count == 2)
    let last = try #require(days.last?["counts"] as? [String: [String: Int]])
    #expect(last["bare"]?["bought"] == buyers["bare"])
    let first = try #require(days.first?["counts"] as? [String: [String: Int]])
    // One shopper every thousand seconds.
    #expect((first["bare"]?["exposed"] ?? 0) + (first["usual"]?["exposed"] ?? 0) == 87)
  }

  @Test func anErasedShopperIsInNoExperiment() async throws {
    let shop = try await running()
    for user in ["jane", "joe"] { _ = try await shelf(shop, user) }
    #expect(try await result(shop).values.compactMap { count("exposed", $0) }.reduce(0, +) == 2)
    let receipt = try await shop.ask(.delete, "/v1/shoppers/jane")
    let looked = try #require(receipt.json["looked"] as? [[String: Any]])
    #expect(
      looked.contains {
        $0["place"] as? String == "lists seen under experiments" && $0["found"] as? Int == 1
      }, "\(receipt.text)")
    let left = try shop.shop.store.exposures(to: "x1").map(\.shopper)
    #expect(left == [.user("joe")])
    // He comes back as a stranger, and is counted anew.
    _ = try await shelf(shop, "jane")
    #expect(try await result(shop).values.compactMap { count("exposed", $0) }.reduce(0, +) == 2)
  }

  @Test func anExperimentIsADraftThenRunsThenIsOver() async throws {
    let shop = try TestShop()
    let made = try await shop.ask(.post, "/v1/experiments", Self.body)
    #expect(made.status == 201 && made.json["id"] as? String == "e1", "\(made.text)")
    #expect(made.json["state"] as? String == "draft" && made.json["result"] == nil)
    #expect(try await shop.ask(.post, "/v1/experiments", Self.body).json["id"] as? String == "e2")
    #expect(try await shop.ask(.put, "/v1/experiments/e1", Self.body).status == 200)
    #expect(try await shop.ask(.post, "/v1/experiments/e1/stop").status == 409)
    #expect(try await shop.ask(.post, "/v1/experiments/e1/start").status == 200)
    #expect(try await shop.ask(.post, "/v1/experiments/e1/start").status == 409)
    #expect(try await shop.ask(.post, "/v1/experiments/e2/start").status == 409)
    #expect(try await shop.ask(.put, "/v1/experiments/e1", Self.body).status == 409)
    #expect(try await shop.ask(.delete, "/v1/experiments/e1").status == 409)
    #expect(try await shop.ask(.post, "/v1/experiments/e1/stop").status == 200)
    #expect(try await shop.ask(.post, "/v1/experiments/e2/start").status == 200)
    #expect(try await shop.ask(.delete, "/v1/experiments/e1").status == 200)
    #expect(try await shop.ask(.get, "/v1/experiments/e1").status == 404)
    #expect(try await shop.ask(.get, "/v1/experiments").ids == ["e2"])
    #expect(try await shop.ask(.post, "/v1/experiments/none/start").status == 404)
  }

  @Test(
    arguments: [
      (#"{"variants":[]}"#, "variants"), ("{}", "variants"),
      (#"{"share":0,"variants":[{"id":"a"},{"id":"b"}]}"#, "share"),
      (#"{"share":1.5,"variants":[{"id":"a"},{"id":"b"}]}"#, "share"),
      (#"{"variants":[{"id":"a"},{"id":"a"}]}"#, "variants.1.id"),
      (#"{"variants":[{"id":"a"},{"id":"b~c"}]}"#, "variants.1.id"),
      (#"{"variants":[{"id":"a"},{"id":"b","ranker":"oracle"}]}"#, "variants.1.ranker"),
      (#"{"variants":[{"id":"a"},{"id":"b","rules_off":"some"}]}"#, "variants.1.rules_off"),
      (#"{"variants":[{"id":"a"},{"id":"b","rules_off":[""]}]}"#, "variants.1.rules_off"),
      (#"{"id":"a b","variants":[{"id":"a"},{"id":"b"}]}"#, "id"),
    ])
  func whatMakesNoSenseIsRefused(body: String, field: String) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.post, "/v1/experiments", body)
    let errors = answer.json["errors"] as? [[String: Any]]
    #expect(answer.status == 422 && errors?.first?["field"] as? String == field, "\(answer.text)")
  }

  /// A tenth of the shoppers takes part, and each variant has half of them.
  @Test func shoppersArePartedEvenly() throws {
    let plan = Experiment.Plan(
      name: "", share: 0.1, variants: [.init(id: "a"), .init(id: "b")])
    let experiment = Experiment(id: "x", plan: plan, created: 0)
    var counts: [String: Int] = [:]
    for user in 0..<20_000 {
      counts[experiment.variant(of: .user("u\(user)"))?.id ?? "none", default: 0] += 1
    }
    // Four standard deviations.
    #expect(abs((counts["a"] ?? 0) - 1_000) < 130 && abs((counts["b"] ?? 0) - 1_000) < 130)
    // Another experiment parts them in another way.
    let other = Experiment(id: "y", plan: plan, created: 0)
    let both = (0..<20_000).count {
      experiment.variant(of: .user("u\($0)")) != nil && other.variant(of: .user("u\($0)")) != nil
    }
    #expect((120...280).contains(both), "\(both)")
  }
}
