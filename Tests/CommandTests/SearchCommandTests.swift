import Foundation
import Testing

@Suite(.serialized) struct SearchCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shop() throws -> String {
    let shop = folder.path("shop")
    let built = try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts + ["--shop", shop])
    try #require(built.status == 0, "\(built.messages)")
    return shop
  }

  @Test func searchesAndCompletes() throws {
    let shop = try shop()
    let found = try AkinProcess.run(
      "search", "--shop", shop, "headphnes under 300 -bose", "--facet", "brand", "--json")
    #expect(found.status == 0, "\(found.messages)")
    let result = try found.json()
    let understood = try #require(result["understood"] as? [String: Any])
    #expect(understood["suggestion"] as? String == "headphones")
    #expect((result["items"] as? [[String: Any]])?.isEmpty == false)
    #expect((result["facets"] as? [String: Any])?["brand"] != nil)
    let text = try AkinProcess.run("search", "--shop", shop, "purple iphone 12")
    #expect(text.status == 0 && text.text.contains("left out: purple"), "\(text.text)")
    let filtered = try AkinProcess.run(
      "search", "--shop", shop, "耳机", "--filter", "brand=Sony", "--filter", "price=..2000")
    #expect(filtered.status == 0 && filtered.text.contains("102003"), "\(filtered.text)")
    let suggested = try AkinProcess.run("suggest", "--shop", shop, "xiao")
    #expect(suggested.status == 0 && suggested.text.contains("小米"))
    let list = try AkinProcess.run("suggest", "--shop", shop, "xiao", "--k", "2", "--json")
    let texts = try JSONSerialization.jsonObject(with: list.output) as? [String]
    #expect(texts?.count == 2)

    for (query, status) in Self.bad {
      let answer = try AkinProcess.run("search", "--shop", shop, "--", query)
      #expect(answer.status == status, "'\(query.prefix(40))': \(answer.messages)")
      if status != 0 { #expect(answer.messages.hasPrefix("akin: ")) }
      #expect(try AkinProcess.run("suggest", "--shop", shop, "--", query).status == 0)
    }
    for filter in ["weight_of_box=1", "brand", "price=9..3"] {
      let answer = try AkinProcess.run("search", "--shop", shop, "case", "--filter", filter)
      #expect(answer.status == 64 || answer.status == 65, "\(filter)")
      #expect(!answer.messages.isEmpty)
    }
    #expect(try AkinProcess.run("search", "--shop", shop, "case", "--k", "0").status != 0)
    #expect(try AkinProcess.run("search", "--shop", shop, "case", "--sort", "best").status == 64)
    #expect(try AkinProcess.run("search", "--shop", shop, "case", "--mode", "magic").status == 64)
    #expect(try AkinProcess.run("search", "--shop", folder.path("none"), "case").status == 65)
    try learns(shop)
  }

  static let bad: [(String, Int32)] = [
    ("", 64), ("  ", 64), ("!!!", 64), ("。，", 64), (String(repeating: "x", count: 10_000), 64),
    (String(repeating: "coat ", count: 2_000), 0),
    ("'; DROP TABLE product;--", 0), ("<script>alert(1)</script>", 0), ("../../etc/passwd", 0),
    ("%s%s%n", 0), ("$(reboot)", 0),
  ]

  /// Judgments that go against words: of each colour the products whose identifier is even.
  private func learns(_ shop: String) throws {
    let few = try folder.write("query\tproduct\trelevance\ncase\tB-1101\t2\n", to: "few.tsv")
    let answer = try AkinProcess.run("search-train", "--shop", shop, "--judged", few)
    #expect(answer.status == 65 && answer.messages.contains("50 or more"), "\(answer.messages)")
    for line in ["case\tB-1101", "case\tB-1101\tmuch", "\tB-1101\t1", "case\t\t1"] {
      let file = try folder.write(line + "\n", to: "bad.tsv")
      let refused = try AkinProcess.run("search-train", "--shop", shop, "--judged", file)
      #expect(refused.status == 65 && refused.messages.contains("line 1"), "\(refused.messages)")
    }
    #expect(
      try AkinProcess.run("search-train", "--shop", shop, "--judged", folder.path("none")).status
        == 65)
    #expect(try AkinProcess.run("search-train", "--shop", shop).messages.contains("--judged"))
  }
}
