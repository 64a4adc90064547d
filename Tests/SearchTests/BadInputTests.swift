import AkinCatalogue
import Testing

@testable import AkinSearch

@Suite struct BadInputTests {
  @Test(arguments: ["", " ", "\n\t", "!!!", "。，、", "-", "---", "\u{0}", "👩‍👩‍👧", "$", "..", "%"])
  func nothingToLookForIsSaid(query: String) {
    let error = #expect(throws: SearchError.self) {
      try Sample.index.search(SearchRequest(query))
    }
    #expect(error?.code == .emptyQuery)
  }

  /// Whatever is typed, the answer is an answer.
  @Test(arguments: [
    String(repeating: "headphones ", count: 1000), String(repeating: "长", count: 10_000),
    String(repeating: "x", count: 10_000), String(repeating: "a1-", count: 4000),
    "'; DROP TABLE product; --", "<script>alert(1)</script>", "\" OR \"\"=\"", "../../etc/passwd",
    "%s%s%s%n", "${jndi:ldap://x}", "a\u{0}b",
    String(decoding: [0xFF, 0xFE, 0x41, 0x80], as: UTF8.self),
    "the", "的", "not", "-x", "under 99999999999999999999999999", "500000000000000000000000ml",
    "title:*", "a AND (b OR", "\u{202E}enohp", "e\u{301}\u{301}\u{301}", "1e999",
    "\u{1}brand\u{1F}apple",
    "不要", "between 5 and", "苹果\u{1F}手机",
  ])
  func anythingIsAnswered(query: String) throws {
    do {
      let results = try Sample.index.search(SearchRequest(query))
      for hit in results.hits {
        for range in hit.highlights { #expect(range.upperBound <= hit.title.utf8.count) }
      }
      #expect(results.hits.count <= 10)
    } catch {
      #expect(error.code == .emptyQuery)
    }
    #expect(try Sample.index.suggest(query).count <= 8)
  }

  @Test func longQueriesAreCutAndSayIt() throws {
    let results = try Sample.index.search(
      SearchRequest(String(repeating: "sony headphones ", count: 700)))
    #expect(results.understood.isTruncated && !results.hits.isEmpty)
  }

  @Test(arguments: [
    "", "brand", "=x", "brand=", "brand= |", "price=", "price=..", "price=5", "price=x..y",
    "price=9..3", "price=-1..", "price=nan..", "price=..inf",
  ])
  func malformedFilters(text: String) {
    let error = #expect(throws: SearchError.self) { try SearchFilter(parsing: text) }
    #expect(error?.code == .badFilter)
  }

  @Test func unknownFieldsAreNamed() {
    var request = SearchRequest("case")
    request.filters = [.value(field: "weight_of_box", anyOf: ["1"])]
    let error = #expect(throws: SearchError.self) { try Sample.index.search(request) }
    #expect(error?.code == .badFilter)
    #expect(
      error?.message.contains("weight_of_box") == true && error?.message.contains("brand") == true)
  }

  @Test(arguments: [-1, 0, 1001, .max])
  func countsOutOfRange(count: Int) {
    var request = SearchRequest("case")
    request.count = count
    #expect(throws: SearchError.self) { try Sample.index.search(request) }
    #expect(throws: SearchError.self) { try Sample.index.suggest("a", count: count) }
  }

  @Test(arguments: ["", "x", "a-b-c", "-", "0-0", "zzzzzzzzzzzzzzzzz-1", "5-1"])
  func foreignCursors(cursor: String) throws {
    var request = SearchRequest("case")
    request.cursor = cursor
    let error = #expect(throws: SearchError.self) { try Sample.index.search(request) }
    #expect(error?.code == .badCursor)
    request.cursor = nil
    request.count = 2
    let next = try #require(try Sample.index.search(request).cursor)
    request.cursor = next
    request.query = "phone"
    #expect(throws: SearchError.self) { try Sample.index.search(request) }
  }

  @Test(arguments: [
    ("a", 1), ("a, b\nc", 2), ("size: a, b", 1), ("\n\n# c\nbrand: x", 4), (",,,", 1),
  ])
  func malformedLexicons(text: String, line: Int) {
    let error = #expect(throws: SearchError.self) {
      try Lexicon(parsing: text, name: "words.txt")
    }
    #expect(error?.code == .badLexicon)
    #expect(error?.message.hasPrefix("words.txt, line \(line):") == true)
  }
}
