internal import CICU

/// What a character is to word analysis.
enum CharacterClass: UInt8 {
  /// White space, punctuation, symbols: words end here.
  case separator
  case letter
  case digit
  /// Chinese, Japanese, Korean, Thai …: scripts whose words are not set apart by blanks.
  case unspaced
}

/// Makes characters that mean the same the same: compatibility forms (full width, ㎖), case,
/// accents, traditional and simplified Chinese.
///
/// Character by character, so that every folded character has a place in the source. Folds a page
/// of 256 characters at its first use and then looks up; one thread at a time may use one.
final class CharacterFolding {
  private static let expansionFlag: UInt32 = 1 << 31

  /// Per page, per character: the folded scalar, 0 for none, or an index into `expansions`.
  private var pages: [[UInt32]?] = Array(repeating: nil, count: 0x300)
  private var expansions: [[UInt32]] = []
  private let simplified: ChineseConverter
  private let unaccented: Transliterator

  init() throws(AnalysisError) {
    simplified = try ChineseConverter("t2s")
    unaccented = try Transliterator("Latin-ASCII")
  }

  /// Appends what `scalar` becomes.
  @inline(__always)
  func fold(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    if scalar < 0x80 { return emit(scalar &- 0x41 < 26 ? scalar | 0x20 : scalar) }
    let folded = page(Int(scalar >> 8))[Int(scalar & 0xFF)]
    if folded & Self.expansionFlag == 0 {
      if folded != 0 { emit(folded) }
    } else {
      for part in expansions[Int(folded & ~Self.expansionFlag)] { emit(part) }
    }
  }

  private func page(_ number: Int) -> [UInt32] {
    guard number < pages.count else { return (0..<256).map { UInt32(number << 8 | $0) } }
    if let page = pages[number] { return page }
    let made = makePage(number)
    pages[number] = made
    return made
  }

  private func makePage(_ number: Int) -> [UInt32] {
    let scalars = (0..<256).map { Unicode.Scalar(UInt32(number << 8 | $0)) }
    // One call for the page: line ends keep neighbours from forming phrases. Control characters
    // stay out, because OpenCC takes a zero byte for the end.
    let listed = scalars.map { scalar in
      guard let scalar, scalar.properties.generalCategory != .control else { return "" }
      return Self.compatible(scalar)
    }.joined(separator: "\n")
    let forms = unaccented.transliterate(simplified.convert(listed).lowercased())
    let lines = forms.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 256 else { return scalars.map { $0?.value ?? 0 } }
    return zip(scalars, lines).map { scalar, line in
      guard let scalar else { return 0 }
      return folded(scalar, as: line)
    }
  }

  private func folded(_ scalar: Unicode.Scalar, as line: Substring.UnicodeScalarView) -> UInt32 {
    switch scalar.properties.generalCategory {
    case .nonspacingMark where !Self.isUnspaced(scalar.value), .enclosingMark, .format: return 0
    case .control, .surrogate, .spaceSeparator, .lineSeparator, .paragraphSeparator: return 0x20
    default: break
    }
    let parts = line.map(\.value)
    if parts.count == 1 { return parts[0] }
    if parts.isEmpty { return 0x20 }
    expansions.append(parts)
    return UInt32(expansions.count - 1) | Self.expansionFlag
  }

  /// The compatibility form of one character.
  private static func compatible(_ scalar: Unicode.Scalar) -> String {
    var text = String(scalar)
    return text.withUTF8 { bytes in
      var out = [UInt8](repeating: 0, count: 128)
      let count = cicu_normalise(CICU_NFKC, bytes.baseAddress, bytes.count, &out, out.count)
      guard count >= 0, count <= out.count else { return String(scalar) }
      return String(decoding: out[..<count], as: UTF8.self)
    }
  }

  /// The class of a folded character.
  @inline(__always)
  static func characterClass(_ scalar: UInt32) -> CharacterClass {
    if scalar < 0x80 {
      if (scalar | 0x20) &- 0x61 < 26 { return .letter }
      return scalar &- 0x30 < 10 ? .digit : .separator
    }
    if isUnspaced(scalar) { return .unspaced }
    guard let scalar = Unicode.Scalar(scalar) else { return .separator }
    if scalar.properties.isAlphabetic { return .letter }
    return scalar.properties.numericType == .decimal ? .digit : .separator
  }

  private static func isUnspaced(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
    case 0x3005, 0x3007, 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF: true
    case 0xAC00...0xD7A3, 0x0E00...0x0E7F, 0x0E80...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true
    default: false
    }
  }
}
