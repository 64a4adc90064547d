import Testing

@testable import AkinCatalogue

@Suite("Delimited text")
struct DelimitedReaderTests {
  @Test("Quotes, line breaks in fields, empty fields, physical lines")
  func quoting() throws {
    let feed = try readFeed(
      "id,title,note\n1,\"a, \"\"b\"\"\nc\",\n\n2,plain,\"\"\r\n3,5\" screen,x")
    #expect(feed.columns == ["id", "title", "note"])
    #expect(
      feed.records == [["1", "a, \"b\"\nc", ""], ["2", "plain", ""], ["3", "5\" screen", "x"]])
    #expect(feed.lines == [2, 5, 6])
    #expect(feed.error == nil)
  }

  @Test(
    "Delimiters are found",
    arguments: [
      ("id,title,price\n1,a b,\"2,5\"\n2,c;d,3\n", ","),
      ("id\ttitle\tprice\n1\ta, b\t2\n2\tc, d\t3\n", "\t"),
      ("id;title;price\n1;a;2,5\n2;b;3,5\n", ";"),
      ("id|title|price\n1|a, b|2\n2|c|3\n", "|"),
    ])
  func delimiters(text: String, delimiter: String) throws {
    let feed = try readFeed(text)
    #expect(feed.feed?.delimiter == delimiter)
    #expect(feed.columns == ["id", "title", "price"])
    #expect(feed.records.count == 2 && feed.malformed.isEmpty)
  }

  @Test(
    "Line ends are found",
    arguments: [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")], [true, false])
  func lineEnds(end: (String, String), isLast: Bool) throws {
    let text = ["a,b", "1,\"x\"", "2,y"].joined(separator: end.0) + (isLast ? end.0 : "")
    let feed = try readFeed(text)
    #expect(feed.rows == [.record(2, ["1", "x"]), .record(3, ["2", "y"])])
    #expect(feed.feed?.lineEnd == end.1)
  }

  @Test("A list of one column keeps its commas")
  func oneColumn() throws {
    let feed = try readFeed("title\na, b\nc\n")
    #expect(feed.columns == ["title"] && feed.records == [["a, b"], ["c"]])
    #expect(try readFeed("title\n\"a, b\"\n\"c\"\n").records == [["a, b"], ["c"]])
  }

  @Test("Tabs: quotation marks are plain unless a quoted field is seen")
  func tabs() throws {
    let plain = try readFeed("id\ttitle\n1\t\"Star\" lamp\n2\tlamp 5\"\n")
    #expect(plain.records == [["1", "\"Star\" lamp"], ["2", "lamp 5\""]])
    #expect(plain.feed?.isQuoted == false)
    let quoted = try readFeed("id\ttitle\n1\t\"a\tb\"\n2\t\"c \"\"d\"\"\"\n")
    #expect(quoted.records == [["1", "a\tb"], ["2", "c \"d\""]])
  }

  /// Line, column and a word of the reason of the one malformed row; the records that stay.
  struct Fault: Sendable {
    var text: [UInt8]
    var line: Int
    var column: Int?
    var reason: String
    var raw: String
    var kept: [String]

    init(
      _ text: String, _ line: Int, _ column: Int?, _ reason: String, raw: String, _ kept: [String]
    ) {
      self.init(Array(text.utf8), line, column, reason, raw: raw, kept)
    }

    init(
      _ text: [UInt8], _ line: Int, _ column: Int?, _ reason: String, raw: String, _ kept: [String]
    ) {
      self.text = text
      self.line = line
      self.column = column
      self.reason = reason
      self.raw = raw
      self.kept = kept
    }
  }

  @Test(
    "One malformed row costs one row",
    arguments: [
      Fault("a,b\n1,x\n2\n3,z\n", 3, 1, "1 field instead of 2", raw: "2", ["1", "3"]),
      Fault("a,b\n1,x\n2,y,z\n3,z\n", 3, 2, "3 fields instead of 2", raw: "2,y,z", ["1", "3"]),
      Fault("a,b\n1,x\n2,\"y\n3,z\n4,w\n", 3, 1, "not closed", raw: "2,\"y", ["1", "3", "4"]),
      Fault("a,b\n1,x\n2,\"y\"z\n3,z\n", 3, 1, "closing quote", raw: "2,\"y\"z", ["1", "3"]),
      Fault("a,b\n1,x\n2,\"y\n3,\"z\"\n4,w\n", 3, 1, "quote", raw: "2,\"y", ["1", "3", "4"]),
      Fault(
        "a,b,c\n1,x,\n2,\"y,w\n3,z,v\n4,w,\"\n5,q,\n", 3, 2, "lost quote", raw: "2,\"y,w",
        ["1", "3", "5"]),
      Fault("a,b\n1,\"x\n y\"\n2,q\0r\n3,z\n", 4, 1, "NUL", raw: "2,q\0r", ["1", "3"]),
      Fault(
        Array("a,b\n1,é\n2,".utf8) + [0xFF, 0x0A] + Array("3,ü\n4,ö\n5,ß\n".utf8), 3, 1,
        "not UTF-8", raw: "2,\u{FFFD}", ["1", "3", "4", "5"]),
      Fault(
        Array("a,b\n1,é\n".utf8) + [0xC3] + Array(",x\n3,ü\n4,ö\n5,ß\n".utf8), 3, 0,
        "not UTF-8", raw: "\u{FFFD},x", ["1", "3", "4", "5"]),
    ])
  func malformed(fault: Fault) throws {
    let feed = try readFeed(fault.text)
    let first = try #require(feed.malformed.first, "\(feed.rows)")
    #expect(first.line == fault.line)
    #expect(first.column == fault.column)
    #expect(first.reason.contains(fault.reason), "\(first.reason)")
    #expect(first.raw == fault.raw)
    #expect(feed.records.map { $0[0] } == fault.kept, "\(feed.rows)")
    #expect(feed.error == nil)
  }

  @Test("Headers that name nothing, or one thing twice")
  func headers() throws {
    for (text, word) in [
      (",,\n1,2,3\n", "no names"), ("id,title,id\n1,2,3\n", "twice"),
      ("\"id,title\n1,2\n", "not closed"), ("\"id\"x,title\n1,2\n", "closing quote"),
    ] {
      let feed = try readFeed(text)
      #expect(feed.error?.code == .header)
      #expect(feed.error?.message.contains(word) == true, "\(String(describing: feed.error))")
      #expect(feed.rows.isEmpty)
    }
    #expect(try readFeed(",id\n0,x\n").columns == ["column_1", "id"])
    var few = FeedOptions()
    few.maximumColumns = 2
    #expect(try readFeed("a,b,c\n1,2,3\n", few).error?.code == .header)
    for separator in [",", "\t"] {
      let names = (0..<5_000).map { "c\($0)" }.joined(separator: separator)
      let wide = try readFeed(names + "\n" + names + "\n")
      #expect(wide.error?.message == "the header has more than 4,096 columns")
    }
  }

  @Test("A row longer than the limit, with and without a quote")
  func longRows() throws {
    var options = FeedOptions()
    options.maximumRowBytes = 100
    let long = String(repeating: "x", count: 300)
    for chunk in [1, 64, 1_000] {
      options.chunkBytes = chunk
      let plain = try readFeed("a,b\n1,\(long)\n2,y\n", options)
      #expect(plain.malformed.map(\.line) == [2])
      #expect(plain.records == [["2", "y"]])
      let open = try readFeed("a,b\n1,\"z\n\(long),q\n2,y\n", options)
      #expect(open.malformed.map(\.line) == [2, 3], "\(open.rows)")
      #expect(open.records == [["2", "y"]])
    }
  }

  @Test("Chunks of every size read the same")
  func chunks() throws {
    let text =
      "id,title,note\r\n1,\"a, \"\"b\"\"\r\nc\",é\r\n\r\n2,\"x\r\n3,日本,\"\"\r\n4,q,\"w\"z\r\n5,5\",\"\"\"\"\r\n6\r\n7,\"end\",x"
    let whole = try readFeed(text)
    #expect(whole.records.map { $0[0] } == ["1", "3", "5", "7"], "\(whole.rows)")
    for chunk in [1, 2, 3, 5, 7, 13, 64] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      #expect(try readFeed(text, options) == whole)
    }
  }

  @Test("A file full of lost quotes gives all its rows back")
  func manyLostQuotes() throws {
    let text = "id,title\n" + (0..<2_000).map { "\($0),\"lost \($0)\n" }.joined()
    let feed = try readFeed(text)
    #expect(feed.rows.count == 2_000)
    #expect(feed.malformed.count == 2_000)
  }
}
