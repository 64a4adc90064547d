/// Numbers with units: `500g`, `0.5 kg`, `500克`, `1/2 GAL`, `42"`, `128GB`, `6 pack`, `12片`.
package enum QuantityReader {
  /// The quantity that the whole text is, `nil` when it is anything else.
  package static func whole(_ field: FieldBytes) -> Quantity? {
    let bytes = field.trimmed()
    guard bytes.count <= 40, let first = bytes.first, first.isDigit || first == 0x2E else {
      return nil
    }
    guard let found = quantity(at: 0, in: bytes, running: false), found.end == bytes.count else {
      return nil
    }
    return found.quantity
  }

  /// As ``whole(_:)-(FieldBytes)``, for a string.
  package static func whole(_ text: String) -> Quantity? { text.withFieldBytes { whole($0) } }

  /// Every distinct quantity in running text, in order, at most eight.
  ///
  /// Cautious, because titles are full of model numbers: a number directly after a letter or a
  /// hyphen, the ends of ranges, and `3g` to `5g` (networks as often as grams) are left alone.
  package static func find(in bytes: FieldBytes) -> [Quantity] {
    var spans: [Range<Int>] = []
    return find(in: bytes, spans: &spans)
  }

  /// As ``find(in:)-(FieldBytes)``; appends to `spans` where numbers with units stand, repeated
  /// ones included, in order.
  package static func find(in bytes: FieldBytes, spans: inout [Range<Int>]) -> [Quantity] {
    var result: [Quantity] = []
    var index = 0
    let count = bytes.count
    while index < count {
      guard bytes[index].isDigit else {
        index &+= 1
        continue
      }
      let startsWord = index == 0 || isBoundary(bytes[index - 1])
      if startsWord, let found = quantity(at: index, in: bytes, running: true) {
        if result.count < 8, !result.contains(where: { same($0, found.quantity) }) {
          result.append(found.quantity)
        }
        if let pieces = multiplier(after: found.end, in: bytes) ?? leadingMultiplier(index, bytes),
          result.count < 8, !result.contains(where: { same($0, pieces) })
        {
          result.append(pieces)
        }
        spans.append(index..<found.end)
        index = found.end
      } else {
        while index < count, bytes[index].isDigit || bytes[index] == 0x2E { index &+= 1 }
      }
    }
    return result
  }

  /// As ``find(in:)-(FieldBytes)``, for a string.
  package static func find(in text: String) -> [Quantity] { text.withFieldBytes { find(in: $0) } }

  private static func same(_ left: Quantity, _ right: Quantity) -> Bool {
    left.dimension == right.dimension && left.value == right.value
  }

  /// Whether a number may start after this byte.
  private static func isBoundary(_ byte: UInt8) -> Bool {
    if byte >= 0x80 { return true }
    if byte.isDigit || byte.isLetter { return byte | 0x20 == 0x78 }  // 6x330ml
    return byte != 0x2D && byte != 0x2E && byte != 0x2C && byte != 0x7E && byte != 0x24
  }

  private struct Found {
    var quantity: Quantity
    var end: Int
  }

  private static func quantity(at start: Int, in bytes: FieldBytes, running: Bool) -> Found? {
    guard let number = number(at: start, in: bytes) else { return nil }
    var index = number.end
    var attached = true
    if index < bytes.count, bytes[index] == 0x20 || (bytes[index] == 0x2D && !number.isRange) {
      // One blank, or the hyphen of `12-pack`.
      index += 1
      attached = false
    }
    guard index < bytes.count, let unit = unit(at: index, in: bytes) else { return nil }
    if running {
      if unit.unit.attachedOnly && !attached { return nil }
      if isNetwork(bytes.part(start, unit.end)) { return nil }
      if bytes[index] == 0x22, !attached || isQuoted(start, bytes) { return nil }
    }
    let value = number.value * unit.unit.factor
    guard value.isFinite, value > 0 else { return nil }
    return Found(
      quantity: Quantity(
        value: value, dimension: unit.unit.dimension,
        written: bytes.part(start, unit.end).text),
      end: unit.end)
  }

  private static func isNetwork(_ bytes: FieldBytes) -> Bool {
    bytes.count == 2 && bytes[1] | 0x20 == 0x67 && (0x32...0x36).contains(bytes[0])
  }

  private static func isQuoted(_ start: Int, _ bytes: FieldBytes) -> Bool {
    bytes.part(0, start).count { $0 == 0x22 } % 2 == 1
  }

  private static func unit(at index: Int, in bytes: FieldBytes) -> (unit: Units.Unit, end: Int)? {
    let byte = bytes[index]
    if byte >= 0x80 { return Units.sign(at: index, in: bytes).map { ($0.unit, index + $0.length) } }
    if byte == 0x22 { return (Units.Unit(dimension: .length, factor: 25.4), index + 1) }
    guard byte.isLetter else { return nil }
    var end = index
    while end < bytes.count, bytes[end].isLetter { end += 1 }
    let word = bytes.part(index, end)
    if end < bytes.count, bytes[end] == 0xC2, byte == 0x6D, end == index + 1 {
      if let sign = Units.sign(at: index, in: bytes) { return (sign.unit, index + sign.length) }
    }
    if let joined = joinedWord(word, end, bytes) { return joined }
    if let unit = Units.unit(of: word) {
      guard end == bytes.count || !bytes[end].isDigit else { return nil }
      if end < bytes.count, bytes[end] == 0x2E, end + 1 == bytes.count { end += 1 }
      return (unit, end)
    }
    // `330mlx6`: the multiplication sign sticks to the unit.
    if word.count > 1, word[word.count - 1] | 0x20 == 0x78, end < bytes.count, bytes[end].isDigit,
      let unit = Units.unit(of: bytes.part(index, end - 1))
    {
      return (unit, end - 1)
    }
    return nil
  }

  /// `fl oz`, `fl. oz`, `sq ft`, `sq m`.
  private static func joinedWord(_ word: FieldBytes, _ end: Int, _ bytes: FieldBytes)
    -> (unit: Units.Unit, end: Int)?
  {
    guard word.count == 2, word[0] | 0x20 == 0x66 || word[0] | 0x20 == 0x73 else { return nil }
    var start = end
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x2E { start += 1 }
    var stop = start
    while stop < bytes.count, bytes[stop].isLetter { stop += 1 }
    guard stop > start, stop - start <= 3 else { return nil }
    let joined = word.text + bytes.part(start, stop).text
    return joined.withFieldBytes { Units.unit(of: $0) }.map { ($0, stop) }
  }

  private struct Number {
    var value: Double
    var end: Int
    var isRange = false
  }

  /// `12`, `1,000`, `0.5`, `0,5`, `1/2`, `1 1/2`, `½`.
  private static func number(at start: Int, in bytes: FieldBytes) -> Number? {
    var end = start
    while end < bytes.count,
      bytes[end].isDigit || ((bytes[end] == 0x2E || bytes[end] == 0x2C) && isDigit(end + 1, bytes))
    { end += 1 }
    guard end > start else { return nil }
    if end - start <= 3, let fraction = fraction(at: end, numerator: bytes.part(start, end), bytes)
    {
      return fraction
    }
    guard let value = DecimalText.parseWritten(bytes.part(start, end)) else { return nil }
    if end + 2 < bytes.count, bytes[end] == 0x20, isDigit(end + 1, bytes) {
      var slash = end + 1
      while slash < bytes.count, bytes[slash].isDigit { slash += 1 }
      if let part = fraction(at: slash, numerator: bytes.part(end + 1, slash), bytes) {
        return Number(value: value + part.value, end: part.end)
      }
    }
    let isRange = end < bytes.count && bytes[end] == 0x2D && isDigit(end + 1, bytes)
    return isRange ? nil : Number(value: value, end: end)
  }

  private static func isDigit(_ index: Int, _ bytes: FieldBytes) -> Bool {
    index < bytes.count && bytes[index].isDigit
  }

  private static func fraction(at slash: Int, numerator: FieldBytes, _ bytes: FieldBytes) -> Number?
  {
    guard slash < bytes.count, bytes[slash] == 0x2F, isDigit(slash + 1, bytes) else { return nil }
    var end = slash + 1
    while end < bytes.count, bytes[end].isDigit { end += 1 }
    guard let top = DecimalText.parse(numerator), end - slash <= 3,
      let bottom = DecimalText.parse(bytes.part(slash + 1, end)), bottom > 0, top < bottom
    else { return nil }
    return Number(value: top / bottom, end: end)
  }

  /// The `x6` or `*6瓶` after a quantity: pieces in a pack.
  private static func multiplier(after end: Int, in bytes: FieldBytes) -> Quantity? {
    var index = end
    if index < bytes.count, bytes[index] == 0x20 { index += 1 }
    guard index < bytes.count, bytes[index] | 0x20 == 0x78 || bytes[index] == 0x2A else {
      return nil
    }
    index += 1
    if index < bytes.count, bytes[index] == 0x20 { index += 1 }
    let start = index
    while index < bytes.count, bytes[index].isDigit { index += 1 }
    guard index > start, index - start <= 4,
      let value = DecimalText.parse(bytes.part(start, index)),
      value > 1
    else { return nil }
    if index < bytes.count, bytes[index].isLetter || bytes[index] == 0x2E { return nil }
    var written = index
    if index < bytes.count, bytes[index] >= 0x80, let sign = Units.sign(at: index, in: bytes) {
      guard sign.unit.dimension == .count else { return nil }
      written += sign.length
    }
    return Quantity(
      value: value, dimension: .count, written: bytes.part(start, written).text)
  }

  /// The `6 x` before a quantity.
  private static func leadingMultiplier(_ start: Int, _ bytes: FieldBytes) -> Quantity? {
    var index = start
    if index > 0, bytes[index - 1] == 0x20 { index -= 1 }
    guard index > 0, bytes[index - 1] | 0x20 == 0x78 else { return nil }
    index -= 1
    if index > 0, bytes[index - 1] == 0x20 { index -= 1 }
    var first = index
    while first > 0, bytes[first - 1].isDigit { first -= 1 }
    guard first < index, index - first <= 4, first == 0 || bytes[first - 1] == 0x20,
      let value = DecimalText.parse(bytes.part(first, index)), value > 1
    else { return nil }
    // `45 x 60 cm` measures two sides; only volumes and masses come in packs.
    guard let unit = quantity(at: start, in: bytes, running: true)?.quantity.dimension,
      unit == .volume || unit == .mass
    else { return nil }
    return Quantity(value: value, dimension: .count, written: bytes.part(first, index).text)
  }
}
