internal import AkinEngine
internal import AkinStorage
public import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The shop over HTTP: the API, the pages, the probes and the metrics of one process.
public final class ShopServer: Sendable {
  let shop: LiveShop
  let options: ServerOptions
  let metrics: ServerMetrics
  let jobs: JobRunner
  let map: MapCache
  let now: @Sendable () -> Double
  private let charts: PageRoutes.Page?
  private let logger: Logger
  /// Keeps a second server away from the folder while this one lives.
  private let lock: ShopLock?
  // Of the server, not of a router: what a client has used up outlives the application.
  private let keys = KeyCache()
  private let limiter = RateLimiter()

  /// Opens or makes the shop in `directory`, loads its encoder, and is ready to ``run()``.
  ///
  /// - Throws: `StorageError`; `EncoderError`; `EngineError`.
  public convenience init(directory: URL, options: ServerOptions, logger: Logger) throws {
    let shop = try LiveShop.open(directory: directory)
    try self.init(
      shop: shop, options: options, logger: logger, lock: shop.store.lock(for: .serve))
  }

  init(
    shop: LiveShop, options: ServerOptions, logger: Logger, lock: ShopLock? = nil,
    charts: PageRoutes.Page? = PageRoutes.installedCharts,
    now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) {
    self.charts = charts
    map = MapCache(shop: shop)
    self.shop = shop
    self.lock = lock
    self.options = options
    self.logger = logger
    self.now = now
    metrics = ServerMetrics(started: now())
    jobs = JobRunner(shop: shop, now: now)
  }

  /// Serves until the process is asked to stop (`SIGTERM`, `SIGINT`); requests under way are
  /// answered first.
  ///
  /// - Parameter onReady: called with the port once connections are taken.
  public func run(onReady: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
    let maintenance = Task { await maintain() }
    defer { maintenance.cancel() }
    do {
      try await application(server: try protocols(), onReady: onReady).runService()
    } catch let error as IOError {
      throw ConfigurationError(
        place: "\(options.host):\(options.port)",
        message: "cannot be listened on (\(String(cString: strerror(error.errnoCode)))); "
          + "choose another --host or --port")
    }
    do { try shop.saveExposures() } catch {
      logger.error("stopping", metadata: ["error": "\(ProblemMapping.forLog(error))"])
    }
    let hasEnded = await jobs.cancelAll(within: .seconds(10))
    shop.close()
    guard hasEnded else {
      // A part of a training that cannot be stopped. Everything acknowledged is on the disk, and the
      // job is closed by the next start; to leave in the usual way would take the libraries that it
      // computes with away from under it.
      logger.info("a job is left where it is")
      _exit(0)
    }
  }

  private static let http = HTTPServerBuilder.http1(
    configuration: .init(idleTimeout: .seconds(60)))

  /// HTTP, or HTTPS where there is a certificate.
  private func protocols() throws -> HTTPServerBuilder {
    guard let files = options.tls else { return Self.http }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
      let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      return try .tls(Self.http, tlsConfiguration: configuration)
    } catch {
      throw ConfigurationError(
        place: "tls",
        message:
          "\(files.certificate) and \(files.privateKey) must be a PEM certificate and its key")
    }
  }

  func application(
    server: HTTPServerBuilder = ShopServer.http,
    onReady: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> some ApplicationProtocol {
    Application(
      router: router(),
      server: server,
      configuration: .init(
        address: .hostname(options.host, port: options.port), serverName: "akin", backlog: 1024),
      onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) },
      logger: logger)
  }

  func router() -> Router<ShopContext> {
    let router = Router(context: ShopContext.self, options: [.autoGenerateHeadEndpoints])
    let routes = RouteTable()
    router.add(middleware: ObserveRequests(metrics: metrics, routes: routes))
    router.add(
      middleware: CheckKeys(
        store: shop.store, options: options, cache: keys, limiter: limiter, now: now))
    router.add(middleware: CheckParameters())
    HealthRoutes(server: self).add(to: router)
    ProductRoutes(server: self).add(to: router)
    ShelfRoutes(server: self).add(to: router)
    SearchRoutes(server: self).add(to: router)
    EventRoutes(server: self).add(to: router)
    RuleRoutes(server: self).add(to: router)
    JobRoutes(server: self).add(to: router)
    ExperimentRoutes(server: self).add(to: router)
    EmbeddingRoutes(server: self).add(to: router)
    OverviewRoutes(server: self).add(to: router)
    MapRoutes(server: self).add(to: router)
    EvaluationRoutes(server: self).add(to: router)
    PageRoutes(charts: charts).add(to: router)
    routes.fill(router.routes)
    return router
  }

  /// Every second, twice as often where other servers share the shop: takes over what other processes
  /// did, rebuilds where it pays.
  private func maintain() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(shop.store.isShared ? 0.5 : 1))
      do {
        let shop = shop
        try await Offload.run {
          try shop.catchUp()
          try shop.saveExposures()
        }
        if shop.wantsRebuild { _ = try jobs.start(.rebuild) }
      } catch is Problem {
        // A job of this kind is running already.
      } catch {
        logger.error("maintenance", metadata: ["error": "\(ProblemMapping.forLog(error))"])
      }
      if let failure = shop.takeFailure() {
        logger.error("encoding", metadata: ["error": "\(failure)"])
      }
    }
  }
}
