import Foundation

/// Rewrites characters as sentencepiece's normaliser does, in the way the Hugging Face library
/// applies it.
///
/// The library goes through the text by grapheme cluster. A cluster of less than six bytes is
/// replaced *as a whole* by the rule of its shortest prefix that has one; in every other cluster
/// each character is replaced on its own. This loses a combining mark here and there, and the
/// models were trained with it.
struct CharacterMap: Sendable {
  /// Where the rules for several characters come from.
  enum Compositions: Sendable {
    /// The charsmap itself.
    case table(PrecompiledCharsmap)
    /// The table has single characters only; what canonical composition makes one character of
    /// two is what the full table holds.
    case canonical
  }

  private static let identity = UInt32.max
  private static let longestCluster = 5

  /// The number of the page of 256 characters, 0 for one without rules.
  private var pages = [UInt16](repeating: 0, count: 0x1100)
  /// 256 entries a page: offset in ``replacements`` and length, or ``identity``.
  private var entries = [UInt32](repeating: Self.identity, count: 256)
  private var replacements: [UInt8] = []
  /// Whether an ASCII character stays as it is and begins no cluster with another one.
  private var keepsASCII = [Bool](repeating: true, count: 256)
  private let compositions: Compositions

  init(compositions: Compositions) {
    self.compositions = compositions
    for byte in 0x80..<0x100 { keepsASCII[byte] = false }
    keepsASCII[0x0D] = false
  }

  /// Sets the replacement of a character; `false` where it is too long or there are too many.
  mutating func set(_ value: UInt32, _ replacement: some Collection<UInt8>) -> Bool {
    guard replacement.count < 256, replacements.count < 1 << 24, value < 0x110000 else {
      return false
    }
    let page = Int(value >> 8)
    if pages[page] == 0 {
      pages[page] = UInt16(entries.count / 256)
      entries.append(contentsOf: repeatElement(Self.identity, count: 256))
    }
    entries[Int(pages[page]) * 256 + Int(value & 0xFF)] =
      UInt32(replacements.count) << 8 | UInt32(replacement.count)
    replacements.append(contentsOf: replacement)
    if value < 0x80 { keepsASCII[Int(value)] = false }
    return true
  }

  /// Appends the rewritten `text` to `output`.
  func apply(to text: UnsafeBufferPointer<UInt8>, appendingTo output: ByteBuffer) {
    guard let base = text.baseAddress else { return }
    var position = 0
    while position < text.count {
      var run = position
      while run < text.count, keepsASCII[Int(base[run])] { run &+= 1 }
      // The last one may be the base of a combining mark.
      if run < text.count, base[run] >= 0x80, run > position { run &-= 1 }
      if run > position {
        output.append(base + position, count: run &- position)
        position = run
        continue
      }
      position = applyToCluster(of: text, at: position, appendingTo: output)
    }
  }

  /// Rewrites one cluster, and gives where it ends.
  @inline(__always)
  private func applyToCluster(
    of text: UnsafeBufferPointer<UInt8>, at start: Int, appendingTo output: ByteBuffer
  ) -> Int {
    let (value, length) = UTF8Decoding.scalar(in: text, at: start)
    let end = clusterEnd(in: text, from: start, first: value, length: length)
    if end == start + length {
      replace(value, text.baseAddress! + start, length, appendingTo: output)
      return end
    }
    if end - start <= Self.longestCluster,
      replaceCluster(UnsafeBufferPointer(rebasing: text[start..<end]), appendingTo: output)
    {
      return end
    }
    var position = start
    while position < end {
      let (value, length) = UTF8Decoding.scalar(in: text, at: position)
      replace(value, text.baseAddress! + position, length, appendingTo: output)
      position += length
    }
    return end
  }

  @inline(__always)
  private func replace(
    _ value: UInt32, _ source: UnsafePointer<UInt8>, _ length: Int,
    appendingTo output: ByteBuffer
  ) {
    let entry = entry(of: value)
    if entry == Self.identity {
      output.append(source, count: length)
    } else {
      append(entry, to: output)
    }
  }

  @inline(__always)
  private func entry(of value: UInt32) -> UInt32 {
    entries[Int(pages[Int(value >> 8)]) &* 256 &+ Int(value & 0xFF)]
  }

  private func append(_ entry: UInt32, to output: ByteBuffer) {
    replacements.withUnsafeBufferPointer {
      if let base = $0.baseAddress {
        output.append(base + Int(entry >> 8), count: Int(entry & 0xFF))
      }
    }
  }

  /// Replaces a whole cluster; `false` where no rule fits.
  private func replaceCluster(
    _ cluster: UnsafeBufferPointer<UInt8>, appendingTo output: ByteBuffer
  ) -> Bool {
    let (first, length) = UTF8Decoding.scalar(in: cluster, at: 0)
    let entry = entry(of: first)
    if entry != Self.identity {
      append(entry, to: output)
      return true
    }
    switch compositions {
    case .table(let charsmap):
      guard let replacement = charsmap.shortestMatch(in: cluster) else { return false }
      output.append(Array(replacement))
      return true
    case .canonical:
      let (second, _) = UTF8Decoding.scalar(in: cluster, at: length)
      guard let composed = Self.composition(first, second) else { return false }
      output.append(scalar: composed)
      return true
    }
  }

  /// The one character that two compose to, if the first is no composition itself.
  private static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    guard let first = Unicode.Scalar(first), let second = Unicode.Scalar(second),
      String(first).decomposedStringWithCanonicalMapping.unicodeScalars.elementsEqual([first])
    else { return nil }
    var pair = String.UnicodeScalarView()
    pair.append(first)
    pair.append(second)
    let composed = String(pair).precomposedStringWithCanonicalMapping.unicodeScalars
    return composed.count == 1 ? composed.first?.value : nil
  }

  /// Where the grapheme cluster that starts at `start` ends.
  @inline(__always)
  private func clusterEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, first: UInt32, length: Int
  ) -> Int {
    let end = start &+ length
    guard end < text.count else { return end }
    let (next, _) = UTF8Decoding.scalar(in: text, at: end)
    if next < 0x300 {
      return first == 0x0D && next == 0x0A ? end &+ 1 : end
    }
    guard ClusterExtenders.mayContain(next) else { return end }
    return slowClusterEnd(in: text, from: start)
  }

  private func slowClusterEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var recogniser = Unicode._CharacterRecognizer()
    var position = start
    while position < text.count {
      let (value, length) = UTF8Decoding.scalar(in: text, at: position)
      let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
      if recogniser.hasBreak(before: scalar), position > start { break }
      position += length
    }
    return position
  }
}

/// The characters that can go on with a grapheme cluster: a quick test before the exact one.
private enum ClusterExtenders {
  private static let basic: [Bool] = (UInt32(0)..<0x10000).map { value in
    Unicode.Scalar(value).map(mayExtend) ?? false
  }

  @inline(__always)
  static func mayContain(_ value: UInt32) -> Bool {
    if value < 0x10000 { return basic[Int(value)] }
    return Unicode.Scalar(value).map(mayExtend) ?? false
  }

  private static func mayExtend(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Joiners, Thai and Lao sara am, Korean vowels and finals.
    case 0x200C, 0x200D, 0x0E33, 0x0EB3, 0x1160...0x11FF, 0xD7B0...0xD7FB: return true
    default: break
    }
    let properties = scalar.properties
    return properties.isGraphemeExtend || properties.isEmojiModifier
      || properties.generalCategory == .spacingMark
  }
}
