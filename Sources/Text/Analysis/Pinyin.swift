/// The Mandarin reading of Chinese text, by ICU's `Han-Latin` transliteration.
///
/// Character by character with its most frequent reading; a few names are read otherwise.
/// One thread at a time may use one.
package final class Pinyin {
  private let transliterator: Transliterator
  private var readings: [UInt32: String] = [:]

  /// Opens ICU's transliterator, about 50 ms.
  package init() throws(AnalysisError) {
    transliterator = try Transliterator("Han-Latin; Latin-ASCII; Lower")
  }

  /// The syllables of `text`, a list of letters a character (小米 → `xiao`, `mi`); `nil` where a
  /// character is not Chinese.
  package func syllables(of text: some StringProtocol) -> [String]? {
    var result: [String] = []
    for scalar in text.unicodeScalars {
      guard let reading = reading(of: scalar) else { return nil }
      result.append(reading)
    }
    return result
  }

  private func reading(of scalar: Unicode.Scalar) -> String? {
    if let known = readings[scalar.value] { return known.isEmpty ? nil : known }
    guard (0x3400...0x9FFF).contains(scalar.value) else { return nil }
    let made = transliterator.transliterate(String(scalar)).filter { $0.isASCII && $0.isLetter }
    readings[scalar.value] = made
    return made.isEmpty ? nil : made
  }
}
