internal import AkinEngine
internal import AkinRanking
internal import AkinSearch
internal import HTTPTypes
internal import Hummingbird

/// The merchandiser's rules, and what a list would look like with others.
struct RuleRoutes {
  let server: ShopServer

  private struct Done: Encodable {
    var id: String
    var done: Bool
  }

  /// A rule as a client sends it: the address may name it.
  private struct RuleBody: Decodable {
    var rule: Rule
    var position: Int?

    private enum Members: String, CodingKey {
      case position
    }

    init(from decoder: any Decoder) throws {
      rule = try Rule(from: decoder)
      position = try decoder.container(keyedBy: Members.self)
        .decodeIfPresent(Int.self, forKey: .position)
    }
  }

  private struct Preview: Decodable {
    /// The rule as it would be; it takes the place of the one with its id.
    var rule: Rule?
    /// A rule that would be gone.
    var without: String?
    /// The list to look at.
    var request: RecommendBody?
    /// The search to look at instead.
    var search: Search?
  }

  private struct Search: Decodable {
    var q: String?
    var k: Int?
    var page: String?
    var audiences: [String]?
  }

  private struct PreviewAnswer: Encodable {
    var before: ShelfAnswer
    var after: ShelfAnswer
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/rules") { request, _ in
      JSON.response(
        try Page(
          of: server.shop.rules, Query(request), limit: Self.most, default: Self.most, id: \.id
        ) { $0 })
    }
    router.put("/v1/rules/:id") { request, context in
      try await save(request, id: try context.identifier())
    }
    router.delete("/v1/rules/:id") { _, context in
      let id = try context.identifier()
      let shop = server.shop
      guard try await Offload.run({ try shop.removeRule(id) }) else {
        throw Problem.notFound("rule")
      }
      return JSON.response(Done(id: id, done: true))
    }
    router.post("/v1/rules/preview") { request, _ in
      let wanted = try await read(Preview.self, request)
      return try await Offload.run { try preview(wanted) }
    }
  }

  private func read<Value: Decodable>(_ type: Value.Type, _ request: Request) async throws
    -> Value
  {
    let body = try await Body.collect(
      request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
    return try JSON.read(type, from: body)
  }

  private func save(_ request: Request, id: String) async throws -> Response {
    var body = try await read(RuleBody.self, request)
    if body.rule.id.isEmpty { body.rule.id = id }
    guard body.rule.id == id else { throw Problem.field("id", "is not the one of the address") }
    try checkKinds(body.rule)
    guard (0...10_000).contains(body.position ?? 0) else {
      throw Problem.field("position", "takes a whole number from 0 to 10000")
    }
    let shop = server.shop
    let isNew = !shop.rules.contains { $0.id == id }
    guard !isNew || shop.rules.count < Self.most else {
      throw Problem(.conflict, "too-many-rules", "a shop has at most \(Self.most) rules")
    }
    try await Offload.run { [body] in try shop.save(body.rule, position: body.position) }
    return JSON.response(body.rule, status: isNew ? .created : .ok)
  }

  /// Rules of a shop.
  private static let most = 500
  private static let kinds = ShelfKind.allCases.map(\.rawValue) + ["search"]

  /// A rule of a kind of list that does not exist would never be applied.
  private func checkKinds(_ rule: Rule, _ path: String = "") throws(Problem) {
    for (index, kind) in (rule.scope.kinds ?? []).enumerated() where !Self.kinds.contains(kind) {
      throw .field(
        "\(path)scope.kinds.\(index)", "takes one of \(Self.kinds.joined(separator: ", "))")
    }
  }

  private func preview(_ wanted: Preview) throws -> Response {
    try wanted.request?.check("request.")
    var rule = wanted.rule
    if rule?.id.isEmpty == true { rule?.id = "draft" }
    if let rule {
      do { try rule.check() } catch { throw Problem.field("rule.\(error.field)", error.message) }
      try checkKinds(rule, "rule.")
    }
    let before = server.shop.rules
    var after = before.filter { $0.id != wanted.without }
    if let rule {
      if let place = after.firstIndex(where: { $0.id == rule.id }) {
        after[place] = rule
      } else {
        after.append(rule)
      }
    }
    if let search = wanted.search {
      return JSON.response(
        PreviewAnswer(before: try answer(search, before), after: try answer(search, after)))
    }
    guard let body = wanted.request else {
      throw Problem.field("request", "is missing; give request or search")
    }
    guard let slot = body.wanted.first, body.wanted.count == 1 else {
      throw Problem.field("request.slots", "a preview shows one list")
    }
    var request = body.request(slot)
    request.history = try server.history(of: body)
    request.excluded = Set(body.exclude ?? [])
    do {
      return JSON.response(
        PreviewAnswer(
          before: try answer(request, before), after: try answer(request, after)))
    } catch let error as EngineError where error.code == .unknownProduct {
      throw Problem.field("request.product", "no product has this id")
    }
  }

  private func answer(_ request: ShelfRequest, _ rules: [Rule]) throws -> ShelfAnswer {
    var request = request
    request.rules = rules
    request.explains = true
    return ShelfAnswer(
      try server.shop.shelf(request), kind: request.kind, explainedBy: server.shop.catalogue,
      now: server.now())
  }

  private func answer(_ search: Search, _ rules: [Rule]) throws -> ShelfAnswer {
    guard let text = search.q, text.utf8.count <= 4_096 else {
      throw Problem.field("search.q", "takes what a shopper typed, up to 4096 bytes")
    }
    guard (1...RecommendBody.most).contains(search.k ?? 10) else {
      throw Problem.field("search.k", "takes a whole number from 1 to \(RecommendBody.most)")
    }
    var request = SearchRequest(text)
    request.count = search.k ?? 10
    return ShelfAnswer(
      try server.shop.find(
        request, page: search.page ?? "search", audiences: Set(search.audiences ?? []),
        rules: rules), requested: request.count, now: server.now())
  }
}
