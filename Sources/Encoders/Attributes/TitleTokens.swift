internal import AkinText

/// The tokens of an analysed title, one for each word, number or model number, in order.
struct TitleTokens {
  enum Kind { case word, number, compound, unspaced }

  struct Token {
    var text: String
    var kind: Kind
    /// Whether it is (part of) a number with a unit.
    var isQuantity: Bool
  }

  private(set) var tokens: [Token] = []

  /// - Parameter quantities: the bytes of the source where numbers with units stand, ascending.
  init(_ text: AnalysedText, quantities: [Range<Int>]) {
    for (index, term) in text.terms.enumerated() {
      let kind: Kind
      switch term.kind {
      case .word: kind = .word
      case .number: kind = .number
      case .compound:
        // `black/white` comes as its words; only with a digit is it one thing.
        guard text.text(index).utf8.contains(where: \.isASCIIDigit) else { continue }
        kind = .compound
      case .dictionaryWord, .bigram, .character:
        guard term.isWholeWord else { continue }
        kind = .unspaced
      case .part, .adjacent, .crossing: continue
      }
      let isQuantity = quantities.contains {
        Int(term.source.lowerBound) < $0.upperBound && $0.lowerBound < Int(term.source.upperBound)
      }
      tokens.append(
        Token(
          text: kind == .number ? text.text(index) : text.surface(index), kind: kind,
          isQuantity: isQuantity))
    }
  }
}
