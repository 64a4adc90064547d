internal import AkinCatalogue
internal import AkinEngine
internal import AkinRanking
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The catalogue: one product, many, and pages of them.
struct ProductRoutes {
  let server: ShopServer

  private struct UpsertAnswer: Encodable {
    var added: Int
    var replaced: Int
    /// Products that can be compared as soon as their text is encoded.
    var encoding: Int
    var refused: [Problem.Field]
  }

  private struct ProductPage: Encodable {
    var items: [Product]
    var nextCursor: String?
    var total: Int
  }

  private struct Removed: Encodable {
    var removed: Int
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/products") { request, _ in try list(Query(request)) }
    router.post("/v1/products") { request, _ in try await upsert(request, id: nil) }
    router.get("/v1/products/:id") { _, context in
      guard let found = server.shop.product(try context.identifier()) else {
        throw Problem.notFound("product")
      }
      return JSON.response(found.product)
    }
    router.put("/v1/products/:id") { request, context in
      try await upsert(request, id: try context.identifier())
    }
    router.delete("/v1/products/:id") { _, context in
      let id = try context.identifier()
      let shop = server.shop
      let removed = try await Offload.run { try shop.remove([id]) }
      if removed == 0 { throw Problem.notFound("product") }
      return JSON.response(Removed(removed: removed))
    }
  }

  private func upsert(_ request: Request, id: String?) async throws -> Response {
    let options = server.options
    let buffer = try await Body.collect(
      request, upTo: id == nil ? options.maximumBatchBytes : options.maximumBodyBytes,
      seconds: options.bodySeconds)
    let shop = server.shop
    let contentType = request.headers[.contentType]
    let answer = try await Offload.run { () throws -> UpsertAnswer in
      let batch = try BatchBody(buffer, contentType: contentType, member: "products")
      var (products, refused) = try batch.products(options)
      if let id {
        guard products.count + refused.count == 1 else {
          throw Problem(.unprocessableContent, "one-product", "send one product")
        }
        if let product = products.first, product.id != id {
          throw Problem.field("id", "is not the one of the address")
        }
      }
      guard !products.isEmpty else {
        throw Problem(
          .unprocessableContent, "invalid-product", "no product can be taken", errors: refused)
      }
      let result = try shop.upsert(products)
      products = []
      return UpsertAnswer(
        added: result.added, replaced: result.replaced, encoding: result.waiting, refused: refused)
    }
    server.metrics.count("products_upserted", answer.added + answer.replaced)
    return JSON.response(answer, status: id != nil && answer.added == 1 ? .created : .ok)
  }

  private func list(_ query: Query) throws -> Response {
    let limit = try query.integer("limit", in: 1...200, default: 50)
    let after = try query.text("cursor").map { text throws(Problem) -> Int in
      guard let number = Int(text, radix: 36), number >= 0 else {
        throw .field("cursor", "is none that this server gave")
      }
      return number
    }
    let filter = try query.filter()
    let words = try query.text("q")?.lowercased()
    let catalogue = server.shop.catalogue
    var page = ProductPage(items: [], nextCursor: nil, total: catalogue.count)
    for ordinal in ((after ?? -1) + 1)..<max(catalogue.limit, (after ?? -1) + 1) {
      guard let product = catalogue[ordinal]?.product, filter.matches(product),
        words.map({ Self.matches(product, $0) }) ?? true
      else { continue }
      page.items.append(product)
      if page.items.count == limit {
        page.nextCursor = String(ordinal, radix: 36)
        break
      }
    }
    return JSON.response(page)
  }

  private static func matches(_ product: Product, _ words: String) -> Bool {
    product.id.lowercased() == words || product.title.lowercased().contains(words)
      || (product.brand?.lowercased().contains(words) ?? false)
  }
}

extension ShopContext {
  /// The identifier in the address.
  func identifier() throws(Problem) -> String {
    guard let text = parameters.get("id"), let id = text.removingPercentEncoding, !id.isEmpty,
      id.utf8.count <= BatchBody.identifierLimit
    else { throw .field("id", "is no identifier") }
    return id
  }
}
