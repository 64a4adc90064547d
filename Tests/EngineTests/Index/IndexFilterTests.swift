import AkinSimilarity
import Foundation
import Testing

@testable import AkinEngine

@Suite struct IndexFilterTests {
  static let conditions: [(String, IndexFilter)] = [
    ("brand=Sony", .equals("brand", "Sony")),
    ("brand=Sony|索尼", .oneOf("brand", ["Sony", "索尼"])),
    ("price=10..50", .range("price", 10...50)),
    ("price=..50", .range("price", -.infinity...50)),
    ("price=10.5..", .range("price", 10.5...(.infinity))),
    ("inStock=true", .any([.equals("inStock", "true"), .flag("inStock", true)])),
    ("size=42", .any([.equals("size", "42"), .range("size", 42...42)])),
    ("brand!=Sony", .not(.equals("brand", "Sony"))),
    ("id!=1|2", .not(.identifiers(["1", "2"]))),
    ("name=a=b", .equals("name", "a=b")),
    ("name=a..b", .equals("name", "a..b")),
  ]

  @Test(arguments: conditions)
  func conditionsAreRead(text: String, expected: IndexFilter) throws {
    #expect(try IndexFilter(parsing: text) == expected)
  }

  @Test(arguments: ["", "brand", "=Sony", "!=Sony", "brand=", "brand=|", "price=50..10"])
  func whatIsNoConditionIsRefused(text: String) {
    #expect { try IndexFilter(parsing: text) } throws: {
      ($0 as? EngineError)?.code == .badArgument
    }
  }

  @Test func severalMustAllBeMet() throws {
    #expect(try IndexFilter.parse([]) == nil)
    #expect(try IndexFilter.parse(["a=b"]) == .equals("a", "b"))
    #expect(
      try IndexFilter.parse(["a=b", "c=d"]) == .all([.equals("a", "b"), .equals("c", "d")]))
  }
}

@Suite struct AttributeLinesTests {
  static func lines(_ text: String) throws -> [[String: IndexAttribute]] {
    let file = FileManager.default.temporaryDirectory.appending(path: "facts-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    let lines = try AttributeLines(file)
    return try (0..<lines.count).map { try lines.attributes($0) }
  }

  @Test func everyTypeIsRead() throws {
    let expected: [[String: IndexAttribute]] = [
      [
        "brand": .text("索尼"), "price": .number(9.5), "inStock": .flag(false),
        "path": .texts(["a", "b"]),
      ],
      [:], ["n": .number(-3)],
    ]
    let text = """
      {"brand": "索尼", "price": 9.5, "inStock": false, "path": ["a", "b"], "none": null}\r

      {"n": -3}
      """
    #expect(try Self.lines(text) == expected)
    #expect(try Self.lines(text + "\n") == expected)
  }

  @Test(arguments: ["[1]", "{\"a\": {\"b\": 1}}", "{\"a\": [1]}", "{\"a\": ", "x"])
  func theBadLineIsNamed(text: String) {
    #expect { try Self.lines("{}\n\(text)\n") } throws: {
      ($0 as? EngineError)?.code == .unreadableInput && "\($0)".contains(":2:")
    }
  }
}
