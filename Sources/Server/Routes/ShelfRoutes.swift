internal import AkinCatalogue
internal import AkinEncoders
internal import AkinEngine
internal import AkinRanking
internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Similar products and recommendations.
struct ShelfRoutes {
  let server: ShopServer

  /// One product of an answer.
  struct Item: Encodable {
    var id: String
    var title: String
    var score: Float
    var source: String
    var brand: String?
    var category: String?
    var variant: String?
    var price: Price?
    var salePrice: Price?
    var imageLink: String?
    var link: String?
    var sameText: Int?
    var evidence: [Part]?
  }

  /// One part of a score.
  struct Part: Encodable {
    var source: String
    var because: String?
    var score: Float
  }

  struct Answer: Encodable {
    var name: String?
    var items: [Item]
    var requested: Int
    var returned: Int
    var reason: String?
    var attributionToken: String
  }

  struct SlotsAnswer: Encodable {
    var slots: [Answer]
    var requestID: String

    enum CodingKeys: String, CodingKey {
      case slots
      case requestID = "request_id"
    }
  }

  /// What a client may ask of recommendations.
  private struct RecommendRequest: Decodable {
    struct Slot: Decodable {
      var name: String?
      var kind: ShelfKind?
      var k: Int?
      var product: String?
      var filter: ProductFilter?
    }
    var user: String?
    var visitor: String?
    var session: String?
    var k: Int?
    var filter: ProductFilter?
    var exclude: [String]?
    var explain: Bool?
    var slots: [Slot]?
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/products/:id/similar") { request, context in
      try similar(Query(request), id: try context.productID())
    }
    router.get("/v1/similar") { request, _ in
      let query = Query(request)
      guard let text = try query.text("text"), text.contains(where: { !$0.isWhitespace }) else {
        throw Problem.field("text", "is missing")
      }
      let count = try query.integer("k", in: 1...Self.most, default: 10)
      let filter = try query.filter()
      let shop = server.shop
      let shelf = try await Offload.run { try shop.search(text, count: count, filter: filter) }
      return JSON.response(answer(shelf, kind: .similar, explains: try query.flag("explain")))
    }
    router.post("/v1/recommend") { request, context in
      let body = try await Body.collect(
        request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
      return try recommend(JSON.read(RecommendRequest.self, from: body), context)
    }
  }

  /// The most products that one list may hold.
  private static let most = 200

  private func similar(_ query: Query, id: String) throws -> Response {
    let kind = try query.choice("relation", default: ShelfKind.similar)
    guard kind == .similar || kind == .boughtTogether else {
      throw Problem.field("relation", "takes similar or bought_together")
    }
    var request = ShelfRequest(
      kind, count: try query.integer("k", in: 1...Self.most, default: 10), product: id)
    request.filter = try query.filter()
    request.excluded = Set(try query.list("exclude") ?? [])
    let shelf = try server.shop.shelf(request)
    return JSON.response(answer(shelf, kind: kind, explains: try query.flag("explain")))
  }

  private func recommend(_ body: RecommendRequest, _ context: ShopContext) throws -> Response {
    let names = [
      body.user.map(ShopperName.user), body.visitor.map(ShopperName.visitor),
      body.session.map(ShopperName.session),
    ].compactMap(\.self)
    try check(body, names)
    let history = try server.shop.shoppers.history(of: names)
    var shown = Set(body.exclude ?? [])
    var answers: [Answer] = []
    let slots = body.slots ?? [RecommendRequest.Slot()]
    for (index, slot) in slots.enumerated() {
      let kind = slot.kind ?? .forYou
      var request = ShelfRequest(kind, count: slot.k ?? body.k ?? 10, product: slot.product)
      request.filter = slot.filter ?? body.filter ?? ProductFilter()
      request.excluded = shown
      request.history = history
      do {
        let shelf = try server.shop.shelf(request)
        shown.formUnion(shelf.items.map(\.product.product.id))
        var answer = answer(shelf, kind: kind, explains: body.explain ?? false)
        answer.name = slot.name ?? (body.slots == nil ? nil : "slot-\(index)")
        answers.append(answer)
      } catch let error as EngineError where error.code == .unknownProduct {
        throw Problem.field("slots.\(index).product", "no product has this id")
      }
    }
    return JSON.response(SlotsAnswer(slots: answers, requestID: context.requestID))
  }

  private func check(_ body: RecommendRequest, _ names: [ShopperName]) throws(Problem) {
    for (field, name) in [
      ("user", body.user), ("visitor", body.visitor), ("session", body.session),
    ] {
      guard let name else { continue }
      guard !name.isEmpty, name.utf8.count <= BatchBody.identifierLimit else {
        throw .field(field, "takes 1 to \(BatchBody.identifierLimit) bytes")
      }
    }
    guard (body.exclude?.count ?? 0) <= 1_000 else {
      throw .field("exclude", "takes at most 1000 products")
    }
    guard (1...20).contains(body.slots?.count ?? 1) else {
      throw .field("slots", "takes 1 to 20 slots")
    }
    try checkCount(body.k, "k")
    for (index, slot) in (body.slots ?? []).enumerated() {
      try checkCount(slot.k, "slots.\(index).k")
      let needsProduct = slot.kind == .similar || slot.kind == .boughtTogether
      if needsProduct, slot.product == nil {
        throw .field("slots.\(index).product", "is missing: this kind of list belongs to a product")
      }
    }
  }

  private func checkCount(_ count: Int?, _ field: String) throws(Problem) {
    guard let count, !(1...Self.most).contains(count) else { return }
    throw .field(field, "takes a whole number from 1 to \(Self.most)")
  }

  private func answer(_ shelf: ProductShelf, kind: ShelfKind, explains: Bool) -> Answer {
    let catalogue = explains ? server.shop.catalogue : nil
    let items = shelf.items.map { entry in
      let product = entry.product.product
      var item = Item(
        id: product.id, title: product.title, score: entry.score,
        source: entry.evidence.first?.source ?? "content", brand: product.brand,
        category: product.categories.first?.last, variant: ProductText.variant(of: product),
        price: product.price, salePrice: product.salePrice,
        imageLink: product.imageLinks.first, link: product.link,
        sameText: entry.sameText > 0 ? entry.sameText : nil)
      if let catalogue {
        item.evidence = entry.evidence.map { part in
          Part(
            source: part.source, because: part.because.flatMap { catalogue[$0]?.product.id },
            score: part.score)
        }
      }
      return item
    }
    return Answer(
      items: items, requested: shelf.requested, returned: items.count, reason: shelf.reason,
      attributionToken: Attribution.token(kind: kind, now: server.now()))
  }
}

/// What a click brings back, so that it counts for the list that it was made in.
enum Attribution {
  /// `KIND.TIME.RANDOM`: readable in a log, and without anything about the shopper.
  static func token(kind: ShelfKind, now: Double) -> String {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    return "\(kind.rawValue).\(String(Int(now), radix: 36)).\(random)"
  }
}
