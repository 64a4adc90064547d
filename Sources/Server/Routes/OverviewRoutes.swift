internal import AkinCatalogue
internal import AkinEngine
internal import AkinStorage
internal import HTTPTypes
internal import Hummingbird

/// The shop at a glance, for the dashboard.
struct OverviewRoutes {
  let server: ShopServer

  private struct Overview: Encodable {
    var products: Int
    var texts: Int
    var waiting: Int
    var recent: Int
    var built: Double
    var model: String
    var uptime: Double
    var memory: Int
    var requests: Int
    var failures: Int
    /// Events of the last seven days, by type.
    var events: [String: Int]
    var eventTotal: Int
    /// When the last event happened.
    var lastEvent: Double?
    /// When the recommenders were trained last.
    var trained: Double?
    /// What answers: the version of the program.
    var version: String
    /// Events of the last fourteen days, the oldest day first.
    var eventDays: [Int]
    var latency: [ServerMetrics.RouteLatency]
    var rules: Int
    var rankers: [String]
    var lastBuild: Build?
    var quality: QualityReport?
  }

  private struct Build: Encodable {
    var products: Int
    var events: Int
    var baskets: Int
    var rejected: Int
    var stages: [BuildSummary.Stage]
    var finished: Double
  }

  func add(to router: Router<ShopContext>) {
    router.get("/v1/overview") { _, _ in
      let server = server
      return JSON.response(try await Offload.run { try overview(server) })
    }
  }

  private func overview(_ server: ShopServer) throws -> Overview {
    let shop = server.shop
    let figures = shop.figures
    let now = server.now()
    let totals = server.metrics.totals
    let build = try BuildSummary.last(of: shop.store)
    return Overview(
      products: figures.products, texts: figures.vectors, waiting: figures.waiting,
      recent: figures.recent, built: figures.built, model: shop.model,
      uptime: server.metrics.uptime(now: now), memory: ServerMetrics.residentMemory,
      requests: totals.requests, failures: totals.failures,
      events: try shop.store.eventTotals(since: now - 7 * 86_400),
      eventTotal: try shop.store.eventCount(), lastEvent: try shop.store.lastEventTime(),
      trained: try ShopEvaluation.lastTraining(of: shop.store), version: AkinVersion.current,
      eventDays: try shop.store.eventDays(14, until: now),
      latency: server.metrics.routes(), rules: shop.rules.count, rankers: shop.rankerNames,
      lastBuild: build.map {
        Build(
          products: $0.products, events: $0.events, baskets: $0.baskets, rejected: $0.rejected,
          stages: $0.stages, finished: $0.finished)
      },
      quality: try QualityRecord.load(from: shop.store))
  }
}
