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

  /// The column, or the value of `kind`, under which the store keeps the name.
  var column: String {
    switch self {
    case .user: "user"
    case .visitor: "visitor"
    case .session: "session"
    }
  }

  init?(column: String, value: String) {
    switch column {
    case "user": self = .user(value)
    case "visitor": self = .visitor(value)
    case "session": self = .session(value)
    default: return nil
    }
  }
}
