internal import AkinStorage
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Synchronization

/// Lets in who has a key that is good for the route, from where it may be used, and not too often.
///
/// Without keys, on a loopback address, everybody on this machine is let in; a page from elsewhere
/// that a browser on this machine shows is not, because its requests name another host or origin.
struct CheckKeys: RouterMiddleware {
  typealias Context = ShopContext
  let store: ShopStore
  let options: ServerOptions
  let cache: KeyCache
  let limiter: RateLimiter
  let now: @Sendable () -> Double

  func handle(
    _ request: Request, context: ShopContext,
    next: (Request, ShopContext) async throws -> Response
  ) async throws -> Response {
    if request.method == .options, let origin = request.headers[.origin] {
      return try preflight(origin)
    }
    var context = context
    let key = try key(of: request)
    if let key {
      context.role = key.role
      context.keyID = key.id
      context.logger[metadataKey: "key"] = .string(key.id)
    } else if options.asksForKeys {
      guard Access.isPublic(request.uri.path) else {
        throw Problem(
          .unauthorized, "key-required",
          "send a key as Authorization: Bearer …; make one with akin key add")
      }
    } else {
      try checkLocal(request)
      context.role = .admin
    }
    try checkRate(key, context)
    if let needed = Access.needed(for: request.method, request.uri.path) {
      guard let role = context.role, needed.contains(role) else {
        throw Problem(.forbidden, "role", "this key's role does not allow it")
      }
    }
    var response = try await next(request, context)
    if let origin = request.headers[.origin], let key, key.role == .browser {
      response.headers[.accessControlAllowOrigin] = origin
      response.headers[.vary] = "Origin"
      response.headers[.accessControlExposeHeaders] = "X-Request-Id"
    }
    return response
  }

  private func key(of request: Request) throws -> StoredKey? {
    var secret = request.headers[.apiKey]
    if let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") {
      secret = String(header.dropFirst(7))
    }
    guard let secret, secret.utf8.count <= 200 else { return nil }
    let digest = ServerKeys.digest(secret)
    guard let key = try cache.key(digest, in: store, now: now()), key.revoked == nil else {
      throw Problem(.unauthorized, "unknown-key", "the key is unknown or revoked")
    }
    if key.role == .browser, let origin = request.headers[.origin],
      !key.origins.contains(origin)
    {
      throw Problem(.forbidden, "origin", "this key is not for pages of this origin")
    }
    return key
  }

  private func preflight(_ origin: String) throws -> Response {
    let isKnown = try store.keys().contains {
      $0.role == .browser && $0.revoked == nil && $0.origins.contains(origin)
    }
    guard isKnown else {
      throw Problem(.forbidden, "origin", "no browser key is for pages of this origin")
    }
    return Response(
      status: .noContent,
      headers: [
        .accessControlAllowOrigin: origin, .vary: "Origin",
        .accessControlAllowMethods: "GET, POST",
        .accessControlAllowHeaders: "Authorization, Content-Type, X-Api-Key, X-Request-Id",
        .accessControlMaxAge: "600",
      ])
  }

  private func checkLocal(_ request: Request) throws {
    func isLocal(_ host: String) -> Bool {
      ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
    }
    let authority = request.head.authority ?? "localhost"
    let host = URLComponents(string: "http://" + authority)?.host ?? ""
    guard isLocal(host) else {
      throw Problem(.forbidden, "host", "without keys only localhost is served")
    }
    guard let origin = request.headers[.origin] else { return }
    guard isLocal(URLComponents(string: origin)?.host ?? "") else {
      throw Problem(.forbidden, "origin", "without keys only pages of localhost are served")
    }
  }

  private func checkRate(_ key: StoredKey?, _ context: ShopContext) throws {
    let isBrowser = key?.role == .browser
    guard let rate = isBrowser ? options.browserRequestsPerSecond : options.requestsPerSecond
    else { return }
    let client = isBrowser ? "address \(context.address)" : "key \(key?.id ?? context.address)"
    guard let seconds = limiter.wait(for: client, rate: rate, now: now()) else { return }
    var problem = Problem(.tooManyRequests, "rate", "too many requests; slow down")
    problem.retryAfter = max(1, Int(seconds.rounded(.up)))
    throw problem
  }
}

/// Which role a route asks for.
enum Access {
  /// Whether the path needs no key even where keys are asked for: probes, and pages without data.
  static func isPublic(_ path: String) -> Bool {
    path == "/" || path == "/demo" || path.hasPrefix("/health/") || path.hasPrefix("/assets/")
      || path == "/v1/openapi.json"
  }

  /// The roles that may use a route, `nil` for everybody.
  static func needed(for method: HTTPRequest.Method, _ path: String) -> Set<KeyRole>? {
    if isPublic(path) { return nil }
    if path == "/v1/events" { return [.admin, .write, .browser] }
    if path == "/v1/recommend" || path == "/v1/search" || path == "/v1/suggest"
      || path.hasSuffix("/similar")
    {
      return [.admin, .write, .read, .browser]
    }
    for prefix in [
      "/v1/keys", "/v1/jobs", "/v1/shoppers", "/v1/rules", "/v1/overview", "/v1/experiments",
      "/v1/attribution", "/v1/evaluation",
    ]
    where path.hasPrefix(prefix) { return [.admin] }
    if path == "/metrics" { return [.admin, .read] }
    if path == "/v1/embeddings" || method == .get { return [.admin, .write, .read] }
    return [.admin, .write]
  }
}

/// Keys looked up lately: a revoked one is noticed within a second.
final class KeyCache: Sendable {
  private let entries: Mutex<[[UInt8]: (key: StoredKey?, time: Double)]> = Mutex([:])

  func key(_ digest: [UInt8], in store: ShopStore, now: Double) throws -> StoredKey? {
    if let entry = entries.withLock({ $0[digest] }), abs(now - entry.time) < 1 { return entry.key }
    let key = try store.key(digest: digest)
    entries.withLock { entries in
      if entries.count > 10_000 { entries.removeAll() }
      entries[digest] = (key, now)
    }
    return key
  }
}
