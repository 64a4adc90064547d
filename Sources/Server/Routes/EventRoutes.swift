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
      let deeds = try server.shop.shoppers.history(of: [try shopper(request, context)])
      let catalogue = server.shop.catalogue
      return JSON.response(
        History(
          deeds: deeds.map {
            .init(
              product: $0.product, title: catalogue.product($0.product)?.product.title,
              type: $0.type.rawValue, time: $0.time)
          }))
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

  private func take(_ request: Request) async throws -> Response {
    let options = server.options
    let buffer = try await Body.collect(
      request, upTo: options.maximumBatchBytes, seconds: options.bodySeconds)
    let shop = server.shop
    let contentType = request.headers[.contentType]
    let receipt = try await Offload.run { () throws -> Receipt in
      let batch = try BatchBody(buffer, contentType: contentType, member: "events")
      let (events, repeated, refused) = try batch.events(options)
      guard !events.isEmpty else {
        throw Problem(
          .unprocessableContent, "invalid-event", "no event can be taken", errors: refused)
      }
      let receipt = try shop.add(events)
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
