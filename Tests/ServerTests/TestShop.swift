import AkinCatalogue
import AkinSimilarity
import AkinStorage
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import AkinEngine
@testable import AkinServer

/// A shop in a folder of its own, served without a socket.
final class TestShop: Sendable {
  let directory: URL
  let shop: LiveShop
  let server: ShopServer

  init(
    _ options: ServerOptions = ServerOptions(), in directory: URL? = nil,
    charts: PageRoutes.Page? = PageRoutes.installedCharts,
    now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.directory =
      directory
      ?? FileManager.default.temporaryDirectory.appending(path: "akin-server-\(UUID().uuidString)")
    shop = try LiveShop(
      store: ShopStore(directory: self.directory, for: .serving), encoder: LettersEncoder(),
      model: "letters", modelKey: "letters", now: now)
    server = ShopServer(
      shop: shop, options: options,
      logger: Logger(label: "test") { _ in
        SwiftLogNoOpLogHandler()
      }, charts: charts, now: now)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  struct Answer {
    var status: Int
    var headers: HTTPFields
    var text: String

    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// The identifiers of `items`.
    var ids: [String] {
      (json["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }
  }

  /// One request.
  func ask(
    _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, headers: HTTPFields = [:],
    bytes: [UInt8]? = nil
  ) async throws -> Answer {
    let body = body.map { ByteBuffer(string: $0) } ?? bytes.map { ByteBuffer(bytes: $0) }
    return try await server.application().test(.router) { client in
      let response = try await client.execute(
        uri: uri, method: method, headers: headers, body: body)
      return Answer(
        status: response.status.code, headers: response.headers,
        text: String(buffer: response.body))
    }
  }

  /// Sends products and waits until they can be compared.
  func fill(_ titles: [String]) async throws {
    try await fill(
      lines: titles.enumerated().map { #"{"id":"p\#($0)","title":"\#($1)","brand":"Acme"}"# })
  }

  /// The same of products as JSON lines.
  func fill(lines: [String]) async throws {
    let answer = try await ask(
      .post, "/v1/products", lines.joined(separator: "\n"),
      headers: [.contentType: "application/x-ndjson"])
    #expect(answer.status == 200, "\(answer.text)")
    shop.waitForVectors()
  }

  /// Begins a job and waits for its end.
  func run(job kind: String) async throws -> Answer {
    let job = try await ask(.post, "/v1/jobs", #"{"kind":"\#(kind)"}"#)
    return try await end(ofJob: try #require(job.json["id"] as? String, "\(job.text)"))
  }

  /// Waits for the end of a job.
  func end(ofJob id: String) async throws -> Answer {
    while true {
      let answer = try await ask(.get, "/v1/jobs/\(id)")
      if try #require(answer.json["state"] as? String) != "running" { return answer }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  static let titles = [
    "red winter coat", "red winter coat long", "blue summer dress", "blue summer dress short",
    "phone case clear", "phone case black", "phone charger", "running shoes", "leather shoes",
  ]
}

extension TestShop {
  /// Products a shelf of ``withHistories(item:)``.
  static let shelf = 10

  /// A shop of 40 products whose 60 shoppers keep to one of four shelves.
  ///
  /// - Parameters:
  ///   - item: the place on his shelf of what a shopper took.
  ///   - deeds: how many a shopper did.
  ///   - time: when.
  static func withHistories(
    item: (_ shopper: Int, _ deed: Int) -> Int = { ($0 / 4 + $1) % TestShop.shelf },
    deeds: (_ shopper: Int) -> Int = { _ in 8 },
    time: (_ shopper: Int, _ deed: Int) -> Double = { Double($1 * 100_000 + $0) }
  ) throws -> TestShop {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "akin-trained-\(UUID().uuidString)")
    let store = try ShopStore(directory: directory, for: .building)
    let products = (0..<4 * shelf).map { Product(id: "p\($0)", title: "product \($0)") }
    let histories = (0..<60).map { shopper in
      ShopperHistory(
        name: .user("u\(shopper)"),
        entries: (0..<deeds(shopper)).map { deed in
          ShopperHistory.Entry(
            product: Int32(shopper % 4 * shelf + item(shopper, deed)), type: .purchase,
            time: time(shopper, deed))
        })
    }
    var empty = NeighbourLists()
    for _ in products { empty.append([Neighbour]()) }
    try store.publish(
      ShopSnapshot(
        products: products, texts: products.map(\.title), textOfProduct: Array(products.indices),
        baskets: products.map { _ in 1 }, similar: empty, boughtTogether: empty,
        behaviour: BehaviourSnapshot(products: products.map(\.id), histories: histories),
        records: [:]))
    let shop = try TestShop(in: directory)
    shop.shop.waitForVectors()
    return shop
  }
}
