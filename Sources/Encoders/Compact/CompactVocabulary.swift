/// The words that a ``CompactEncoder`` knows, and the pieces that all words are made of.
///
/// A word has a number of its own, 0 for those not known, and one for each stretch of 3 to 5
/// characters of it (with signs for its beginning and end), by a hash: so a model number that nobody
/// has seen still is like its neighbours. Bojanowski et al., *Enriching word vectors with subword
/// information* (2017).
struct CompactVocabulary: Sendable {
  /// The words by number, from 1.
  let words: [String]
  private let numbers: [String: Int64]
  private let pieceCount: UInt32

  /// - Parameter words: each once.
  init(words: [String], pieceCount: Int) {
    self.words = words
    numbers = Dictionary(uniqueKeysWithValues: zip(words, 1...))
    self.pieceCount = UInt32(pieceCount)
  }

  /// The words that stand in texts at least `minimumCount` times, the most frequent ones.
  static func words(of texts: [[String]], minimumCount: Int, most: Int) -> [String] {
    var corpus = WordCorpus()
    for text in texts { corpus.append(text) }
    corpus.keepFrequent(minimumCount: minimumCount, most: most)
    return corpus.words
  }

  /// A word as numbers.
  struct Token: Sendable, Hashable {
    var word: Int64
    var pieces: [Int64]
  }

  /// The numbers of a word. O(length of the word).
  func token(_ word: String) -> Token {
    Token(word: numbers[word] ?? 0, pieces: pieces(of: word))
  }

  /// The numbers of a text's words; a text without words is one that is not known.
  func tokens(_ words: [String]) -> [Token] {
    words.isEmpty ? [Token(word: 0, pieces: [])] : words.map(token)
  }

  private func pieces(of word: String) -> [Int64] {
    let scalars = [0x3C] + word.unicodeScalars.map(\.value) + [0x3E]
    var pieces: [Int64] = []
    for start in scalars.indices {
      // 32-bit FNV-1a over the characters.
      var hash: UInt32 = 0x811C_9DC5
      for (length, scalar) in scalars[start...].prefix(5).enumerated() {
        hash = (hash ^ scalar) &* 0x0100_0193
        if length >= 2 { pieces.append(Int64(Self.mixed(hash) % pieceCount)) }
      }
    }
    return pieces
  }

  /// The low bits of FNV-1a alone are too alike for neighbours in an alphabet.
  private static func mixed(_ hash: UInt32) -> UInt32 {
    var hash = hash
    hash ^= hash >> 16
    hash = hash &* 0x7FEB_352D
    return hash ^ (hash >> 15)
  }
}

/// Words of some texts end to end, as the network takes them.
struct CompactBatch {
  private(set) var words: [Int64] = []
  private(set) var pieces: [Int64] = []
  /// Where the pieces of each word begin.
  private(set) var pieceStarts: [Int64] = []
  /// Where each text begins, and last the number of words.
  private(set) var starts: [Int32] = [0]

  mutating func append(_ text: some Sequence<CompactVocabulary.Token>) {
    for token in text {
      words.append(token.word)
      pieceStarts.append(Int64(pieces.count))
      pieces.append(contentsOf: token.pieces)
    }
    starts.append(Int32(words.count))
  }

  /// The number of texts.
  var count: Int { starts.count - 1 }

  /// Words of each text.
  var lengths: [Int] { zip(starts.dropFirst(), starts).map { Int($0 - $1) } }
}
