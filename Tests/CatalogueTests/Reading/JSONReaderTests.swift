import Testing

@testable import AkinCatalogue

@Suite("JSON feeds")
struct JSONReaderTests {
  @Test("Values of every kind, new keys, missing keys, a key given twice")
  func values() throws {
    let feed = try readFeed(
      """
      {"id":"1","title":"a \\u4e2d \\"q\\"","price":12.50,"ok":true}
      {"title":null,"id":2,"tags":["x", {"y":1}],"id":123456789012345678901234567890}

      {}
      {"deep":{"a":{"b":[]}},"id":""}
      """)
    #expect(feed.columns == ["id", "title", "price", "ok", "tags", "deep"])
    #expect(
      feed.rows == [
        .record(1, ["1", "a 中 \"q\"", "12.50", "true"]),
        .record(
          2, ["123456789012345678901234567890", nil, nil, nil, "[\"x\", {\"y\":1}]"]),
        .record(4, [nil, nil, nil, nil, nil]),
        .record(5, ["", nil, nil, nil, nil, "{\"a\":{\"b\":[]}}"]),
      ])
    #expect(feed.feed?.format == .jsonLines)
  }

  @Test(
    "A broken line costs one line",
    arguments: [
      "{\"id\":", "{\"id\":1,}", "{\"id\":01}", "{\"id\":tru}", "{\"id\":nul}", "{\"id\":\"x}",
      "{\"id\":[1,,2]}", "{\"id\":{\"a\" 1}}", "{\"id\":1} {\"id\":2}", "[1]", "1", "\"x\"",
      "{\"id\":\"\\q\"}", "{\"id\":1 \"b\":2}", "{id:1}", "{\"id\":\"\u{1}\"}", "nonsense",
      "{\"id\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}",
      "{\"id\":1}}",
    ])
  func broken(line: String) throws {
    let feed = try readFeed("{\"id\":\"a\"}\n\(line)\r\n{\"id\":\"b\"}\n")
    #expect(feed.records == [["a"], ["b"]], "\(feed.rows)")
    #expect(feed.malformed.map(\.line) == [2])
    #expect(feed.malformed.first?.raw == line)
    #expect(feed.malformed.first?.reason.isEmpty == false)
  }

  @Test("Invalid UTF-8 in one line")
  func invalid() throws {
    let feed = try readFeed(
      Array("{\"id\":\"é\"}\n{\"id\":\"é日本\"}\n{\"id\":\"".utf8) + [0xC3, 0x28]
        + Array("\"}\n{\"id\":\"ü\"}".utf8))
    #expect(feed.records == [["é"], ["é日本"], ["ü"]])
    #expect(feed.malformed.map(\.line) == [3])
  }

  @Test("An array of objects over several lines")
  func array() throws {
    let text = """
      [
        {"id": 1, "t": "a ] } \\" b"},
        {"id": 2,
         "t": {"x": [1, 2]}}, {"id": 3, "t": tru},
        4,
        {"id": 5}
      ]
      """
    let feed = try readFeed(text)
    #expect(feed.feed?.format == .jsonArray)
    #expect(feed.records == [["1", "a ] } \" b"], ["2", "{\"x\": [1, 2]}"], ["5", nil]])
    #expect(feed.malformed.map(\.line) == [4, 5])
    #expect(feed.lines == [2, 3, 4, 5, 6])
    for chunk in [1, 3, 17] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      #expect(try readFeed(text, options) == feed)
    }
    let open = try readFeed("[{\"id\":1},{\"id\":2}")
    #expect(open.records.count == 2 && open.error?.code == .truncated)
  }

  @Test("Chunks of every size read the same")
  func chunks() throws {
    let text = "{\"id\":\"日本\",\"n\":[1]}\n{\"id\":}\n\n{\"b\":\"x\\ny\"}"
    let whole = try readFeed(text)
    for chunk in [1, 2, 3, 5, 64] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      #expect(try readFeed(text, options) == whole)
    }
  }
}
