internal import AkinCatalogue
internal import AkinEngine
internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What shoppers do, and what is known of one of them.
struct EventRoutes {
  let server: ShopServer

  private struct Receipt: Encodable {
    var accepted: Int
    var repeated: Int
    var unknownProducts: Int
    var refused: [Problem.Field]
  }

  private struct History: Encodable {
    struct Deed: Encodable {
      var product: String
      var title: String?
      var type: String
      var time: Double
    }
    var deeds: [Deed]
    /// What is to be expected, where training kept heads: on the first page.
    var purchaseProbability: Double?
    var purchaseHorizonSeconds: Double?
    var expectedNextVisit: Double?
    var nextCursor: String?
  }

  private struct Erasure: Encodable {
    struct Place: Encodable {
      var place: String
      var found: Int
    }
    var erased: Int
    var looked: [Place]
    var time: Double
    var notHeld: [String]
  }

  func add(to router: Router<ShopContext>) {
    router.post("/v1/events") { request, _ in try await take(request) }
    router.get("/v1/shoppers/:id") { request, context in
      try await history(of: try shopper(request, context), Query(request))
    }
    router.delete("/v1/shoppers/:id") { request, context in
      try await erase(try shopper(request, context))
    }
  }

  private enum NameKind: String, CaseIterable {
    case user, visitor, session
  }

  private func shopper(_ request: Request, _ context: ShopContext) throws -> ShopperName {
    let id = try context.identifier()
    return switch try Query(request).choice("kind", default: NameKind.user) {
    case .user: .user(id)
    case .visitor: .visitor(id)
    case .session: .session(id)
    }
  }

  /// What a shopper did, newest first, from the store: all of it, page by page.
  private func history(of shopper: ShopperName, _ query: Query) async throws -> Response {
    let limit = try query.integer("limit", in: 1...1_000, default: 200)
    var until = Double.infinity
    var skipped = 0
    if let cursor = try query.text("cursor") {
      let parts = try PageCursor.read(cursor, parts: 2)
      guard let time = Double(parts[0]), let count = Int(parts[1]), count >= 0 else {
        throw PageCursor.refusal
      }
      (until, skipped) = (time, count)
    }
    let shop = server.shop
    let isFirst = skipped == 0 && until == .infinity
    let (all, outlook) = try await Offload.run {
      let all = try shop.shoppers.all(of: shopper)
      return (all, isFirst ? try shop.outlook(after: all) : nil)
    }
    // Newer deeds may have come since the page before: the cursor counts from its time on.
    let start = (all.firstIndex { $0.time <= until } ?? all.endIndex) + skipped
    let shown = all.dropFirst(start).prefix(limit)
    let catalogue = shop.catalogue
    var history = History(
      deeds: shown.map {
        .init(
          product: $0.product, title: catalogue.product($0.product)?.product.title,
          type: $0.type.rawValue, time: $0.time)
      })
    history.purchaseProbability = outlook?.purchase
    history.purchaseHorizonSeconds = outlook?.horizon
    history.expectedNextVisit = outlook?.nextVisit
    if let last = shown.last, shown.endIndex < all.count {
      let first = all.firstIndex { $0.time <= last.time } ?? shown.endIndex
      history.nextCursor = PageCursor.write(["\(last.time)", "\(shown.endIndex - first)"])
    }
    return JSON.response(history)
  }

  private func take(_ request: Request) async throws -> Response {
    let options = server.options
    let buffer = try await Body.collect(
      request, upTo: options.maximumBatchBytes, seconds: options.bodySeconds)
    let (server, shop) = (server, server.shop)
    let contentType = request.headers[.contentType]
    let receipt = try await Offload.run { () throws -> Receipt in
      let batch = try BatchBody(buffer, contentType: contentType, member: "events")
      let (events, repeated, refused) = try batch.events(options)
      guard !events.isEmpty else {
        throw Problem(
          .unprocessableContent, "invalid-event", "no event can be taken", errors: refused)
      }
      let receipt = try shop.add(events)
      let now = server.now()
      server.metrics.noteEventLags(receipt.added.compactMap { events[$0].time.map { now - $0 } })
      let catalogue = shop.catalogue
      return Receipt(
        accepted: receipt.added.count, repeated: receipt.repeated + repeated,
        unknownProducts: events.count { catalogue.product($0.product) == nil }, refused: refused)
    }
    server.metrics.count("events_accepted", receipt.accepted)
    server.metrics.count("events_repeated", receipt.repeated)
    server.metrics.count("events_refused", receipt.refused.count)
    return JSON.response(receipt)
  }

  private func erase(_ shopper: ShopperName) async throws -> Response {
    let shop = server.shop
    let found = try await Offload.run { try shop.erase(shopper) }
    let events = found.filter { $0.place.hasPrefix("events") }.reduce(0) { $0 + $1.found }
    return JSON.response(
      Erasure(
        erased: events, looked: found.map { .init(place: $0.place, found: $0.found) },
        time: server.now(),
        notHeld: [
          "vectors of shoppers: none are made", "names in logs: none are written",
          "lists of built baskets: counts without names, of the event files; build again without him",
        ]))
  }
}
