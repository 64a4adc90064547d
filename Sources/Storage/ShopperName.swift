/// Who did something: one of the three names a shop may give a shopper.
public enum ShopperName: Sendable, Hashable {
  /// A known customer.
  case user(String)
  /// A browser or device.
  case visitor(String)
  /// One visit; an order that names nobody counts as one.
  case session(String)

  /// The name itself.
  public var value: String {
    switch self {
    case .user(let name), .visitor(let name), .session(let name): name
    }
  }

  /// The kind of name, as the store keeps it.
  var kind: String {
    switch self {
    case .user: "user"
    case .visitor: "visitor"
    case .session: "session"
    }
  }

  /// The column of events that holds names of this kind; `user` is a word of SQL's own.
  var column: String { "\"\(kind)\"" }

  init?(kind: String, value: String) {
    switch kind {
    case "user": self = .user(value)
    case "visitor": self = .visitor(value)
    case "session": self = .session(value)
    default: return nil
    }
  }
}
