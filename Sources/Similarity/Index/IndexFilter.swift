/// Which items a search may return.
///
/// A filter on an attribute passes only items that have it, of the type asked for:
/// ``not(_:)`` of it therefore passes the items without it as well.
///
/// ```swift
/// let filter: IndexFilter = .all([
///   .pathPrefix("category", ["Home", "Kitchen"]), .range("price", 20...50), .flag("inStock", true),
///   .not(.identifiers(["the one on show"])),
/// ])
/// ```
public indirect enum IndexFilter: Sendable, Hashable {
  /// A text that equals `value`, or texts among which it is.
  case equals(_ name: String, _ value: String)
  /// A text that is one of `values`, or texts of which one is.
  case oneOf(_ name: String, _ values: Set<String>)
  /// A number within the closed range; its ends may be infinite.
  case range(_ name: String, ClosedRange<Double>)
  /// A flag with this value.
  case flag(_ name: String, Bool)
  /// Texts that begin with `prefix`: a category and all below it. A single text counts as a path of
  /// one.
  case pathPrefix(_ name: String, _ prefix: [String])
  /// The items of these identifiers.
  case identifiers(Set<String>)
  /// Passes what passes each; everything, if there are none.
  case all([IndexFilter])
  /// Passes what passes at least one; nothing, if there are none.
  case any([IndexFilter])
  /// Passes what `filter` does not.
  case not(IndexFilter)

  /// Everything but the items of these identifiers: the explicit exclude list.
  public static func excluding(_ identifiers: Set<String>) -> IndexFilter {
    .not(.identifiers(identifiers))
  }

  /// The definition: whether an item of this identifier and these attributes passes.
  public func passes(id: String, attributes: [String: IndexAttribute]) -> Bool {
    switch self {
    case .equals(let name, let value):
      Self.texts(attributes[name])?.contains(value) ?? false
    case .oneOf(let name, let values):
      Self.texts(attributes[name])?.contains(where: values.contains) ?? false
    case .range(let name, let range):
      if case .number(let number)? = attributes[name] { range.contains(number) } else { false }
    case .flag(let name, let wanted):
      if case .flag(let flag)? = attributes[name] { flag == wanted } else { false }
    case .pathPrefix(let name, let prefix):
      Self.texts(attributes[name])?.starts(with: prefix) ?? false
    case .identifiers(let identifiers): identifiers.contains(id)
    case .all(let filters):
      filters.allSatisfy { $0.passes(id: id, attributes: attributes) }
    case .any(let filters):
      filters.contains { $0.passes(id: id, attributes: attributes) }
    case .not(let filter): !filter.passes(id: id, attributes: attributes)
    }
  }

  private static func texts(_ attribute: IndexAttribute?) -> [String]? {
    switch attribute {
    case .text(let text)?: [text]
    case .texts(let texts)?: texts
    default: nil
    }
  }
}
