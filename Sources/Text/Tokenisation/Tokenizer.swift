/// Turns text into the token numbers that a pretrained encoder was trained on.
///
/// A tokeniser is an immutable value: any number of threads may encode with the same one. Every
/// implementation gives the ids of the reference library (Hugging Face `tokenizers`), text for
/// text, which the recorded fixture in the tests proves.
public protocol Tokenizer: Sendable {
  /// One more than the largest id that encoding can give.
  var vocabularySize: Int { get }
  /// The tokens that stand around every encoded text, and the one that fills a batch.
  var specialTokens: SpecialTokens { get }
  /// The longest sequence that the model takes, special tokens included, where the files say so.
  var maximumLength: Int? { get }

  /// Appends the tokens of one text, without the special tokens around it.
  ///
  /// - Parameters:
  ///   - utf8: The text. Bytes that are no valid UTF-8 give unspecified ids and do no harm.
  ///   - limit: The largest number of tokens to append; the rest of the text is left out.
  ///   - scratch: Working memory, reused from call to call.
  ///   - ids: Receives the tokens.
  /// - Complexity: O(*n*) in the length of the text.
  func appendTokens(
    of utf8: UnsafeBufferPointer<UInt8>, limit: Int, scratch: TokenizerScratch,
    to ids: inout [Int32])
}

extension Tokenizer {
  /// The ids of a text, with the model's special tokens around them.
  ///
  /// - Parameters:
  ///   - text: Any text, the empty one included.
  ///   - maximumLength: The largest number of ids to return. A longer text loses its end, never
  ///     the special tokens. `nil` takes the model's own limit, or none where it has none.
  ///     A limit below the number of special tokens counts as that number.
  public func encode(_ text: String, maximumLength: Int? = nil) -> [Int32] {
    var ids: [Int32] = []
    append(text, maximumLength: maximumLength, scratch: TokenizerScratch(), to: &ids)
    return ids
  }

  /// The ids of a text alone: no special tokens, no truncation.
  public func encodeWithoutSpecialTokens(_ text: String) -> [Int32] {
    var ids: [Int32] = []
    var text = text
    text.withUTF8 {
      appendTokens(of: $0, limit: .max, scratch: TokenizerScratch(), to: &ids)
    }
    return ids
  }

  /// The ids of many texts, each with the special tokens, in one flat array.
  ///
  /// - Parameter maximumLength: As for ``encode(_:maximumLength:)-(String,_)``, for each text.
  public func encode(_ texts: some Sequence<String>, maximumLength: Int? = nil) -> TokenBatch {
    let scratch = TokenizerScratch()
    var batch = TokenBatch()
    for text in texts {
      append(text, maximumLength: maximumLength, scratch: scratch, to: &batch.ids)
      batch.offsets.append(batch.ids.count)
    }
    return batch
  }

  private func append(
    _ text: String, maximumLength limit: Int?, scratch: TokenizerScratch, to ids: inout [Int32]
  ) {
    let special = specialTokens
    let limit = limit ?? maximumLength ?? .max
    let room = max(0, limit - special.prefix.count - special.suffix.count)
    ids.append(contentsOf: special.prefix)
    var text = text
    text.withUTF8 { appendTokens(of: $0, limit: room, scratch: scratch, to: &ids) }
    ids.append(contentsOf: special.suffix)
  }
}

/// The tokens with a meaning of their own.
public struct SpecialTokens: Sendable, Hashable {
  /// Set before every text: `[CLS]`, `<s>`.
  public var prefix: [Int32]
  /// Set after every text: `[SEP]`, `</s>`.
  public var suffix: [Int32]
  /// Fills a short text in a batch: `[PAD]`, `<pad>`.
  public var padding: Int32
  /// Stands for what the vocabulary does not hold: `[UNK]`, `<unk>`.
  public var unknown: Int32

  /// Creates a set of special tokens.
  public init(prefix: [Int32], suffix: [Int32], padding: Int32, unknown: Int32) {
    self.prefix = prefix
    self.suffix = suffix
    self.padding = padding
    self.unknown = unknown
  }
}

/// The ids of many texts, one after the other.
public struct TokenBatch: Sendable, Hashable {
  /// The ids of all texts.
  public var ids: [Int32] = []
  /// Where each text starts in ``ids``, and last the number of ids: `[count + 1]`.
  public var offsets: [Int] = [0]

  /// Creates an empty batch.
  public init() {}

  /// The number of texts.
  public var count: Int { offsets.count - 1 }

  /// The ids of the text at `index`.
  public subscript(index: Int) -> ArraySlice<Int32> {
    ids[offsets[index]..<offsets[index + 1]]
  }
}

/// Working memory of one encoding thread. Grows to the longest text and is reused.
public final class TokenizerScratch {
  package var section = ByteBuffer()
  package var normalised = ByteBuffer()
  package var spare = ByteBuffer()
  package var word = ByteBuffer()
  package var lattice = Lattice()

  /// Creates working memory that holds nothing yet.
  public init() {}
}
