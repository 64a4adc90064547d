/// Cuts text of any language into search terms.
///
/// Characters are folded (width, case, accents, traditional Chinese); words of letters are stemmed;
/// model numbers and numbers are terms of their own, whole and in pieces; scripts without blanks
/// give dictionary words and overlapping bigrams, so that no wrong cut hides a product.
///
/// Keeps the state of native libraries: one thread at a time may use one. O(length of the text).
package final class TextAnalyser {
  /// Terms longer than this many bytes are dropped: no shopper types them.
  static let longestTerm = 64

  private let folding: CharacterFolding
  let stemmer: EnglishStemmer
  let segmenter: HanSegmenter
  /// The folded characters of the text at hand.
  var scalars: [UInt32] = []
  /// For each folded character the byte where its source stands, and one more for the end.
  var offsets: [Int32] = []
  var units: [UInt16] = []
  var unitCharacters: [Int32] = []

  /// Opens the native libraries. Tens of milliseconds at the first use of a script.
  ///
  /// - Throws: ``AnalysisError`` where the data of ICU, OpenCC or Snowball is missing.
  package init() throws(AnalysisError) {
    folding = try CharacterFolding()
    stemmer = try EnglishStemmer()
    segmenter = try HanSegmenter()
  }

  /// Replaces `result` by the terms of `text`.
  package func analyse(_ text: String, into result: inout AnalysedText) {
    result.removeAll()
    fold(text, &result)
    var index = 0
    var word: LatinToken?
    while index < scalars.count {
      switch CharacterFolding.characterClass(scalars[index]) {
      case .separator: index += 1
      case .unspaced:
        index = addUnspaced(from: index, to: &result)
        word = nil
      case .letter, .digit:
        let token = latinToken(from: index)
        add(token, after: word, to: &result)
        word = token
        index = token.end
      }
    }
  }

  /// The terms of `text`.
  package func analyse(_ text: String) -> AnalysedText {
    var result = AnalysedText()
    analyse(text, into: &result)
    return result
  }

  /// `text` with folded characters and single blanks between its pieces: the key under which
  /// names are compared.
  package func folded(_ text: String) -> String {
    var ignored = AnalysedText()
    fold(text, &ignored)
    var key = String.UnicodeScalarView()
    var needsBlank = false
    for scalar in scalars {
      // An apostrophe joins: `levi's` is `levis`.
      if scalar == 0x27 || scalar == 0x2019 { continue }
      guard CharacterFolding.characterClass(scalar) != .separator else {
        needsBlank = !key.isEmpty
        continue
      }
      if needsBlank { key.append(" ") }
      needsBlank = false
      if let scalar = Unicode.Scalar(scalar) { key.append(scalar) }
    }
    return String(key)
  }

  private func fold(_ text: String, _ result: inout AnalysedText) {
    scalars.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    var offset: Int32 = 0
    var isTraditional = false
    for scalar in text.unicodeScalars {
      folding.fold(scalar.value) { part in
        scalars.append(part)
        offsets.append(offset)
        if part != scalar.value, (0x4E00...0x9FFF).contains(scalar.value) { isTraditional = true }
      }
      offset += Int32(UTF8.width(scalar))
    }
    offsets.append(offset)
    result.isTraditional = isTraditional
  }

  /// The source of the folded characters `range`.
  func source(_ range: Range<Int>) -> Range<Int32> {
    var end = range.upperBound
    // One source character may have become several.
    while end < scalars.count, end > 0, offsets[end] == offsets[end - 1] { end += 1 }
    return offsets[range.lowerBound]..<offsets[end]
  }

  /// Appends the folded characters `range` to `result`'s bytes.
  func append(_ range: Range<Int>, to result: inout AnalysedText) -> Range<Int32> {
    let start = Int32(result.bytes.count)
    for index in range { Self.append(scalars[index], to: &result.bytes) }
    return start..<Int32(result.bytes.count)
  }

  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: scalar))
    } else if let scalar = Unicode.Scalar(scalar), let encoded = UTF8.encode(scalar) {
      bytes.append(contentsOf: encoded)
    }
  }
}
