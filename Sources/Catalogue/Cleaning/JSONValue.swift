/// A JSON value nested in a field (category trees, image lists, items of an event).
///
/// Small on purpose: whole JSON feeds are read by simdjson; this reads the odd cell of a CSV.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the text.
  case object([(String, JSONValue)])

  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
    default: false
    }
  }

  /// Parses `bytes`; `nil` when they are not one JSON value or nest deeper than 64 levels.
  package static func parse(_ bytes: FieldBytes) -> JSONValue? {
    var parser = JSONCellParser(bytes: bytes)
    return parser.document()
  }

  /// The first member of an object with one of these names (given in lower case).
  package func member(_ names: String...) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for name in names {
      if let found = members.first(where: { $0.0.lowercased() == name }) { return found.1 }
    }
    return nil
  }

  /// A string or number as text.
  package var scalarText: String? {
    switch self {
    case .string(let text): text
    case .number(let number): NumberText.write(number)
    case .boolean(let flag): flag ? "true" : "false"
    default: nil
    }
  }
}

/// Numbers as text without a trailing `.0`.
package enum NumberText {
  /// With thousands separated, so that long counts can be read.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, result != "-" { result.append(",") }
      result.append(digit)
    }
    return result
  }

  package static func write(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}

private struct JSONCellParser {
  let bytes: FieldBytes
  var index = 0

  mutating func document() -> JSONValue? {
    guard let value = value(depth: 0) else { return nil }
    skipBlanks()
    return index == bytes.count ? value : nil
  }

  private mutating func skipBlanks() {
    while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) -> JSONValue? {
    let end = index + text.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes.part(index, end).elementsEqual(
        UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    else { return nil }
    index = end
    return value
  }

  private mutating func value(depth: Int) -> JSONValue? {
    skipBlanks()
    guard depth < 64, index < bytes.count else { return nil }
    switch bytes[index] {
    case 0x22: return string().map(JSONValue.string)
    case 0x5B: return array(depth)
    case 0x7B: return object(depth)
    case 0x74: return word("true", .boolean(true))
    case 0x66: return word("false", .boolean(false))
    case 0x6E: return word("null", .null)
    default:
      let start = index
      while index < bytes.count,
        bytes[index].isDigit || [0x2D, 0x2B, 0x2E, 0x65, 0x45].contains(bytes[index])
      { index += 1 }
      return DecimalText.parse(bytes.part(start, index)).map(JSONValue.number)
    }
  }

  private mutating func array(_ depth: Int) -> JSONValue? {
    index += 1
    var elements: [JSONValue] = []
    if take(0x5D) { return .array([]) }
    repeat {
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
    } while take(0x2C)
    return take(0x5D) ? .array(elements) : nil
  }

  private mutating func object(_ depth: Int) -> JSONValue? {
    index += 1
    var members: [(String, JSONValue)] = []
    if take(0x7D) { return .object([]) }
    repeat {
      skipBlanks()
      guard index < bytes.count, bytes[index] == 0x22, let name = string(), take(0x3A),
        let member = value(depth: depth + 1)
      else { return nil }
      members.append((name, member))
    } while take(0x2C)
    return take(0x7D) ? .object(members) : nil
  }

  private mutating func string() -> String? {
    index += 1
    var output: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x22 { return String(decoding: output, as: UTF8.self) }
      guard byte == 0x5C else {
        output.append(byte)
        continue
      }
      guard index < bytes.count else { return nil }
      let escape = bytes[index]
      index += 1
      switch escape {
      case 0x6E: output.append(0x0A)
      case 0x74: output.append(0x09)
      case 0x72: output.append(0x0D)
      case 0x62: output.append(0x08)
      case 0x66: output.append(0x0C)
      case 0x75:
        guard let scalar = escapedScalar() else { return nil }
        output.append(contentsOf: String(scalar).utf8)
      case 0x22, 0x5C, 0x2F: output.append(escape)
      default: return nil
      }
    }
    return nil
  }

  private mutating func fourDigits() -> UInt32? {
    guard index + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in bytes.part(index, index + 4) {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    index += 4
    return unit
  }

  /// A lone half of a surrogate pair becomes U+FFFD.
  private mutating func escapedScalar() -> Unicode.Scalar? {
    guard let unit = fourDigits() else { return nil }
    guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    guard index + 2 <= bytes.count, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else {
      return "\u{FFFD}"
    }
    index += 2
    guard let low = fourDigits() else { return nil }
    guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
    return Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
  }
}
