/// Numbers from bytes, without Foundation's formatters.
package enum DecimalText {
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// A plain machine-written number (`-12`, `3.50`, `1e3`) that fills the bytes; `nil` otherwise.
  /// Correctly rounded: up to 15 digits on integers (Clinger 1990), beyond by the library.
  @inline(__always)
  package static func parse(_ bytes: FieldBytes) -> Double? {
    let count = bytes.count
    var index = 0
    var negative = false
    if count > 0, bytes[0] == 0x2D || bytes[0] == 0x2B {
      negative = bytes[0] == 0x2D
      index = 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var fraction = 0
    var seenPoint = false
    while index < count {
      let byte = bytes[index]
      if byte.isDigit {
        mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
        digits &+= 1
        if seenPoint { fraction &+= 1 }
      } else if byte == 0x2E, !seenPoint {
        seenPoint = true
      } else {
        return digits > 0 && byte | 0x20 == 0x65 ? finite(Double(bytes.text)) : nil
      }
      index &+= 1
    }
    guard digits > 0 else { return nil }
    guard digits <= 15 else { return finite(Double(bytes.text)) }
    let value = fraction == 0 ? Double(mantissa) : Double(mantissa) / powers[fraction]
    return negative ? -value : value
  }

  private static func finite(_ value: Double?) -> Double? {
    guard let value, value.isFinite else { return nil }
    return value
  }

  /// As ``parse(_:)-(FieldBytes)``, for a string.
  package static func parse(_ text: String) -> Double? { text.withFieldBytes { parse($0) } }

  /// How a lone point before exactly three digits is read.
  package enum LonePoint { case decimal, thousands }

  /// A number as people write it: `1,299.00`, `1.299,00`, `1 299`, `1'299.5`, `1,29,900`, `0,5`.
  ///
  /// With both signs the last is the decimal one; a comma before exactly three digits groups
  /// thousands; a sign that comes twice groups. `nil` where the groups make no sense (`1,2,3`).
  package static func parseWritten(_ bytes: FieldBytes, lonePoint: LonePoint = .decimal)
    -> Double?
  {
    if lonePoint == .decimal, let plain = parsePlain(bytes) { return plain }
    var commas: [Int] = []
    var points: [Int] = []
    var digits: [UInt8] = []
    var places: [Int] = []
    for byte in bytes {
      switch byte {
      case 0x30...0x39: digits.append(byte)
      case 0x2C: commas.append(digits.count)
      case 0x2E: points.append(digits.count)
      case 0x27, 0x20, 0xA0, 0xC2: if byte != 0xC2 { places.append(digits.count) }
      default: return nil
      }
    }
    guard !digits.isEmpty else { return nil }
    let last = digits.count
    var decimal: Int?
    var groups = places
    if let comma = commas.last, let point = points.last {
      let pointIsDecimal = point > comma || (point == comma && points.count == 1)
      guard (pointIsDecimal ? points : commas).count == 1 else { return nil }
      decimal = pointIsDecimal ? point : comma
      groups += pointIsDecimal ? commas : points
    } else if commas.count == 1 {
      if last - commas[0] == 3, commas[0] > 0, commas[0] <= 3, digits[0] != 0x30 {
        groups += commas
      } else {
        decimal = commas[0]
      }
    } else if points.count == 1 {
      if lonePoint == .thousands, last - points[0] == 3, (1...3).contains(points[0]),
        digits[0] != 0x30
      {
        groups += points
      } else {
        decimal = points[0]
      }
    } else {
      groups += commas + points
    }
    guard areGroups(groups.sorted(), integerDigits: decimal ?? last) else { return nil }
    var plain = digits
    if let decimal { plain.insert(0x2E, at: decimal) }
    return plain.withUnsafeBytes { parse($0) }
  }

  /// Digits with at most one point: nearly every number, read without taking it apart.
  @inline(__always)
  private static func parsePlain(_ bytes: FieldBytes) -> Double? {
    guard bytes.count <= 15, let first = bytes.first, first.isDigit else { return nil }
    for byte in bytes where !byte.isDigit && byte != 0x2E { return nil }
    return parse(bytes)
  }

  /// Groups of three, or India's groups of two before a last one of three.
  private static func areGroups(_ positions: [Int], integerDigits: Int) -> Bool {
    guard let last = positions.last else { return true }
    guard let first = positions.first, first > 0, integerDigits - last == 3 else { return false }
    for (left, right) in zip(positions, positions.dropFirst()) where ![2, 3].contains(right - left)
    {
      return false
    }
    return first <= 3
  }
}
