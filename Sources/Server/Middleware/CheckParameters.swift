internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Refuses parameters that a route does not know: a mistyped `brnd=` would otherwise be a filter that
/// silently does not filter. What a route knows is what the API's description says of it.
struct CheckParameters: RouterMiddleware {
  typealias Context = ShopContext

  func handle(
    _ request: Request, context: ShopContext,
    next: (Request, ShopContext) async throws -> Response
  ) async throws -> Response {
    if request.uri.query?.isEmpty == false, let route = context.endpointPath {
      let method = request.method == .head ? "GET" : request.method.rawValue
      if let known = Self.known["\(method) \(route)"] {
        for (name, _) in request.uri.queryParameters where !known.contains(String(name)) {
          throw Problem.field(
            String(name.prefix(64)),
            known.isEmpty
              ? "is not known here, which takes no parameters"
              : "is not known here; there are \(known.sorted().joined(separator: ", "))")
        }
      }
    }
    return try await next(request, context)
  }

  /// For each route, such as `GET /v1/products/{id}`, the names of its parameters.
  static let known: [String: Set<String>] = {
    guard
      let document = try? JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)),
      let paths = (document as? [String: Any])?["paths"] as? [String: [String: Any]]
    else { return [:] }
    let shared = ((document as? [String: Any])?["components"] as? [String: Any])?["parameters"]
    func names(_ list: Any?) -> [String] {
      (list as? [[String: Any]] ?? []).compactMap { entry in
        let name = (entry["$ref"] as? String)?.split(separator: "/").last.map(String.init)
        let parameter = name.flatMap { (shared as? [String: [String: Any]])?[$0] } ?? entry
        return parameter["in"] as? String == "query" ? parameter["name"] as? String : nil
      }
    }
    var known: [String: Set<String>] = [:]
    for (path, item) in paths {
      for (method, operation) in item where method != "parameters" {
        let own = names((operation as? [String: Any])?["parameters"])
        known["\(method.uppercased()) \(path)"] = Set(names(item["parameters"]) + own)
      }
    }
    return known
  }()
}
