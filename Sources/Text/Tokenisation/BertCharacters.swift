import Foundation

/// What BERT's normaliser and word splitter do with each Unicode scalar.
///
/// The reference library takes its general categories from Unicode 8, so characters that came
/// later count as unassigned there, and must here: `age` decides.
///
/// - Complexity: the basic plane is one table look-up, the others a few property look-ups.
struct BertCharacters: Sendable {
  /// The settings of the normaliser.
  struct Options: Sendable, Hashable {
    /// Removes control characters and makes every white space a space.
    var cleansText = true
    /// Makes every Chinese character a word.
    var splitsChinese = true
    var stripsAccents = true
    var lowercases = true
  }

  enum Kind: UInt8, Sendable {
    case plain, removed, space, punctuation, chinese, mapped
  }

  let options: Options
  /// Kinds of the basic plane before (`kinds`) and after (`finalKinds`) mapping.
  private let kinds: [Kind]
  /// The one scalar that a mapped scalar becomes, 0 where it becomes none or several.
  private let singles: [UInt16]
  private let decompositions: [UInt32: [UInt32]]

  init(_ options: Options) {
    self.options = options
    let decompositions = options.stripsAccents ? Self.canonicalDecompositions : [:]
    self.decompositions = decompositions
    var kinds = [Kind](repeating: .plain, count: 0x10000)
    var singles = [UInt16](repeating: 0, count: 0x10000)
    for value in UInt32(0)..<0x10000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let kind = Self.kind(of: scalar, options, decompositions)
      kinds[Int(value)] = kind
      guard kind == .mapped || kind == .chinese else { continue }
      let mapped = Self.mapping(of: scalar, options, decompositions)
      if mapped.count == 1, mapped[0] < 0x10000, mapped[0] != 0 {
        singles[Int(value)] = UInt16(mapped[0])
      }
    }
    self.kinds = kinds
    self.singles = singles
  }

  @inline(__always)
  func kind(of value: UInt32) -> Kind {
    if value < 0x10000 { return kinds[Int(value)] }
    return supplementaryKind(of: value)
  }

  private func supplementaryKind(of value: UInt32) -> Kind {
    guard let scalar = Unicode.Scalar(value) else { return .removed }
    return Self.kind(of: scalar, options, decompositions)
  }

  /// The one scalar that a mapped or Chinese scalar becomes, or 0: then ask ``mapping(of:)``.
  @inline(__always)
  func single(of value: UInt32) -> UInt32 {
    value < 0x10000 ? UInt32(singles[Int(value)]) : 0
  }

  /// The scalars that a scalar becomes.
  func mapping(of value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    return Self.mapping(of: scalar, options, decompositions)
  }

  private static func mapping(
    of scalar: Unicode.Scalar, _ options: Options, _ decompositions: [UInt32: [UInt32]]
  ) -> [UInt32] {
    var scalars = [scalar.value]
    if options.stripsAccents {
      if let parts = decompositions[scalar.value] {
        scalars = parts
      } else if let syllable = KoreanSyllable(scalar.value) {
        scalars = [syllable.initial, syllable.vowel, syllable.final].filter { $0 != 0 }
      }
      scalars.removeAll { Unicode.Scalar($0).map(isNonspacingMark) ?? true }
    }
    guard options.lowercases else { return scalars }
    return scalars.flatMap { value -> [UInt32] in
      guard let properties = Unicode.Scalar(value)?.properties else { return [] }
      guard properties.changesWhenLowercased else { return [value] }
      return properties.lowercaseMapping.unicodeScalars.map(\.value)
    }
  }

  /// The letters of a Korean syllable (Unicode 3.12).
  struct KoreanSyllable {
    var initial: UInt32
    var vowel: UInt32
    /// 0 where the syllable ends with its vowel.
    var final: UInt32

    @inline(__always)
    init?(_ value: UInt32) {
      guard value >= 0xAC00, value <= 0xD7A3 else { return nil }
      let index = value &- 0xAC00
      initial = 0x1100 &+ index / 588
      vowel = 0x1161 &+ index % 588 / 28
      final = index % 28 == 0 ? 0 : 0x11A7 &+ index % 28
    }
  }

  private static func kind(
    of scalar: Unicode.Scalar, _ options: Options, _ decompositions: [UInt32: [UInt32]]
  ) -> Kind {
    let properties = scalar.properties
    if options.cleansText {
      if scalar == "\t" || scalar == "\n" || scalar == "\r" { return .space }
      if scalar.value == 0 || scalar.value == 0xFFFD || isControl(scalar) { return .removed }
    }
    if properties.isWhitespace { return .space }
    if options.splitsChinese, isChinese(scalar.value) { return .chinese }
    if options.stripsAccents {
      if isNonspacingMark(scalar) { return .removed }
      if decompositions[scalar.value] != nil || KoreanSyllable(scalar.value) != nil {
        return .mapped
      }
    }
    if options.lowercases, properties.changesWhenLowercased { return .mapped }
    return isPunctuation(scalar) ? .punctuation : .plain
  }

  /// Whether the reference library knows the character at all.
  private static func isKnown(_ properties: Unicode.Scalar.Properties) -> Bool {
    guard let age = properties.age else { return false }
    return age.major <= 8
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .privateUse: true
    case .format: isKnown(scalar.properties)
    default: false
    }
  }

  private static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Characters whose category Unicode changed after version 8.
    case 0x1734, 0x1171E: true
    case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
    default:
      scalar.properties.generalCategory == .nonspacingMark && isKnown(scalar.properties)
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0..<0x80: return false
    case 0x166D, 0x111C9: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return isKnown(scalar.properties)
    default: return false
    }
  }

  /// The blocks that the reference library takes for Chinese, its gap at U+2B820 included.
  private static func isChinese(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// The full canonical decompositions of all characters that have one, but for Korean syllables,
  /// whose are computed. The reference library's end with Unicode 12.
  private static let canonicalDecompositions: [UInt32: [UInt32]] = {
    let ranges: [ClosedRange<UInt32>] = [
      0xC0...0x30FF, 0xF900...0xFB4F, 0x11000...0x11FFF, 0x1D100...0x1D1FF, 0x2F800...0x2FA1F,
    ]
    var separated = String.UnicodeScalarView()
    var asked: [UInt32] = []
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major <= 12
      else { continue }
      separated.append(scalar)
      separated.append("\n")
      asked.append(value)
    }
    var result: [UInt32: [UInt32]] = [:]
    var parts: [UInt32] = []
    var index = 0
    for scalar in String(separated).decomposedStringWithCanonicalMapping.unicodeScalars {
      guard scalar == "\n" else {
        parts.append(scalar.value)
        continue
      }
      if parts != [asked[index]] { result[asked[index]] = parts }
      parts.removeAll(keepingCapacity: true)
      index += 1
    }
    return result
  }()
}
