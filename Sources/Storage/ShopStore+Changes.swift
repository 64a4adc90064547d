public import AkinCatalogue
internal import Foundation

/// What other servers did to a shared shop since a server looked last.
public struct ForeignChanges: Sendable {
  /// Where to go on from.
  public var position: Int
  /// Events that came in elsewhere, in the order of arrival.
  public var events: [Event] = []
  /// Identifiers of products that were written or removed.
  public var products: Set<String> = []
  /// Whether a shopper was erased: what is kept of shoppers must be read anew.
  public var hasErasure = false
  /// Whether the lists of live baskets were replaced.
  public var hasBaskets = false
  /// Whether the lists of content or the whole catalogue were replaced, or notes were missed:
  /// everything must be read anew.
  public var isReplaced = false
}

/// A note for the other servers.
enum StoreChange {
  case events(after: Int, through: Int)
  case products([String])
  case shoppers
  case lists(NeighbourSource)
  case catalogue

  var kind: String {
    switch self {
    case .events: "events"
    case .products: "products"
    case .shoppers: "shoppers"
    case .lists: "lists"
    case .catalogue: "catalogue"
    }
  }

  /// Ordinals and identifiers of products: nothing of shoppers is written twice.
  func body() throws -> String {
    switch self {
    case .events(let after, let through): "\(after) \(through)"
    case .products(let ids): String(decoding: try JSONEncoder().encode(ids), as: UTF8.self)
    case .lists(let source): source.rawValue
    case .shoppers, .catalogue: ""
    }
  }
}

extension ShopStore {
  /// Seconds for which notes are kept. A server that was away for longer reads everything anew.
  private static var memory: Double { 3_600 }

  /// Leaves a note for other servers, in the transaction of the change itself.
  func note(_ change: StoreChange, _ database: any SQLSession) throws {
    guard isShared else { return }
    try database.execute(
      """
      INSERT INTO change (origin, kind, body, time)
      VALUES (?, ?, ?, extract(epoch FROM clock_timestamp()))
      """, [origin, change.kind, try change.body()])
    try database.execute(
      "DELETE FROM change WHERE time < extract(epoch FROM clock_timestamp()) - ?", [Self.memory])
  }

  /// Where ``foreignChanges(after:)`` begins for a server that reads everything from now on.
  public func lastChange() throws(StorageError) -> Int {
    guard isShared else { return 0 }
    return try read { try $0.value("SELECT coalesce(max(position), 0) FROM change") ?? 0 }
  }

  /// What other servers, and builds, changed behind `position`; `nil` where there is nothing. A shop
  /// in a folder has one server, and nobody else.
  public func foreignChanges(after position: Int) throws(StorageError) -> ForeignChanges? {
    guard isShared else { return nil }
    var spans: [ClosedRange<Int>] = []
    let found = try read { database -> ForeignChanges? in
      var changes = ForeignChanges(position: position)
      let first: Int = try database.value("SELECT coalesce(min(position), 0) FROM change") ?? 0
      changes.isReplaced = first > position + 1
      try database.forEachRow(
        "SELECT position, origin, kind, body FROM change WHERE position > ? ORDER BY position",
        [position]
      ) { row in
        changes.position = try row[0]
        guard try row[1] as String != origin else { return }
        let body: String = try row[3]
        switch try row[2] as String {
        case "events":
          let numbers = body.split(separator: " ").compactMap { Int($0) }
          if numbers.count == 2, numbers[0] < numbers[1] {
            spans.append(numbers[0] + 1...numbers[1])
          }
        case "products":
          changes.products.formUnion(try JSONDecoder().decode([String].self, from: Data(body.utf8)))
        case "shoppers": changes.hasErasure = true
        case "lists" where body == NeighbourSource.live.rawValue: changes.hasBaskets = true
        default: changes.isReplaced = true
        }
      }
      return changes.position > position ? changes : nil
    }
    guard var found else { return nil }
    for span in spans { found.events += try events(in: span) }
    return found
  }
}
