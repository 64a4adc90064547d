internal import Foundation

/// A product's text taken apart for comparison.
///
/// Letters are folded (compatibility forms, case), so `Ｄ５１００` and `d5100` are one. Runs of
/// letters and digits are tokens, a number with decimals is one (`7.0` is `7`), Han text gives its
/// characters and their pairs. Tokens joined by a hyphen, stroke or point, one of which holds a
/// digit, are also taken together (`dvd-3800bdci` gives `dvd3800bdci`), and so is a number with
/// the short word behind it (`16 gb` gives `16gb`).
struct ValueTokens: Sendable {
  /// Tokens in order, repeated ones included.
  private(set) var tokens: [String] = []
  /// Tokens without joined forms, in order: what is said, once.
  private(set) var plain: [String] = []
  /// Different tokens.
  let distinct: Set<String>
  /// Numbers without letters.
  let numbers: Set<String>
  /// What looks like a model or part number: letters and digits mixed, or five digits and more.
  let codes: Set<String>
  /// Letters and digits alone, without anything between.
  private(set) var compact: [UInt8] = []
  /// Hashes of the compact text's three-byte windows, ascending, repeated ones included.
  let trigrams: [UInt32]

  init(_ text: String) {
    var reader = TokenReader()
    reader.read(ValueText.clean(text))
    plain = reader.plain
    tokens = reader.plain + reader.joined
    compact = reader.compact
    distinct = Set(tokens)
    numbers = distinct.filter(Self.isNumber)
    codes = distinct.filter(Self.isCode)
    trigrams = Self.trigrams(of: reader.plain)
  }

  /// Whether a token is digits alone, a point between them allowed.
  static func isNumber(_ token: String) -> Bool {
    token.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
  }

  /// Five digits and more, or letters and digits mixed in four or more characters that are no
  /// measure (`500ml`).
  static func isCode(_ token: String) -> Bool {
    var (digits, letters, changes) = (0, 0, 0)
    var last = 0
    for byte in token.utf8 {
      let kind = isDigit(byte) ? 1 : byte == UInt8(ascii: ".") ? last : 2
      if kind == 1 { digits += 1 } else { letters += 1 }
      if last != 0, kind != last { changes += 1 }
      last = kind
    }
    guard digits > 0 else { return false }
    guard letters > 0 else { return digits >= 5 && !token.contains(".") }
    let startsWithDigit = token.utf8.first.map(isDigit) ?? false
    let isMeasure =
      startsWithDigit && changes == 1 && digits <= 4 && letters <= (digits < 4 ? 4 : 3)
    return digits + letters >= 4 && digits >= 2 && !isMeasure
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func trigrams(of tokens: [String]) -> [UInt32] {
    var hashes: [UInt32] = []
    for token in tokens {
      let bytes = [0x20] + Array(token.utf8) + [0x20]
      guard bytes.count >= 3 else { continue }
      for index in 0...(bytes.count - 3) {
        hashes.append(
          UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]))
      }
    }
    return hashes.sorted()
  }
}

/// Cleaning of what feeds leave in values.
enum ValueText {
  /// Compatibility forms folded, lower case, language tags of RDF literals (`"…"@en-US`) and
  /// HTML entities of punctuation dropped.
  static func clean(_ text: String) -> String {
    var text = text
    if text.contains("@") { text = withoutLanguageTags(text) }
    if text.contains("&") { text = text.replacing(entity, with: " ") }
    return text.precomposedStringWithCompatibilityMapping.lowercased()
  }

  /// For a reader of whole sentences: tags dropped, white space run together, case kept.
  static func readable(_ text: String) -> String {
    var text = text
    if text.contains("@") { text = withoutLanguageTags(text) }
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func withoutLanguageTags(_ text: String) -> String {
    text.replacing(languageTag, with: " ")
  }

  nonisolated(unsafe) private static let languageTag = /"@[A-Za-z]{2}(-[A-Za-z]{2,4})?(?![A-Za-z])/
  nonisolated(unsafe) private static let entity = /&#?[A-Za-z0-9]{2,6};/
}

/// Splits text into tokens, byte by byte where it is ASCII.
private struct TokenReader {
  private(set) var plain: [String] = []
  private(set) var joined: [String] = []
  private(set) var compact: [UInt8] = []
  private var run: [UInt8] = []
  /// The runs of the current chunk (a stretch without blanks) that joiners connect.
  private var chunk: [String] = []
  private var chunkHasDigit = false
  private var lastHan: Unicode.Scalar?

  mutating func read(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if Self.isHan(scalar) {
        endChunk()
        take(han: scalar)
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        lastHan = nil
        run.append(contentsOf: Array(String(scalar).utf8))
      } else if isInNumber(scalars, index) {
        // A point stays, a comma that groups thousands goes.
        if scalar == "." { run.append(UInt8(ascii: ".")) }
      } else if scalar == "-" || scalar == "/" || scalar == "." || scalar == "_" {
        endRun()
      } else {
        lastHan = nil
        endChunk()
      }
    }
    endChunk()
    joinMeasures()
  }

  /// A point or comma between digits; a comma needs three digits behind it.
  private func isInNumber(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
    let scalar = text[index]
    guard scalar == "." || scalar == ",", index > 0, index + 1 < text.count,
      Self.isDigit(text[index - 1]), Self.isDigit(text[index + 1]),
      run.allSatisfy({ ValueTokens.isDigit($0) })
    else { return false }
    guard scalar == "," else { return true }
    return index + 3 < text.count && Self.isDigit(text[index + 2]) && Self.isDigit(text[index + 3])
      && (index + 4 == text.count || !Self.isDigit(text[index + 4]))
  }

  private mutating func endRun() {
    guard !run.isEmpty else { return }
    var bytes = run
    run.removeAll(keepingCapacity: true)
    if bytes.contains(UInt8(ascii: ".")) {
      while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    }
    let token = String(decoding: bytes, as: UTF8.self)
    plain.append(token)
    compact.append(contentsOf: bytes)
    chunk.append(token)
    if bytes.contains(where: ValueTokens.isDigit) { chunkHasDigit = true }
  }

  private mutating func endChunk() {
    endRun()
    if chunk.count > 1, chunkHasDigit {
      let whole = chunk.joined()
      if whole.utf8.count >= 4, whole.utf8.count <= 32 { joined.append(whole) }
    }
    chunk.removeAll(keepingCapacity: true)
    chunkHasDigit = false
  }

  private mutating func take(han scalar: Unicode.Scalar) {
    plain.append(String(scalar))
    compact.append(contentsOf: Array(String(scalar).utf8))
    if let lastHan { joined.append(String(lastHan) + String(scalar)) }
    lastHan = scalar
  }

  /// `16 gb` also stands as `16gb`.
  private mutating func joinMeasures() {
    for (number, unit) in zip(plain, plain.dropFirst())
    where number.utf8.count <= 5 && ValueTokens.isNumber(number) && unit.utf8.count <= 3
      && unit.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A })
    {
      joined.append(number + unit)
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x30 && scalar.value <= 0x39
  }

  private static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    (0x3400...0x9FFF).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
      || (0x20000...0x323AF).contains(scalar.value)
  }
}
