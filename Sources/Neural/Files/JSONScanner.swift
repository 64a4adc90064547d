/// Reads the pieces of JSON (RFC 8259) that a safetensors header consists of.
///
/// A general parser would hide what the format forbids: duplicate names and numbers that are not
/// whole. The input is known to be UTF-8.
struct JSONScanner {
  struct Failure: Error {
    let offset: Int
    let expected: String
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func failure(_ expected: String) -> Failure { Failure(offset: offset, expected: expected) }

  /// The next byte that is no white space, which stays.
  mutating func peek() -> UInt8? {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return bytes[offset]
      }
    }
    return nil
  }

  /// Takes the next byte if it is this one.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    guard take(character) else { throw failure("'\(character)'") }
  }

  /// `{ "name": …, … }`; `body` reads each value.
  mutating func object<E: Error>(
    _ wrap: (Failure) -> E,
    _ body: (inout JSONScanner, String) throws(E) -> Void
  ) throws(E) {
    do { try expect("{") } catch { throw wrap(error) }
    if take("}") { return }
    repeat {
      let name: String
      do {
        name = try string()
        try expect(":")
      } catch { throw wrap(error) }
      try body(&self, name)
    } while take(",")
    do { try expect("}") } catch { throw wrap(error) }
  }

  /// `"…"`, its escapes decoded.
  mutating func string() throws(Failure) -> String {
    guard take("\"") else { throw failure("a string") }
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        offset += 1
        text.append(contentsOf: try escape().utf8)
      case 0..<0x20: throw failure("no control character")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw failure("the end of a string")
  }

  private mutating func escape() throws(Failure) -> String {
    guard offset < bytes.count else { throw failure("an escape") }
    let kind = bytes[offset]
    offset += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(Unicode.Scalar(kind))
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an escape")
    }
  }

  private mutating func unicodeEscape() throws(Failure) -> String {
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]) {
      guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
        bytes[offset + 1] == UInt8(ascii: "u")
      else { throw failure("the second half of a surrogate pair") }
      offset += 2
      units.append(try codeUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw failure("a surrogate pair")
    }
    return text
  }

  private mutating func codeUnit() throws(Failure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard offset < bytes.count,
        let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue
      else { throw failure("four hexadecimal digits") }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  /// `[n, …]` of whole numbers of 0 to 2⁶⁴ − 1. A `nil` element stands for a number outside of
  /// that, at the offset where the scanner then is.
  mutating func naturals() throws(Failure) -> [UInt64]? {
    guard take("[") else { throw failure("'['") }
    var numbers: [UInt64] = []
    if take("]") { return numbers }
    repeat {
      guard let number = try natural() else { return nil }
      numbers.append(number)
    } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func natural() throws(Failure) -> UInt64? {
    guard let first = peek() else { throw failure("a number") }
    if first == UInt8(ascii: "-") { return nil }
    let start = offset
    var value: UInt64 = 0
    while offset < bytes.count, case let digit = bytes[offset] &- UInt8(ascii: "0"), digit < 10 {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if tooLarge || carry { return nil }
      value = sum
      offset += 1
    }
    guard offset > start else { throw failure("a number") }
    // A leading zero, a fraction or an exponent.
    if offset - start > 1, bytes[start] == UInt8(ascii: "0") { throw failure("no leading zero") }
    if offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
      default: break
      }
    }
    return value
  }
}
