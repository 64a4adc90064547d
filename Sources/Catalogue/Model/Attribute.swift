/// A named, typed property of a product.
///
/// In JSON it is one flat object, so that a reader who knows no units still gets the value as the
/// shop wrote it:
/// ```json
/// {"name": "colour", "value": "black"}
/// {"name": "size", "value": "128GB", "quantity": 128000000000, "dimension": "storage"}
/// ```
public struct Attribute: Sendable, Hashable, Codable {
  /// The name in the feed (`colour`, `容量`).
  public var name: String
  /// The value, typed.
  public var value: AttributeValue

  /// Creates an attribute.
  public init(name: String, value: AttributeValue) {
    self.name = name
    self.value = value
  }
}

/// What an attribute can hold.
///
/// In JSON: a string, a number, a boolean, an array of strings, and for a quantity an object as in
/// ``Attribute``, without the name.
public enum AttributeValue: Sendable, Hashable, Codable {
  case text(String)
  case number(Double)
  /// A number with a unit, in the unit's base (grams, millilitres, metres, bytes, watts …).
  case quantity(Quantity)
  case boolean(Bool)
  case list([String])
}

extension Attribute {
  private enum Key: String, CodingKey { case name, value, quantity, dimension }

  /// Reads the form that ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    value =
      if container.contains(.dimension) {
        .quantity(try Quantity(from: decoder))
      } else {
        try container.decode(AttributeValue.self, forKey: .value)
      }
  }

  /// Writes `name` and `value`, for a quantity also its number in the base unit and its dimension.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    switch value {
    case .text(let text): try container.encode(text, forKey: .value)
    case .number(let number): try container.encode(number, forKey: .value)
    case .boolean(let flag): try container.encode(flag, forKey: .value)
    case .list(let names): try container.encode(names, forKey: .value)
    case .quantity(let quantity):
      try container.encode(quantity.written, forKey: .value)
      try container.encode(quantity.value, forKey: .quantity)
      try container.encode(quantity.dimension.rawValue, forKey: .dimension)
    }
  }
}

extension AttributeValue {
  /// Reads the form that ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Quantity.CodingKeys.self),
      container.contains(.dimension)
    {
      self = .quantity(try Quantity(from: decoder))
      return
    }
    let container = try decoder.singleValueContainer()
    // The attempts are the look at the value's type that a decoder does not offer; the last one
    // throws for what is none of them.
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let flag = try? container.decode(Bool.self) {
      self = .boolean(flag)
    } else {
      self = .list(try container.decode([String].self))
    }
  }

  /// Writes the value alone.
  public func encode(to encoder: any Encoder) throws {
    if case .quantity(let quantity) = self { return try quantity.encode(to: encoder) }
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .boolean(let flag): try container.encode(flag)
    case .list(let names): try container.encode(names)
    case .quantity: break
    }
  }
}

extension Quantity {
  enum CodingKeys: String, CodingKey {
    case written = "value"
    case value = "quantity"
    case dimension
  }
}
