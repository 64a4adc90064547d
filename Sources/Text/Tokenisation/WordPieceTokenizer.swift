/// BERT's tokeniser: words are cut at spaces, punctuation and Chinese characters, then greedily
/// into the longest pieces of the vocabulary.
///
/// Wu et al. 2016, "Google's Neural Machine Translation System", section 4.1; the normalisation
/// is that of Devlin et al. 2018 as the Hugging Face library does it.
public struct WordPieceTokenizer: Tokenizer {
  /// How text is prepared and words are cut.
  public struct Options: Sendable, Hashable {
    /// Removes control characters and makes every white space a space.
    public var cleansText = true
    /// Makes every Chinese character a word of its own.
    public var splitsChinese = true
    /// Removes combining marks after decomposition; `nil` follows ``lowercases``.
    public var stripsAccents: Bool?
    /// Makes all letters small (`do_lower_case`).
    public var lowercases = true
    /// Marks a piece that goes on with a word.
    public var continuation = "##"
    /// A word with more characters becomes one unknown token.
    public var maximumWordLength = 100

    /// Creates the options of an uncased BERT.
    public init() {}
  }

  /// How text is prepared and words are cut.
  public let options: Options
  /// One more than the largest id that encoding can give.
  public let vocabularySize: Int
  /// The tokens that stand around every encoded text, and the one that fills a batch.
  public let specialTokens: SpecialTokens
  /// The longest sequence that the model takes, special tokens included, where the files say so.
  public let maximumLength: Int?

  private let characters: BertCharacters
  private let trie: ByteTrie
  /// Where the walk for a piece inside a word starts; `nil` where no piece goes on with a word.
  private let continuationState: ByteTrie.State?
  private let addedTokens: AddedTokens

  init(
    trie: ByteTrie, vocabularySize: Int, options: Options, specialTokens: SpecialTokens,
    maximumLength: Int?, addedTokens: AddedTokens
  ) {
    self.options = options
    self.vocabularySize = vocabularySize
    self.specialTokens = specialTokens
    self.maximumLength = maximumLength
    self.trie = trie
    self.addedTokens = addedTokens
    characters = BertCharacters(
      BertCharacters.Options(
        cleansText: options.cleansText, splitsChinese: options.splitsChinese,
        stripsAccents: options.stripsAccents ?? options.lowercases,
        lowercases: options.lowercases))
    continuationState = trie.walk(options.continuation.utf8)?.state
  }

  /// Appends the tokens of one text, without the special tokens around it.
  public func appendTokens(
    of utf8: UnsafeBufferPointer<UInt8>, limit: Int, scratch: TokenizerScratch,
    to ids: inout [Int32]
  ) {
    guard limit > 0 else { return }
    let end = limit == .max ? .max : ids.count + limit
    addedTokens.split(utf8) { plain, token in
      if let plain {
        let section = UnsafeBufferPointer(rebasing: utf8[plain])
        words(of: section, in: scratch.word) { word, length in
          cut(word, length: length, into: &ids)
          return ids.count < end
        }
      } else {
        ids.append(token)
      }
      return ids.count < end
    }
    if ids.count > end { ids.removeLast(ids.count - end) }
  }

  /// The words of a text after normalisation.
  func words(of text: String) -> [String] {
    var words: [String] = []
    var text = text
    text.withUTF8 {
      self.words(of: $0, in: ByteBuffer()) { word, _ in
        words.append(String(decoding: word, as: UTF8.self))
        return true
      }
    }
    return words
  }

  /// Normalises `text` and hands over its words, each with its number of characters, until `body`
  /// returns `false`.
  @inline(__always)
  private func words(
    of text: UnsafeBufferPointer<UInt8>, in word: ByteBuffer,
    _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) {
    var splitter = WordSplitter(characters: characters, word: word)
    word.removeAll()
    var position = 0
    while position < text.count {
      let (value, length) = UTF8Decoding.scalar(in: text, at: position)
      position &+= length
      if !splitter.take(value, body) { return }
    }
    _ = splitter.endWord(body)
  }

  /// Greedy longest match first. One piece that cannot be found makes the whole word unknown.
  @inline(__always)
  private func cut(
    _ word: UnsafeBufferPointer<UInt8>, length: Int, into ids: inout [Int32]
  ) {
    guard length <= options.maximumWordLength else {
      ids.append(specialTokens.unknown)
      return
    }
    let mark = ids.count
    var start = 0
    var state = ByteTrie.root
    while start < word.count {
      var piece: Int32 = -1
      var end = start
      var position = start
      while position < word.count, let next = trie.step(from: state, byte: word[position]) {
        position &+= 1
        state = next.state
        if next.value >= 0 { (piece, end) = (next.value, position) }
      }
      guard piece >= 0, end == word.count || continuationState != nil else {
        ids.removeLast(ids.count - mark)
        ids.append(specialTokens.unknown)
        return
      }
      ids.append(piece)
      start = end
      if let continuationState { state = continuationState }
    }
  }
}

/// Takes scalars and puts words together.
private struct WordSplitter {
  let characters: BertCharacters
  let word: ByteBuffer
  var length = 0

  /// Takes a scalar of the text; `false` where `body` wants no more.
  @inline(__always)
  mutating func take(
    _ value: UInt32, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) -> Bool {
    switch characters.kind(of: value) {
    case .plain:
      word.append(scalar: value)
      length &+= 1
      return true
    case .removed: return true
    case .space: return endWord(body)
    case .punctuation: return endWord(body) && takeAlone(value, body)
    case .mapped: return takeMapped(value, body)
    case .chinese: return endWord(body) && takeMapped(value, body) && endWord(body)
    }
  }

  @inline(__always)
  private mutating func takeMapped(
    _ value: UInt32, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) -> Bool {
    let single = characters.single(of: value)
    if single != 0 { return takeFinal(single, body) }
    if let syllable = BertCharacters.KoreanSyllable(value) {
      return takeFinal(syllable.initial, body) && takeFinal(syllable.vowel, body)
        && (syllable.final == 0 || takeFinal(syllable.final, body))
    }
    for part in characters.mapping(of: value) where !takeFinal(part, body) { return false }
    return true
  }

  /// Takes a scalar that is normalised already.
  @inline(__always)
  private mutating func takeFinal(
    _ value: UInt32, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) -> Bool {
    if characters.kind(of: value) == .punctuation {
      return endWord(body) && takeAlone(value, body)
    }
    word.append(scalar: value)
    length &+= 1
    return true
  }

  @inline(__always)
  private mutating func takeAlone(
    _ value: UInt32, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
  ) -> Bool {
    word.append(scalar: value)
    length = 1
    return endWord(body)
  }

  @inline(__always)
  mutating func endWord(_ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool) -> Bool {
    guard length > 0 else { return true }
    let more = body(word.bytes, length)
    word.removeAll()
    length = 0
    return more
  }
}
