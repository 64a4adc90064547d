internal import AkinEngine
internal import HTTPTypes
internal import Hummingbird

/// Experiments: what is tried out on some shoppers, and what comes of it.
struct ExperimentRoutes {
  let server: ShopServer

  private struct Body: Decodable {
    var id: String?
    var name: String?
    var share: Double?
    var variants: [Experiment.Variant]
  }

  private struct Answer: Encodable {
    var id: String
    var name: String
    var share: Double
    var variants: [Experiment.Variant]
    var state: Experiment.State
    var created: Double
    var started: Double?
    var stopped: Double?
    var result: ExperimentReport?

    init(_ experiment: Experiment, result: ExperimentReport? = nil) {
      id = experiment.id
      (name, share) = (experiment.plan.name, experiment.plan.share)
      variants = experiment.plan.variants
      (state, created) = (experiment.state, experiment.created)
      (started, stopped) = (experiment.started, experiment.stopped)
      self.result = result
    }
  }

  private struct Done: Encodable {
    var id: String
    var done: Bool
  }

  /// Experiments of a shop.
  private static let most = 200

  func add(to router: Router<ShopContext>) {
    router.get("/v1/experiments") { request, _ in
      JSON.response(
        try Page(
          of: server.shop.experiments, Query(request), limit: Self.most, default: Self.most,
          id: \.id
        ) { Answer($0) })
    }
    router.post("/v1/experiments") { request, _ in try await save(request, id: nil) }
    router.get("/v1/experiments/:id") { _, context in
      let id = try context.identifier()
      let shop = server.shop
      guard let experiment = shop.experiments.first(where: { $0.id == id }) else {
        throw Problem.notFound("experiment")
      }
      return JSON.response(
        Answer(experiment, result: try await Offload.run { try shop.report(on: experiment) }))
    }
    router.put("/v1/experiments/:id") { request, context in
      try await save(request, id: try context.identifier())
    }
    router.delete("/v1/experiments/:id") { _, context in
      let id = try context.identifier()
      let shop = server.shop
      guard try await Offload.run({ try shop.removeExperiment(id) }) else {
        throw Problem.notFound("experiment")
      }
      return JSON.response(Done(id: id, done: true))
    }
    router.post("/v1/experiments/:id/start") { _, context in
      try await change(context) { try $0.startExperiment($1) }
    }
    router.post("/v1/experiments/:id/stop") { _, context in
      try await change(context) { try $0.stopExperiment($1) }
    }
    router.get("/v1/attribution") { request, _ in
      let days = try Query(request).integer("days", in: 1...366, default: 14)
      let shop = server.shop
      return JSON.response(try await Offload.run { try shop.attribution(days: days) })
    }
  }

  private func change(
    _ context: ShopContext,
    _ body: @escaping @Sendable (LiveShop, String) throws -> Experiment?
  ) async throws -> Response {
    let id = try context.identifier()
    let shop = server.shop
    guard let experiment = try await Offload.run({ try body(shop, id) }) else {
      throw Problem.notFound("experiment")
    }
    return JSON.response(Answer(experiment))
  }

  private func save(_ request: Request, id: String?) async throws -> Response {
    let bytes = try await AkinServer.Body.collect(
      request, upTo: server.options.maximumBodyBytes, seconds: server.options.bodySeconds)
    let body = try JSON.read(Body.self, from: bytes)
    if let id, let own = body.id, !own.isEmpty, own != id {
      throw Problem.field("id", "is not the one of the address")
    }
    let shop = server.shop
    let known = Set(shop.experiments.map(\.id))
    // Without an id of the client's own, as short a one as is free.
    let name = id ?? body.id ?? (1...).lazy.map { "e\($0)" }.first { !known.contains($0) } ?? ""
    if id == nil, known.contains(name) {
      throw Problem(.conflict, "known", "there is an experiment of this id; change it with PUT")
    }
    guard known.contains(name) || known.count < Self.most else {
      throw Problem(.conflict, "too-many", "a shop has at most \(Self.most) experiments")
    }
    let plan = Experiment.Plan(
      name: body.name ?? name, share: body.share ?? 1, variants: body.variants)
    let experiment = try await Offload.run { try shop.save(name, plan) }
    return JSON.response(Answer(experiment), status: known.contains(name) ? .ok : .created)
  }
}
