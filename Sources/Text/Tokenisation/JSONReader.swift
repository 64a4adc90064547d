#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A JSON value of a configuration file.
enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self, let value = members[key], value != .null else {
      return nil
    }
    return value
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  var integer: Int? {
    if case .number(let value) = self { Int(exactly: value) } else { nil }
  }
}

/// Reads JSON straight from bytes, one value at a time.
///
/// A vocabulary of 250,000 pieces is read without making an object for each of them, which is why
/// this exists beside Foundation's decoder: that takes seconds for the same file.
struct JSONReader {
  /// The text breaks JSON's grammar at a byte.
  struct Failure: Error {
    var offset: Int
    var reason: String
  }

  private static let deepest = 64

  let text: UnsafeBufferPointer<UInt8>
  private(set) var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
  }

  /// The next byte that is no white space, without taking it.
  mutating func peek() -> UInt8? {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }

  mutating func expect(_ byte: Unicode.Scalar) throws(Failure) {
    guard peek() == UInt8(ascii: byte) else { throw failure("'\(byte)' is expected.") }
    position += 1
  }

  private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Nothing but white space may follow.
  mutating func end() throws(Failure) {
    if peek() != nil { throw failure("The document goes on after its end.") }
  }

  /// Reads an object, handing each key to `member`, which must read the value.
  mutating func object(_ member: (inout JSONReader, String) throws -> Void) throws {
    try expect("{")
    if skip("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while skip(",")
    try expect("}")
  }

  /// Reads an array, calling `element` to read each value.
  mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
    try expect("[")
    if skip("]") { return }
    repeat { try element(&self) } while skip(",")
    try expect("]")
  }

  /// Reads any value.
  mutating func value(depth: Int = 0) throws -> JSONValue {
    guard depth < Self.deepest else { throw failure("Values are nested too deeply.") }
    switch peek() {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try object { (reader: inout JSONReader, key: String) in
        members[key] = try reader.value(depth: depth + 1)
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try array { elements.append(try $0.value(depth: depth + 1)) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func literal(
    _ word: StaticString, _ value: JSONValue
  ) throws(Failure) -> JSONValue {
    let length = word.utf8CodeUnitCount
    guard text.count - position >= length else { throw failure("The document ends too early.") }
    for offset in 0..<length where text[position + offset] != word.utf8Start[offset] {
      throw failure("A value is expected.")
    }
    position += length
    return value
  }

  /// Reads a number.
  mutating func number() throws(Failure) -> Double {
    _ = peek()
    let start = position
    while position < text.count, isNumberByte(text[position]) { position += 1 }
    let length = position - start
    guard length > 0, length < 64 else {
      position = start
      throw failure("A value is expected.")
    }
    let parsed = withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) {
      buffer -> Double? in
      for offset in 0..<length { buffer[offset] = CChar(bitPattern: text[start + offset]) }
      buffer[length] = 0
      guard let base = buffer.baseAddress else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(base, &end)
      return end == base + length && value.isFinite ? value : nil
    }
    guard let parsed else {
      position = start
      throw failure("A number is malformed.")
    }
    return parsed
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }

  /// Reads a string.
  mutating func string() throws(Failure) -> String {
    var bytes: [UInt8] = []
    try string(into: &bytes)
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw failure("A string is no valid UTF-8.")
    }
    return string
  }

  /// Reads a string and appends its bytes, escapes resolved.
  mutating func string(into bytes: inout [UInt8]) throws(Failure) {
    try expect("\"")
    var start = position
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        bytes.append(contentsOf: text[start..<position])
        position += 1
        return
      case UInt8(ascii: "\\"):
        bytes.append(contentsOf: text[start..<position])
        position += 1
        try escape(into: &bytes)
        start = position
      case 0..<0x20: throw failure("A string holds a bare control character.")
      default: position += 1
      }
    }
    throw failure("A string has no end.")
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(Failure) {
    guard position < text.count else { throw failure("A string has no end.") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "u"):
      var value = try hexadecimal()
      if value & 0xFC00 == 0xD800 {
        guard text.count - position >= 6, text[position] == UInt8(ascii: "\\"),
          text[position + 1] == UInt8(ascii: "u")
        else { throw failure("An escape is half a surrogate pair.") }
        position += 2
        let low = try hexadecimal()
        guard low & 0xFC00 == 0xDC00 else { throw failure("An escape is half a surrogate pair.") }
        value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw failure("An escape is half a surrogate pair.")
      }
      bytes.append(contentsOf: UTF8.encode(scalar)!)
    default: throw failure("An escape is unknown.")
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard text.count - position >= 4 else { throw failure("A string has no end.") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit = text[position]
      switch digit {
      case 0x30...0x39: value = value << 4 | UInt32(digit - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(digit - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(digit - 0x57)
      default: throw failure("An escape is no hexadecimal number.")
      }
      position += 1
    }
    return value
  }
}
