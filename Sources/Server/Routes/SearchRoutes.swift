internal import AkinCatalogue
internal import AkinEngine
internal import AkinRanking
internal import AkinSearch
internal import HTTPTypes
internal import Hummingbird

/// What a shopper types: results, and completions while it is typed.
struct SearchRoutes {
  let server: ShopServer

  struct Completions: Encodable {
    var suggestions: [String]
  }

  struct Answer: Encodable {
    var query: String
    var understood: Understanding
    var items: [ShopSearch.Item]
    var total: Int
    var facets: [String: [SearchResults.FacetValue]]
    var cursor: String?
    var effects: [RuleEffect]?
    var attributionToken: String

    init(
      _ result: ShopSearch.Result, explains: Bool, now: Double, trial: AttributionToken.Trial?
    ) {
      query = result.query
      understood = result.understood
      items = result.items
      (total, facets, cursor) = (result.total, result.facets, result.cursor)
      if explains {
        effects = result.effects.flatMap { $0.isEmpty ? nil : $0 }
      } else {
        for index in items.indices { items[index].rules = nil }
      }
      attributionToken = AttributionToken.make(
        kind: "search", now: now, trial: trial, query: result.query)
    }
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/search") { request, _ in try await search(Query(request)) }
    router.get("/v1/suggest") { request, _ in try await suggest(Query(request)) }
  }

  private func search(_ query: Query) async throws -> Response {
    let text = try typed(query)
    var request = SearchRequest(text)
    request.count = try query.integer("k", in: 1...200, default: 10)
    request.sort = try query.choice("sort", default: .relevance)
    request.cursor = try query.text("cursor")
    request.facets = try query.list("facets") ?? []
    request.understands = try !query.flag("verbatim")
    request.filters = try filters(query)
    let mode = try query.choice("mode", default: ShopSearch.Mode.auto)
    let page = try query.text("page") ?? "search"
    let audiences = Set(try query.list("audience") ?? [])
    let explains = try query.flag("explain")
    let shop = server.shop
    let trial = shop.trial(for: try query.names(), kind: "search")
    let rules = trial.map { shop.rules(shop.rules, for: $0.variant) }
    let result = try await Offload.run { [request] in
      try shop.find(request, mode: mode, page: page, audiences: audiences, rules: rules)
    }
    return JSON.response(
      Answer(
        result, explains: explains, now: server.now(),
        trial: trial.map { .init(experiment: $0.experiment, variant: $0.variant.id) }))
  }

  private func suggest(_ query: Query) async throws -> Response {
    let text = try typed(query)
    let count = try query.integer("k", in: 1...20, default: 8)
    let shop = server.shop
    let found = try await Offload.run { try shop.suggest(text, count: count) }
    return JSON.response(Completions(suggestions: found))
  }

  /// What was typed. Forms send a blank as `+`, and a plus itself says nothing to a search.
  private func typed(_ query: Query) throws -> String {
    guard let text = try query.text("q") else { throw Problem.field("q", "is missing") }
    return text.replacing("+", with: " ")
  }

  /// `brand`, `category` and `availability` with commas, `price_min`, `price_max`, and further
  /// fields as `filter=colour=black;size=M|L`.
  private func filters(_ query: Query) throws -> [SearchFilter] {
    var filters: [SearchFilter] = []
    for field in ["brand", "category", "availability"] {
      if let values = try query.list(field) {
        filters.append(.value(field: field, anyOf: values))
      }
    }
    let (least, most) = (try query.number("price_min"), try query.number("price_max"))
    if least != nil || most != nil { filters.append(.price(minimum: least, maximum: most)) }
    for part in try query.text("filter")?.split(separator: ";") ?? [] {
      filters.append(try SearchFilter(parsing: String(part)))
    }
    return filters
  }
}
