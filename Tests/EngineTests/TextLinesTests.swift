import Foundation
import Testing

@testable import AkinEngine

@Suite struct TextLinesTests {
  static func lines(_ bytes: [UInt8]) throws -> (count: Int, texts: [String]) {
    let file = FileManager.default.temporaryDirectory.appending(path: "lines-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let lines = try TextLines(file)
    var texts: [String] = []
    try lines.forEach { texts.append($0) }
    return (lines.count, texts)
  }

  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("\n", [""]), ("a\r\n\r\n手机", ["a", "", "手机"]),
      ("a\n\nb\n", ["a", "", "b"]),
    ] as [(String, [String])])
  func eachLineIsAText(content: String, expected: [String]) throws {
    let (count, texts) = try Self.lines(Array(content.utf8))
    #expect(texts == expected)
    #expect(count == expected.count)
  }

  @Test func theBadLineIsNamed() {
    #expect {
      try Self.lines(Array("good\nbad ".utf8) + [0xFF, 0x0A])
    } throws: {
      ($0 as? EngineError)?.code == .unreadableInput && "\($0)".contains(":2:")
    }
  }

  @Test func missingFile() {
    #expect(throws: EngineError.self) { try TextLines(URL(filePath: "/no/such/file")) }
  }
}
