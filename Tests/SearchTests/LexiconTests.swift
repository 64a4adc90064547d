import AkinCatalogue
import AkinText
import Testing

@testable import AkinSearch

@Suite struct LexiconTests {
  @Test func theBuiltInOneReads() throws {
    #expect(Lexicon.builtIn.groups.count > 150)
    #expect(Lexicon.builtIn.groups.contains { $0.kind == .brand && $0.words.contains("苹果") })
  }

  @Test func readsItsFormat() throws {
    let lexicon = try Lexicon(
      parsing: "# words\nbrand: A B, 甲乙 # both\n\ncolor：red，红\nx, y z", name: "test")
    #expect(
      lexicon.groups == [
        .init(kind: .brand, words: ["A B", "甲乙"]), .init(kind: .colour, words: ["red", "红"]),
        .init(kind: .synonym, words: ["x", "y z"]),
      ])
  }

  /// What the sample's own bar codes, part numbers, groups and joined names say.
  @Test func brandsOfTwoNamesAreLearned() throws {
    var aliases = BrandAliases(analyser: try TextAnalyser())
    for product in Sample.products { aliases.add(product) }
    let pairs = Set(aliases.lexicon().groups.map { Set($0.words.map { $0.lowercased() }) })
    for pair in [
      ["苹果", "apple"], ["三星", "samsung"], ["索尼", "sony"], ["膳魔师", "thermos"],
      ["可口可乐", "coca-cola"], ["老干妈", "lao gan ma"], ["罗技", "logitech"],
    ] {
      #expect(pairs.contains(Set(pair)), "\(pair)")
    }
    #expect(pairs.allSatisfy { !$0.contains("iphone") && !$0.contains("galaxy") })
  }

  @Test func aShopsOwnWordsCount() throws {
    var settings = SearchSettings()
    settings.lexicon = try Lexicon(parsing: "flux capacitor, doohickey", name: "test")
    let index = try SearchIndex(
      [IndexedProduct(Product(id: "1", title: "Flux capacitor 12 V"))], settings: settings)
    #expect(try index.search(SearchRequest("doohickey")).hits.map(\.id) == ["1"])
  }

  @Test(arguments: [
    ("son", "Sony"), ("xiaom", "小米"), ("xm", "小米"), ("耳", "头戴耳机"), ("headph", "Headphones"),
    ("ipho", "iPhone 12"), ("索", "索尼"), ("hedphones", "Headphones"),
    ("sony head", "Sony Headphones"),
  ])
  func completions(prefix: String, expected: String) throws {
    let found = try Sample.index.suggest(prefix, count: 20).map(\.text)
    #expect(found.contains { $0.contains(expected) }, "\(prefix): \(found)")
  }
}
