import AkinEngine
import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinServer

@Suite struct AccessTests {
  private static func guarded() throws -> TestShop {
    var options = ServerOptions()
    options.host = "0.0.0.0"
    return try TestShop(options)
  }

  private static func key(_ role: KeyRole, _ shop: TestShop, origins: [String] = []) throws
    -> (id: String, headers: HTTPFields)
  {
    let made = try ServerKeys.create(
      role: role, name: "test", origins: origins, in: shop.shop.store, now: 1)
    return (made.key.id, [.authorization: "Bearer \(made.secret)"])
  }

  private static let routes: [(HTTPRequest.Method, String, Set<KeyRole>)] = [
    (.get, "/v1/products", [.admin, .write, .read]),
    (.put, "/v1/products/x", [.admin, .write]),
    (.delete, "/v1/products/x", [.admin, .write]),
    (.get, "/v1/products/x/similar", [.admin, .write, .read, .browser]),
    (.post, "/v1/recommend", [.admin, .write, .read, .browser]),
    (.post, "/v1/events", [.admin, .write, .browser]),
    (.get, "/v1/shoppers/x", [.admin]), (.delete, "/v1/shoppers/x", [.admin]),
    (.get, "/v1/jobs", [.admin]), (.post, "/v1/jobs", [.admin]), (.get, "/v1/keys", [.admin]),
    (.get, "/v1/evaluation", [.admin]), (.get, "/v1/map", [.admin, .write, .read]),
    (.post, "/v1/embeddings", [.admin, .write, .read]), (.get, "/metrics", [.admin, .read]),
  ]

  @Test func eachRoleMayDoWhatItMay() async throws {
    let shop = try Self.guarded()
    for (method, path, allowed) in Self.routes {
      #expect(try await shop.ask(method, path).status == 401, "\(path)")
      for role in KeyRole.allCases {
        let headers = try Self.key(role, shop).headers
        let status = try await shop.ask(method, path, headers: headers).status
        #expect((status == 403) == !allowed.contains(role), "\(role) \(method) \(path): \(status)")
      }
    }
    #expect(try await shop.ask(.get, "/health/live").status == 200)
  }

  @Test func aRevokedKeyIsNoKey() async throws {
    let shop = try Self.guarded()
    let key = try Self.key(.read, shop)
    #expect(try shop.shop.store.revokeKey(id: key.id, at: 2))
    #expect(try await shop.ask(.get, "/v1/products", headers: key.headers).status == 401)
    let wrong: HTTPFields = [.authorization: "Bearer akin_read_0000"]
    #expect(try await shop.ask(.get, "/v1/products", headers: wrong).status == 401)
  }

  @Test func aBrowserKeyIsForItsPages() async throws {
    let shop = try Self.guarded()
    var headers = try Self.key(.browser, shop, origins: ["https://shop.example"]).headers
    headers[.origin] = "https://evil.example"
    #expect(try await shop.ask(.post, "/v1/recommend", "{}", headers: headers).status == 403)
    headers[.origin] = "https://shop.example"
    let answer = try await shop.ask(.post, "/v1/recommend", "{}", headers: headers)
    #expect(answer.status == 200)
    #expect(answer.headers[.accessControlAllowOrigin] == "https://shop.example")
    let preflight = try await shop.ask(
      .options, "/v1/recommend", headers: [.origin: "https://shop.example"])
    #expect(preflight.status == 204)
    let refused = try await shop.ask(
      .options, "/v1/recommend", headers: [.origin: "https://evil.example"])
    #expect(refused.status == 403)
  }

  @Test func withoutKeysOnlyPagesOfThisMachineAreServed() async throws {
    let shop = try TestShop()
    #expect(try await shop.ask(.get, "/v1/products").status == 200)
    let foreign = try await shop.ask(
      .get, "/v1/products", headers: [.origin: "https://evil.example"])
    #expect(foreign.status == 403)
  }

  @Test func tooManyRequestsAreToldWhenToComeBack() async throws {
    var options = ServerOptions()
    options.requestsPerSecond = 1
    let shop = try TestShop(options, now: { 5 })
    #expect(try await shop.ask(.get, "/v1/products").status == 200)
    let second = try await shop.ask(.get, "/v1/products")
    #expect(second.status == 429)
    #expect(second.headers[.retryAfter] == "1")
  }

  @Test func tokensComeBackWithTime() {
    let limiter = RateLimiter()
    #expect(limiter.wait(for: "a", rate: 2, now: 0) == nil)
    #expect(limiter.wait(for: "a", rate: 2, now: 0) == nil)
    #expect(limiter.wait(for: "a", rate: 2, now: 0) == 0.5)
    #expect(limiter.wait(for: "b", rate: 2, now: 0) == nil)
    #expect(limiter.wait(for: "a", rate: 2, now: 0.5) == nil)
  }

  @Test func theStoreHoldsNoSecret() async throws {
    let shop = try TestShop()
    let made = try ServerKeys.create(
      role: .write, name: "n", origins: [], in: shop.shop.store, now: 1)
    for name in ["akin.sqlite", "akin.sqlite-wal"] {
      let bytes = try Data(contentsOf: shop.directory.appending(path: name))
      #expect(bytes.range(of: Data(made.secret.utf8)) == nil)
    }
    let stored = try #require(try shop.shop.store.keys().first)
    #expect(stored.digest == ServerKeys.digest(made.secret))
  }

  @Test(arguments: ["", "abc", "a.b-c_9", "a b", String(repeating: "x", count: 65)])
  func requestIdentifiers(given: String) async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.get, "/v1/nothing", headers: [.requestID: given])
    let id = try #require(answer.headers[.requestID])
    #expect((id == given) == ["abc", "a.b-c_9"].contains(given))
    #expect(answer.json["request_id"] as? String == id)
  }
}

/// An address that is there but lacks the method says so.
@Suite struct MethodTests {
  @Test func aMethodThatAnAddressLacksIsRefusedWithThoseThatItHas() async throws {
    let shop = try TestShop()
    for (method, path, allowed) in [
      (HTTPRequest.Method.patch, "/v1/products/x", "DELETE, GET, HEAD, PUT"),
      (.delete, "/v1/events", "POST"), (.get, "/v1/rules/preview", "POST"),
      (.get, "/v1/rules/r1", "DELETE, PUT"), (.post, "/health/live", "GET, HEAD"),
    ] {
      let answer = try await shop.ask(method, path)
      #expect(answer.status == 405 && answer.headers[.allow] == allowed, "\(answer.text)")
      #expect(answer.headers[.contentType] == "application/problem+json")
    }
    let none = try await shop.ask(.patch, "/v1/nothing")
    #expect(none.status == 404 && none.headers[.allow] == nil)
  }
}
