internal import AkinAlike
internal import AkinCatalogue
internal import AkinEngine
internal import AkinRanking
internal import AkinStorage
internal import HTTPTypes
internal import Hummingbird

/// Similar products and recommendations.
struct ShelfRoutes {
  let server: ShopServer

  struct SlotsAnswer: Encodable {
    var slots: [ShelfAnswer]
    var requestID: String

    enum CodingKeys: String, CodingKey {
      case slots
      case requestID = "request_id"
    }
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/products/:id/similar") { request, context in
      try await similar(Query(request), id: try context.identifier())
    }
    router.get("/v1/similar") { request, _ in try await similar(Query(request)) }
    router.post("/v1/recommend") { request, context in
      let body = try await Body.collect(
        request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
      let wanted = try JSON.read(RecommendBody.self, from: body)
      try wanted.check()
      let answers = try await recommend(wanted)
      return JSON.response(SlotsAnswer(slots: answers, requestID: context.requestID))
    }
  }

  private func similar(_ query: Query, id: String) async throws -> Response {
    let name = try query.text("relation") ?? ShelfKind.similar.rawValue
    let relation = Relation(rawValue: name).flatMap { $0 == .unrelated ? nil : $0 }
    let kind = relation == nil ? ShelfKind(rawValue: name) : .similar
    guard let kind, kind == .similar || kind == .boughtTogether else {
      throw Problem.field(
        "relation",
        "takes similar, bought_together, same, variant, substitute or complement")
    }
    var request = ShelfRequest(
      kind, count: try query.integer("k", in: 1...RecommendBody.most, default: 10), product: id)
    request.relation = relation
    request.filter = try query.filter()
    request.excluded = Set(try query.list("exclude") ?? [])
    request.page = try query.text("page")
    request.audiences = Set(try query.list("audience") ?? [])
    // A type without its evidence would have to be believed.
    let explains = try query.flag("explain") || relation != nil
    let answer = try await answer(
      request, for: try query.names(), explains: explains,
      whyNot: try query.identifier("why_not"))
    return JSON.response(answer)
  }

  private func similar(_ query: Query) async throws -> Response {
    guard let text = try query.text("text"), text.contains(where: { !$0.isWhitespace }) else {
      throw Problem.field("text", "is missing")
    }
    let count = try query.integer("k", in: 1...RecommendBody.most, default: 10)
    let filter = try query.filter()
    let explains = try query.flag("explain")
    let shop = server.shop
    let shelf = try await Offload.run { try shop.search(text, count: count, filter: filter) }
    return JSON.response(
      ShelfAnswer(
        shelf, kind: .similar, explainedBy: explains ? shop.catalogue : nil, now: server.now()))
  }

  /// The lists of `body`, none of which repeats a product of another.
  private func recommend(_ body: RecommendBody) async throws -> [ShelfAnswer] {
    let history = try server.history(of: body)
    var shown = Set(body.exclude ?? [])
    var answers: [ShelfAnswer] = []
    for (index, slot) in body.wanted.enumerated() {
      var request = body.request(slot)
      request.excluded = shown
      request.history = history
      do {
        var answer = try await answer(
          request, for: body.names, isShown: body.shown ?? true, explains: body.explain ?? false,
          whyNot: body.whyNot)
        shown.formUnion(answer.items.map(\.id))
        answer.name = slot.name ?? (body.slots == nil ? nil : "slot-\(index)")
        answers.append(answer)
      } catch let error as EngineError where error.code == .unknownProduct {
        let field = body.slots == nil ? "product" : "slots.\(index).product"
        throw Problem.field(field, "no product has this id")
      }
    }
    return answers
  }

  private func answer(
    _ request: ShelfRequest, for names: [ShopperName], isShown: Bool = true, explains: Bool,
    whyNot: String?
  ) async throws -> ShelfAnswer {
    let shop = server.shop
    var request = request
    request.explains = explains
    let trial = shop.trial(for: names, kind: request.kind.rawValue, isShown: isShown)
    request.variant = trial?.variant
    let shelf =
      request.relation == nil
      ? try shop.shelf(request) : try await Offload.run { [request] in try shop.shelf(request) }
    var answer = ShelfAnswer(
      shelf, kind: request.kind, relation: request.relation,
      explainedBy: explains ? shop.catalogue : nil, now: server.now(),
      trial: trial.map { .init(experiment: $0.experiment, variant: $0.variant.id) })
    if let whyNot {
      // It looks through the whole ranking.
      answer.whyNot = .init(
        whyNot, try await Offload.run { [request] in try shop.whyNot(whyNot, in: request) })
    }
    return answer
  }
}

extension ShopServer {
  /// What the shopper of a request did, newest first: what he has before him now comes first.
  func history(of body: RecommendBody) throws -> [ShopperMemory.Deed] {
    let time = now()
    return (body.context?.products ?? []).map {
      ShopperMemory.Deed(product: $0, type: .viewItem, time: time)
    } + (try shop.shoppers.history(of: body.names))
  }
}
