import AkinEngine
import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import AkinServer

/// The description that the server gives of itself is that of the running server.
@Suite struct OpenAPITests {
  private func document(_ shop: TestShop) async throws -> [String: Any] {
    let answer = try await shop.ask(.get, "/v1/openapi.json")
    #expect(answer.status == 200)
    return answer.json
  }

  private static let methods = ["get", "put", "post", "delete"]

  private func operations(_ document: [String: Any]) throws -> Set<String> {
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    return Set(
      paths.flatMap { path, item in
        item.keys.filter(Self.methods.contains).map { "\($0.uppercased()) \(path)" }
      })
  }

  @Test func everyRouteIsDescribedAndEveryDescriptionHasItsRoute() async throws {
    let shop = try TestShop()
    let described = try operations(try await document(shop))
    let served = Set(
      shop.server.router().routes.map { route in
        let path = route.path.description.split(separator: "/").map {
          $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0)
        }
        return "\(route.method.rawValue) /\(path.joined(separator: "/"))"
      }
      .filter { !$0.hasPrefix("HEAD") && !$0.contains("/assets/") })
    #expect(served.subtracting(described) == ["GET /", "GET /demo"])
    #expect(described.subtracting(served).isEmpty)
  }

  @Test func everyReferenceLeadsSomewhere() async throws {
    let shop = try TestShop()
    let answer = try await shop.ask(.get, "/v1/openapi.json")
    let components = try #require(answer.json["components"] as? [String: [String: Any]])
    let references = answer.text.matches(of: /"#\/components\/(\w+)\/(\w+)"/)
    #expect(references.count > 100)
    for reference in references {
      let (_, kind, name) = reference.output
      #expect(components[String(kind)]?[String(name)] != nil, "\(kind)/\(name)")
    }
  }

  @Test func answersHaveTheRequiredMembers() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let schemas = try #require(
      (try await document(shop)["components"] as? [String: Any])?["schemas"]
        as? [String: [String: Any]])
    let asked: [(HTTPRequest.Method, String, String?, String)] = [
      (.get, "/v1/products", nil, "ProductPage"), (.get, "/v1/products/p0", nil, "Product"),
      (.get, "/v1/products/p0/similar?explain=1", nil, "Shelf"),
      (.get, "/v1/similar?text=coat", nil, "Shelf"),
      (.get, "/v1/search?q=coat&explain=1", nil, "SearchAnswer"),
      (.get, "/v1/suggest?q=co", nil, "SuggestAnswer"),
      (.post, "/v1/recommend", "{}", "RecommendAnswer"),
      (.post, "/v1/events", #"{"user_id":"u","item_id":"p0"}"#, "EventReceipt"),
      (.get, "/v1/shoppers/u", nil, "ShopperHistory"),
      (.delete, "/v1/shoppers/u", nil, "Erasure"), (.get, "/v1/rules", nil, "RuleList"),
      (.get, "/v1/jobs", nil, "JobList"), (.get, "/v1/keys", nil, "KeyList"),
      (.post, "/v1/embeddings", #"{"input":"a"}"#, "EmbeddingAnswer"),
      (.get, "/v1/overview", nil, "Overview"), (.get, "/v1/map", nil, "Map"),
      (.get, "/v1/evaluation", nil, "Evaluation"), (.get, "/health/live", nil, "Health"),
      (.get, "/v1/nothing", nil, "Problem"),
    ]
    for (method, path, body, schema) in asked {
      let answer = try await shop.ask(method, path, body)
      let described = try #require(schemas[schema])
      let known = Set((described["properties"] as? [String: Any] ?? [:]).keys)
      for name in described["required"] as? [String] ?? [] {
        #expect(answer.json[name] != nil, "\(path) lacks \(name): \(answer.text.prefix(200))")
      }
      #expect(Set(answer.json.keys).subtracting(known).isEmpty, "\(path)")
    }
  }

  /// An answer of many levels is described at each of them.
  private func check(
    _ value: Any, _ schema: [String: Any], _ schemas: [String: [String: Any]], _ place: String
  ) throws {
    if let reference = schema["$ref"] as? String {
      let name = try #require(reference.split(separator: "/").last.map(String.init))
      return try check(value, try #require(schemas[name]), schemas, place)
    }
    if let items = schema["items"] as? [String: Any], let list = value as? [Any] {
      for entry in list { try check(entry, items, schemas, place + "[]") }
    }
    guard let object = value as? [String: Any] else { return }
    if let others = schema["additionalProperties"] as? [String: Any] {
      for (name, entry) in object { try check(entry, others, schemas, "\(place).\(name)") }
    }
    guard let properties = schema["properties"] as? [String: [String: Any]] else { return }
    for name in schema["required"] as? [String] ?? [] {
      #expect(object[name] != nil, "\(place) lacks \(name)")
    }
    for (name, entry) in object {
      let own = try #require(properties[name], "\(place).\(name) is not described")
      try check(entry, own, schemas, "\(place).\(name)")
    }
  }

  @Test func theEvaluationAndTheMapAreDescribedToTheLastMember() async throws {
    let shop = try TestShop.withHistories()
    try await shop.fill(TestShop.titles)
    _ = try shop.shop.train(progress: SilentProgress())
    try EvaluationTests.keepEvaluation(in: shop)
    try EvaluationTests.keepTuning(in: shop, at: 1)
    let document = try await document(shop)
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: [String: Any]])
    for (path, name) in [("/v1/evaluation", "Evaluation"), ("/v1/map", "Map")] {
      let answer = try await shop.ask(.get, path)
      #expect(answer.status == 200, "\(answer.text)")
      try check(answer.json, try #require(schemas[name]), schemas, path)
    }
  }

  @Test func pagesAskNothingOfTheNetwork() async throws {
    let shop = try TestShop()
    for path in ["/", "/demo"] {
      let page = try await shop.ask(.get, path)
      #expect(page.status == 200)
      let policy = page.headers[HTTPField.Name("Content-Security-Policy")!] ?? ""
      #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
      for asset in page.text.matches(of: /(?:src|href)="(\/assets\/[^"]+)"/) {
        #expect(try await shop.ask(.get, String(asset.output.1)).status == 200)
      }
      #expect(!page.text.contains("https://"))
    }
    let app = try await shop.ask(.get, "/assets/app.js")
    for module in app.text.matches(of: /from "([^"]+)"/) {
      #expect(try await shop.ask(.get, String(module.output.1)).status == 200)
    }
  }
}
