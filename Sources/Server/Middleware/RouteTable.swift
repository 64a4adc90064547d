internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// The methods of each address, to tell a wrong method (405) from an address that is none (404).
final class RouteTable: Sendable {
  private struct Entry {
    var segments: [Substring]
    var methods: Set<String>
  }

  private let entries: Mutex<[Entry]> = Mutex([])

  /// Takes the routes of a router, once all are there.
  func fill(_ routes: [Router<ShopContext>.RouteDescription]) {
    var methods: [String: Set<String>] = [:]
    for route in routes {
      methods[route.path.description, default: []].insert(route.method.rawValue)
      // The router answers it wherever there is a GET.
      if route.method == .get { methods[route.path.description]?.insert("HEAD") }
    }
    entries.withLock {
      $0 = methods.map { Entry(segments: $0.key.split(separator: "/"), methods: $0.value) }
    }
  }

  /// The methods of the address, in alphabetical order; none where there is no such address.
  func methods(of path: String) -> [String] {
    let segments = path.split(separator: "/")
    let found = entries.withLock { $0 }.filter { entry in
      entry.segments.count == segments.count
        && zip(entry.segments, segments).allSatisfy {
          $0 == $1 || $0.hasPrefix(":") || $0.hasPrefix("{")
        }
    }
    // As the router has it: what is named in full comes before what takes any name.
    let named = found.filter { $0.segments == segments }
    return (named.isEmpty ? found : named)
      .reduce(into: Set<String>()) { $0.formUnion($1.methods) }.sorted()
  }
}
