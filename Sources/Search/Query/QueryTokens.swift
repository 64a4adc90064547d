internal import AkinText

/// A token of a query: a word between blanks, or a dictionary word of a script without blanks.
struct QueryToken {
  var isUnspaced: Bool
  /// The folded word, unstemmed.
  var surface: String
  /// The term under which products hold it: the stem, the joined model number, the Chinese word.
  var main: String
  var kind: TermKind
  /// The other terms of the token.
  var parts: [(kind: TermKind, text: String)] = []
  /// In the query, bytes of UTF-8.
  var source: Range<Int>

  var isLetters: Bool {
    !isUnspaced && kind == .word && surface.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
  }
}

extension QueryToken {
  /// The tokens of an analysed text.
  static func tokens(of text: AnalysedText) -> [QueryToken] {
    var tokens: [QueryToken] = []
    var number: Int32 = -1
    for (index, term) in text.terms.enumerated() {
      let isMain =
        term.isUnspaced
        ? term.isWholeWord : term.kind == .word || term.kind == .number || term.kind == .compound
      if term.token != number {
        number = term.token
        tokens.append(
          QueryToken(
            isUnspaced: term.isUnspaced, surface: text.surface(index), main: text.text(index),
            kind: term.kind, source: Int(term.source.lowerBound)..<Int(term.source.upperBound)))
        // The first term of a short Chinese word is its first character.
        if !term.isUnspaced || isMain { continue }
      }
      let last = tokens.count - 1
      if term.isUnspaced, isMain {
        tokens[last].main = text.text(index)
        tokens[last].surface = text.surface(index)
        tokens[last].kind = term.kind
        tokens[last].source = Int(term.source.lowerBound)..<Int(term.source.upperBound)
      }
      tokens[last].parts.append((term.kind, text.text(index)))
    }
    return tokens
  }

  /// The key under which a phrase is known to the lexicon: stems with blanks, Chinese without.
  static func key(_ tokens: some Collection<QueryToken>) -> String {
    var key = ""
    var wasUnspaced = false
    for token in tokens {
      if !key.isEmpty, !(token.isUnspaced && wasUnspaced) { key += " " }
      key += token.main
      wasUnspaced = token.isUnspaced
    }
    return key
  }
}

/// A lexicon by the keys of its phrases.
struct CompiledLexicon {
  struct Entry {
    var kind: Lexicon.Kind
    /// The terms of each word of the group.
    var alternatives: [[String]]
  }

  private var groups: [Entry] = []
  private var byKey: [String: [Int]] = [:]
  /// Tokens of the longest phrase.
  private(set) var longest = 1

  init(_ lexicon: Lexicon, analyser: TextAnalyser) {
    for group in lexicon.groups {
      var entry = Entry(kind: group.kind, alternatives: [])
      for word in group.words {
        let tokens = QueryToken.tokens(of: analyser.analyse(word))
        guard !tokens.isEmpty else { continue }
        let key = QueryToken.key(tokens)
        byKey[key, default: []].append(groups.count)
        longest = max(longest, min(4, tokens.count))
        for alternative in Self.terms(of: tokens) where !entry.alternatives.contains(alternative) {
          entry.alternatives.append(alternative)
        }
      }
      groups.append(entry)
    }
  }

  /// The first group of a kind that has the phrase.
  func group(_ key: String, of kind: Lexicon.Kind) -> Int? {
    byKey[key]?.first { groups[$0].kind == kind }
  }

  func entries(_ key: String) -> [Entry] { byKey[key, default: []].map { groups[$0] } }

  /// How products may hold a phrase: as its words, and where it is Chinese also as the pairs of
  /// its characters, however the dictionary cuts it there.
  static func terms(of tokens: [QueryToken]) -> [[String]] {
    var alternatives = [tokens.map(\.main)]
    if tokens.allSatisfy(\.isUnspaced) {
      let pairs = tokens.flatMap(\.parts).filter { $0.kind == .bigram || $0.kind == .crossing }
        .map(\.text)
      let whole = tokens.map(\.main).joined()
      if whole.unicodeScalars.count > 2, tokens.count > 1 { alternatives = [[whole]] }
      if !pairs.isEmpty, whole.unicodeScalars.count > 2 { alternatives.append(pairs) }
      if whole.unicodeScalars.count == 2 { alternatives = [[whole]] }
    }
    return alternatives
  }
}
