import AkinEngine
import AkinSimilarity
import Foundation
import HTTPTypes
import Testing

@testable import AkinServer

/// Whatever is sent, the server answers, names what is wrong, and goes on.
@Suite struct FuzzTests {
  private static let hostile: [String] = [
    "", " ", "\u{0}", "{", "}", "[", "]", "null", "true", "0", "-1", "1e999", "\"\"", "[]", "{}",
    "[[]]", "[null]", "[{}]", "{\"\":{}}", "{\"a\":", "{\"k\":1e400}", "{\"k\":-0}", "{\"k\":1.5}",
    "{\"k\":99999999999999999999999999}", "{\"user\":\"\\ud800\"}", "{\"user\":\"\\u0000\"}",
    "{\"slots\":{}}", "{\"slots\":[[]]}", "{\"slots\":[{\"filter\":{\"price\":{\"min\":\"x\"}}}]}",
    "{\"filter\":{\"attributes\":{\"a\":1}}}", "{\"input\":[1]}", "{\"input\":[[\"a\"]]}",
    "{\"kind\":null}", "{\"kind\":\"rebuild\",\"kind\":\"jump\"}", "{\"id\":\"x\",\"id\":\"y\"}",
    "{\"request\":{\"slots\":[]}}", "{\"rule\":{},\"request\":{}}",
    String(repeating: "[", count: 20_000), String(repeating: "{\"a\":", count: 20_000),
    "{\"a\":\"" + String(repeating: "x", count: 300_000) + "\"}",
    "[" + String(repeating: "{\"id\":\"a\",\"title\":\"b\"},", count: 500) + "null]",
  ]

  /// Every operation of the description, with its path filled in.
  private func operations(_ shop: TestShop) async throws -> [(HTTPRequest.Method, String)] {
    let document = try await shop.ask(.get, "/v1/openapi.json").json
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    return paths.sorted { $0.key < $1.key }.flatMap { path, item in
      item.keys.sorted().filter { ["get", "put", "post", "delete"].contains($0) }.map { method in
        (HTTPRequest.Method(rawValue: method.uppercased())!, path)
      }
    }
  }

  private func check(_ answer: TestShop.Answer, _ what: @autoclosure () -> String) {
    #expect(answer.status < 500, "\(what()): \(answer.text.prefix(200))")
    if answer.status >= 400 {
      #expect(answer.headers[.contentType] == "application/problem+json", "\(what())")
      #expect(answer.json["request_id"] is String, "\(what())")
    }
  }

  @Test func malformedBodiesAreRefused() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    for (method, path) in try await operations(shop) where method == .post || method == .put {
      let path = path.replacingOccurrences(of: "{id}", with: "p1")
      for body in Self.hostile {
        for type in ["application/json", "application/x-ndjson", "text/plain; charset=x"] {
          let answer = try await shop.ask(method, path, body, headers: [.contentType: type])
          check(answer, "\(method) \(path) \(body.prefix(60))")
        }
      }
    }
    #expect(try await shop.ask(.get, "/health/ready").status == 200)
  }

  @Test func malformedAddressesAreRefused() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    let names = [
      "%00", "%FF", "%ED%A0%80", "%", "%2", "..%2F..", "%F0%9F%A6%8A", "a%0D%0AX:%20y",
      String(repeating: "a", count: 300), "*", "%7B%7D",
    ]
    let queries = [
      "k=0", "k=201", "k=-1", "k=1e3", "k=%00", "k=", "k", "limit=99999999999999999999",
      "cursor=-1", "cursor=zzzzzzzzzzzzzzzzzzzzzzzz", "cursor=%FF", "price_min=nan",
      "price_max=1e999", "availability=never", "relation=popular", "explain=perhaps", "text=%20",
      "text=%FF%FE", "kind=nobody", "q=" + String(repeating: "x", count: 5_000),
      "exclude=" + String(repeating: "a,", count: 2_000), "why_not=%00", "&&==&=", "k=1&k=2",
    ]
    for (method, path) in try await operations(shop) where method != .post {
      for name in names {
        let filled = path.replacingOccurrences(of: "{id}", with: name)
        check(try await shop.ask(method, filled, "{}"), "\(method) \(filled)")
      }
      for query in queries {
        let filled = path.replacingOccurrences(of: "{id}", with: "p1") + "?" + query
        check(try await shop.ask(method, filled, "{}"), "\(method) \(filled)")
      }
    }
  }

  @Test func damagedBodiesAreAnswered() async throws {
    let shop = try TestShop()
    try await shop.fill(TestShop.titles)
    var generator = SplitMix64(seed: 7)
    let valid: [(HTTPRequest.Method, String, String)] = [
      (.post, "/v1/products", #"[{"id":"a","title":"b","price":"1.50 EUR","size":["S","M"]}]"#),
      (.put, "/v1/products/a", #"{"id":"a","title":"b","categories":[["x","y"]]}"#),
      (.post, "/v1/events", #"[{"event":"view","user_id":"u","item_id":"p1","event_id":"e"}]"#),
      (
        .post, "/v1/recommend",
        #"{"user":"u","k":3,"filter":{"price":{"min":1}},"slots":[{"kind":"popular","k":2}]}"#
      ),
      (.post, "/v1/embeddings", #"{"input":["a","b"],"encoding_format":"float"}"#),
      (
        .put, "/v1/rules/r",
        #"{"id":"r","action":{"type":"boost","match":{"brand":["A"]},"factor":2}}"#
      ),
      (
        .post, "/v1/rules/preview",
        #"{"rule":{"id":"r","action":{"type":"stock","out_of_stock":"hide"}},"request":{"k":2}}"#
      ),
    ]
    for (method, path, body) in valid {
      check(try await shop.ask(method, path, body), path)
      for _ in 0..<150 {
        var bytes = Array(body.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = Int.random(in: bytes.indices, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
          case 1: bytes.remove(at: place)
          case 2: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
          default: bytes.removeSubrange(place..<min(place + 6, bytes.count))
          }
          if bytes.isEmpty { bytes = [0x7B] }
        }
        let answer = try await shop.ask(method, path, bytes: bytes)
        check(answer, "\(method) \(path) \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  @Test func aBodyOverTheLimitIsRefusedBeforeItIsRead() async throws {
    var options = ServerOptions()
    options.maximumBatchBytes = 10_000
    options.maximumBodyBytes = 1_000
    options.maximumBatch = 3
    let shop = try TestShop(options)
    let long = String(repeating: " ", count: 10_001)
    #expect(try await shop.ask(.post, "/v1/products", long).status == 413)
    #expect(try await shop.ask(.post, "/v1/recommend", long).status == 413)
    let four = (0..<4).map { #"{"id":"\#($0)","title":"t"}"# }.joined(separator: ",")
    #expect(try await shop.ask(.post, "/v1/products", "[\(four)]").status == 413)
    #expect(shop.shop.figures.products == 0)
  }
}
