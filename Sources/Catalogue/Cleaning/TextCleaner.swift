/// Turns a field's bytes into the text a shopper should read.
///
/// Markup is removed and its entities decoded (script and style content dropped), control and
/// invisible characters removed, full-width forms folded to their ordinary ones, white space
/// collapsed to single blanks, and the result brought to Unicode's normal form C. A text that
/// needs none of it, the common case, is found by one pass over its bytes and copied as it is.
package enum TextCleaner {
  /// The cleaned text; `nil` when nothing is left or when the text is one that means "missing".
  /// Linear in the number of bytes.
  package static func clean(_ field: FieldBytes) -> String? {
    let bytes = field.trimmed()
    if bytes.isEmpty || MissingValue.matches(bytes) { return nil }
    if isPlain(bytes) { return bytes.text }
    let text = work(on: bytes)
    if text.isEmpty || text.withFieldBytes(MissingValue.matches) { return nil }
    return text
  }

  /// The cleaned text of a string, see ``clean(_:)-(FieldBytes)``.
  package static func clean(_ text: String) -> String? { text.withFieldBytes { clean($0) } }

  private static let high: UInt64 = 0x8080_8080_8080_8080
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The high bit of every byte of `word` (all below 0x80) that equals `byte`.
  @inline(__always)
  private static func matches(_ word: UInt64, _ byte: UInt64) -> UInt64 {
    ~(((word ^ (byte &* ones)) | high) &- ones) & high
  }

  /// Whether no rule of the cleaner can change these (trimmed) bytes.
  static func isPlain(_ bytes: FieldBytes) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    let count = bytes.count
    var index = 0
    var blankBefore = false
    while index &+ 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
      if word & high != 0 { return isPlainUnicode(bytes, from: index, blankBefore) }
      let control = ~((word | high) &- (0x20 &* ones)) & high
      let blanks = matches(word, 0x20)
      let doubled = blanks & (blanks >> 8)
      let special = matches(word, 0x26) | matches(word, 0x3C) | matches(word, 0x7F)
      if control | doubled | special != 0 || (blankBefore && blanks & 0x80 != 0) { return false }
      blankBefore = blanks >> 63 != 0
      index &+= 8
    }
    return isPlainUnicode(bytes, from: index, blankBefore)
  }

  private static func isPlainUnicode(_ bytes: FieldBytes, from start: Int, _ blank: Bool) -> Bool {
    var index = start
    var blankBefore = blank
    let count = bytes.count
    while index < count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte < 0x20 || byte == 0x26 || byte == 0x3C || byte == 0x7F { return false }
        let isBlank = byte == 0x20
        if isBlank && blankBefore { return false }
        blankBefore = isBlank
        index &+= 1
        continue
      }
      blankBefore = false
      let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard index &+ length <= count else { return false }
      let second = bytes[index &+ 1]
      let third = length > 2 ? bytes[index &+ 2] : 0
      guard isInert(byte, second, third) else { return false }
      index &+= length
    }
    return true
  }

  /// Whether a character with these first bytes is surely in normal form C, combines with
  /// nothing, is visible and is no full-width form. A conservative answer: `false` only costs time.
  @inline(__always)
  private static func isInert(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch first {
    case 0xE4...0xE9, 0xC3...0xCB, 0xD0, 0xD1: true
    case 0xE3:  // kana and CJK signs; not the ideographic blank nor the combining voice marks
      !(second == 0x80 && (third == 0x80 || third >= 0xAA))
        && !(second == 0x82 && (third == 0x99 || third == 0x9A))
    case 0xC2: second >= 0xA1 && second != 0xAD
    case 0xEA: second >= 0xB0
    case 0xEB, 0xEC: true
    case 0xED: second <= 0x9D
    case 0xE2:
      second == 0x80
        ? (third >= 0x90 && third <= 0xA7) || third >= 0xB0
        : second == 0x82 || (second == 0x84 && third == 0xA2) || (0x85...0xA9).contains(second)
    case 0xF0: second == 0x9F
    default: false
    }
  }

  private static func work(on bytes: FieldBytes) -> String {
    var source = bytes.text
    if bytes.contains(0x3C) || bytes.contains(0x26) { source = Markup.text(of: source) }
    var result = String.UnicodeScalarView()
    var blankPending = false
    var normalise = false
    for scalar in source.unicodeScalars {
      guard let kept = CharacterFolding.fold(scalar) else { continue }
      if kept == " " {
        blankPending = !result.isEmpty
        continue
      }
      if blankPending { result.append(" ") }
      blankPending = false
      if kept.value >= 0x300 { normalise = normalise || CharacterFolding.mayCompose(kept) }
      result.append(kept)
    }
    let text = String(result)
    return normalise ? UnicodeForm.nfc(text) : text
  }
}

/// Single characters: what is dropped, what becomes a blank, what is folded.
enum CharacterFolding {
  /// The character to keep, a blank for any white space, `nil` for one that nobody sees.
  static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      " "
    case 0...0x08, 0x0E...0x1F, 0x7F...0x84, 0x86...0x9F: nil
    // Soft hyphen, zero-width blank and marks of direction, byte-order mark. The zero-width
    // joiners stay: Persian spelling and composed emoji need them.
    case 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF,
      0xFFF9...0xFFFB:
      nil
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0)
    case 0xFFE0: "\u{A2}"
    case 0xFFE1: "\u{A3}"
    case 0xFFE3: "\u{AF}"
    case 0xFFE5: "\u{A5}"
    case 0xFFE6: "\u{20A9}"
    default: scalar
    }
  }

  /// Whether normal form C may change a text because of this character.
  static func mayCompose(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x400...0x482, 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x9FFF, 0xAC00...0xD7A3: false
    case 0x1F300...0x1FAFF, 0x20000...0x2F7FF, 0x2010...0x2027, 0x3001...0x3029: false
    default: true
    }
  }
}
