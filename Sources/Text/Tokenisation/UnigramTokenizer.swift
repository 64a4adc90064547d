/// sentencepiece's tokeniser: the most probable segmentation of each word under a unigram model,
/// as XLM-R and its descendants use it.
///
/// Kudo 2018, "Subword Regularization"; Kudo and Richardson 2018, "SentencePiece". Characters are
/// first rewritten by a table (NFKC and more), white space becomes `▁`, and each word with its
/// leading `▁` is then cut by dynamic programming. Stretches of unknown characters become one
/// unknown token.
public struct UnigramTokenizer: Tokenizer {
  /// One more than the largest id that encoding can give.
  public let vocabularySize: Int
  /// The tokens that stand around every encoded text, and the one that fills a batch.
  public let specialTokens: SpecialTokens
  /// The longest sequence that the model takes, special tokens included, where the files say so.
  public let maximumLength: Int?

  let model: UnigramModel
  let normaliser: [NormaliserStep]
  let splitter: MetaspaceSplitter
  let addedTokens: AddedTokens
  /// Those that are looked for after normalisation.
  let normalisedTokens: AddedTokens

  /// Appends the tokens of one text, without the special tokens around it.
  public func appendTokens(
    of utf8: UnsafeBufferPointer<UInt8>, limit: Int, scratch: TokenizerScratch,
    to ids: inout [Int32]
  ) {
    guard limit > 0 else { return }
    let end = limit == .max ? .max : ids.count + limit
    addedTokens.split(utf8) { plain, token in
      if let plain {
        appendSection(
          UnsafeBufferPointer(rebasing: utf8[plain]), isFirst: plain.lowerBound == 0, end: end,
          scratch: scratch, to: &ids)
      } else {
        ids.append(token)
      }
      return ids.count < end
    }
    if ids.count > end { ids.removeLast(ids.count - end) }
  }

  private func appendSection(
    _ section: UnsafeBufferPointer<UInt8>, isFirst: Bool, end: Int, scratch: TokenizerScratch,
    to ids: inout [Int32]
  ) {
    scratch.normalised.removeAll()
    if normaliser.isEmpty, let base = section.baseAddress {
      scratch.normalised.append(base, count: section.count)
    }
    for (index, step) in normaliser.enumerated() {
      if index > 0 { swap(&scratch.normalised, &scratch.spare) }
      scratch.normalised.removeAll()
      step.apply(
        to: index == 0 ? section : scratch.spare.bytes, appendingTo: scratch.normalised)
    }
    let normalised = scratch.normalised.bytes
    normalisedTokens.split(normalised) { plain, token in
      if let plain {
        splitter.forEachWord(
          of: UnsafeBufferPointer(rebasing: normalised[plain]),
          isFirst: isFirst && plain.lowerBound == 0, in: scratch.word
        ) { word in
          scratch.lattice.appendBestPath(through: word, model, to: &ids)
          return ids.count < end
        }
      } else {
        ids.append(token)
      }
      return ids.count < end
    }
  }
}

/// Marks the white space of a text and cuts it into words.
struct MetaspaceSplitter: Sendable {
  /// Which stretches of text get a mark in front.
  enum Prefix: Sendable {
    case always, first, never
  }

  /// Drops white space and treats each word as a text of its own, before marking.
  var splitsWhiteSpace = false
  /// Stands for a space; empty where white space is not marked at all.
  var mark: [UInt8] = Array("▁".utf8)
  var prefix = Prefix.always
  /// Cuts before each mark.
  var splits = true

  /// Hands over the words of a normalised text until `body` returns `false`.
  @inline(__always)
  func forEachWord(
    of text: UnsafeBufferPointer<UInt8>, isFirst: Bool, in word: ByteBuffer,
    _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) {
    guard splitsWhiteSpace else {
      _ = marked(text, isFirst: isFirst, in: word, body)
      return
    }
    var start = 0
    var position = 0
    while position < text.count {
      let (value, length) = UTF8Decoding.scalar(in: text, at: position)
      if isWhiteSpace(value) {
        if position > start,
          !marked(
            UnsafeBufferPointer(rebasing: text[start..<position]), isFirst: isFirst && start == 0,
            in: word, body)
        {
          return
        }
        start = position + length
      }
      position += length
    }
    if position > start {
      _ = marked(
        UnsafeBufferPointer(rebasing: text[start..<position]), isFirst: isFirst && start == 0,
        in: word, body)
    }
  }

  private func isWhiteSpace(_ value: UInt32) -> Bool {
    if value <= 0x20 { return value == 0x20 || (0x09...0x0D).contains(value) }
    return value >= 0x85 && Unicode.Scalar(value)?.properties.isWhitespace ?? false
  }

  @inline(__always)
  private func marked(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, in word: ByteBuffer,
    _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) -> Bool {
    guard !text.isEmpty else { return true }
    guard let markStart = mark.first else { return body(text) }
    word.removeAll()
    let hasPrefix = prefix == .always || prefix == .first && isFirst
    if hasPrefix, text[0] != 0x20, !isMark(text, 0) { word.append(mark) }
    for position in text.indices {
      let byte = text[position]
      let isSpace = byte == 0x20
      if splits, isSpace || byte == markStart && isMark(text, position), word.count > 0 {
        if !body(word.bytes) { return false }
        word.removeAll()
      }
      if isSpace { word.append(mark) } else { word.append(byte) }
    }
    return body(word.bytes)
  }

  @inline(__always)
  private func isMark(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
    guard text.count - position >= mark.count else { return false }
    for offset in mark.indices where text[position + offset] != mark[offset] { return false }
    return true
  }
}
