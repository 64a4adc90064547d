/// Views of a text: the same thing said with other words left out, and with numbers and their units
/// written together or apart.
struct TextView {
  /// The share of words that a view leaves out.
  var deletion: Double
  /// How often `64gb` is split, and `64 gb` joined.
  var respelling: Double
  let vocabulary: CompactVocabulary

  /// A view of `words`, never without a word. O(words).
  ///
  /// - Parameter tokens: the numbers of `words`; a text without words has one.
  func callAsFunction(
    _ words: [String], _ tokens: [CompactVocabulary.Token],
    _ generator: inout SeededGenerator
  ) -> [CompactVocabulary.Token] {
    func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
    var view: [CompactVocabulary.Token] = []
    var place = 0
    while place < words.count {
      defer { place += 1 }
      if happens(deletion) { continue }
      guard respelling > 0, happens(respelling) else {
        view.append(tokens[place])
        continue
      }
      let parts = Self.parts(of: words[place])
      if parts.count > 1 {
        view += parts.map(vocabulary.token)
      } else if place + 1 < words.count, Self.areJoined(words[place], words[place + 1]) {
        view.append(vocabulary.token(words[place] + words[place + 1]))
        place += 1
      } else {
        view.append(tokens[place])
      }
    }
    return view.isEmpty ? [tokens[Int.random(in: 0..<tokens.count, using: &generator)]] : view
  }

  /// A word cut between letters and digits: `64`, `gb`.
  static func parts(of word: String) -> [String] {
    var parts: [String] = []
    var wasDigit: Bool?
    for character in word {
      let isDigit = character.isASCII && character.isNumber
      if wasDigit == isDigit {
        parts[parts.count - 1].append(character)
      } else {
        parts.append(String(character))
      }
      wasDigit = isDigit
    }
    return parts
  }

  /// Whether a number and what may be its unit, up to three letters.
  private static func areJoined(_ first: String, _ second: String) -> Bool {
    first.allSatisfy { $0.isASCII && $0.isNumber }
      && second.count <= 3 && second.allSatisfy { $0.isASCII && $0.isLetter }
  }
}
