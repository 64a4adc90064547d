/// What part of a text a term is.
package enum TermKind: UInt8, Sendable {
  /// A word of letters, stemmed.
  case word
  /// A number: `12`, `0.5`, `5/8`.
  case number
  /// All of a token with hyphens or of letters and digits, joined: `wh1000xm4`, `128gb`.
  case compound
  /// A piece of a ``compound``: `1000xm4`, `xm`.
  case part
  /// A word and the number after it, joined: `iphone12` of `iPhone 12`.
  case adjacent
  /// A word of three or more characters of a script without blanks, as the dictionary cuts it.
  case dictionaryWord
  /// Two neighbouring characters inside one dictionary word.
  case bigram
  /// Two neighbouring characters of different dictionary words.
  case crossing
  /// One character of a script without blanks.
  case character
}

/// One term of an analysed text.
package struct AnalysedTerm: Sendable {
  /// What part of the text it is.
  package var kind: TermKind
  /// Whether a ``TermKind/bigram`` or ``TermKind/character`` is a whole dictionary word.
  package var isWholeWord = false
  /// Whether the script writes words without blanks.
  package var isUnspaced: Bool { kind.rawValue >= TermKind.dictionaryWord.rawValue }
  /// The term in ``AnalysedText/bytes``.
  package var range: Range<Int32>
  /// The folded word before stemming in ``AnalysedText/bytes``.
  package var surface: Range<Int32>
  /// Where it stands in the source, in bytes of UTF-8.
  package var source: Range<Int32>
  /// Which token it belongs to, counted from 0: a blank-separated piece, or a dictionary word.
  package var token: Int32
}

/// The terms of a text, in flat buffers that are used again for the next one.
package struct AnalysedText: Sendable {
  /// The terms' folded UTF-8, one after the other.
  package var bytes: [UInt8] = []
  /// The terms in order of their place.
  package var terms: [AnalysedTerm] = []
  /// The number of tokens.
  package var tokens: Int32 = 0
  /// Whether the text held a traditional Chinese character.
  package var isTraditional = false

  /// An empty text.
  package init() {}

  /// The term at `index` as a string.
  package func text(_ index: Int) -> String { string(terms[index].range) }

  /// The unstemmed word at `index` as a string.
  package func surface(_ index: Int) -> String { string(terms[index].surface) }

  private func string(_ range: Range<Int32>) -> String {
    String(decoding: bytes[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    terms.removeAll(keepingCapacity: true)
    tokens = 0
    isTraditional = false
  }
}
