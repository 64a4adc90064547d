internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// The outermost layer: gives each request its id, turns every error into an answer, measures and
/// logs. The log names routes and keys, never identifiers of products or shoppers.
struct ObserveRequests: RouterMiddleware {
  typealias Context = ShopContext
  let metrics: ServerMetrics
  let routes: RouteTable

  func handle(
    _ request: Request, context: ShopContext,
    next: (Request, ShopContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    context.requestID = Self.identifier(request.headers[.requestID])
    context.logger[metadataKey: "request_id"] = .string(context.requestID)
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = answer(error, request, context)
    }
    response.headers[.requestID] = context.requestID
    response.headers[.contentTypeOptions] = "nosniff"
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    note(request, context, response, seconds: (ContinuousClock.now - start) / .seconds(1))
    return response
  }

  private func answer(_ error: any Error, _ request: Request, _ context: ShopContext) -> Response {
    var problem = ProblemMapping.problem(error)
    if let error = error as? HTTPError, error.status == .notFound {
      let methods = routes.methods(of: request.uri.path)
      if !methods.isEmpty { problem = .method(of: methods) }
    }
    problem.requestID = context.requestID
    if problem.code >= 500 {
      context.logger.error("failed", metadata: ["error": "\(ProblemMapping.forLog(error))"])
    }
    return problem.response(from: request, context: context)
  }

  private func note(
    _ request: Request, _ context: ShopContext, _ response: Response, seconds: Double
  ) {
    let route = context.endpointPath ?? "unknown"
    metrics.record(
      method: request.method.rawValue, path: route, status: response.status.code, seconds: seconds)
    let level: Logger.Level = response.status.code >= 500 ? .error : .debug
    context.logger.log(
      level: level, "answered",
      metadata: [
        "method": "\(request.method.rawValue)", "route": "\(route)",
        "status": "\(response.status.code)", "ms": "\((seconds * 1e5).rounded() / 100)",
      ])
  }

  /// The client's own id where it is a plain word, else a new one.
  private static func identifier(_ given: String?) -> String {
    if let given, (1...64).contains(given.utf8.count),
      given.utf8.allSatisfy({ $0.isWordByte })
    {
      return given
    }
    return String(UInt64.random(in: .min ... .max), radix: 36)
  }
}

extension UInt8 {
  fileprivate var isWordByte: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
      || self == 0x2D || self == 0x5F || self == 0x2E
  }
}

extension HTTPField.Name {
  static let requestID = HTTPField.Name("X-Request-Id")!
  static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
  static let apiKey = HTTPField.Name("X-Api-Key")!
}
