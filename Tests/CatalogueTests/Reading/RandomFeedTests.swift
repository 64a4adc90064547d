import Testing

@testable import AkinCatalogue

/// Text made of the pieces that matter to each format, mostly broken.
@Suite("Random feeds")
struct RandomFeedTests {
  @Test(
    "Broken text of every kind: no crash, the same in chunks of every size",
    arguments: [
      ("id,title\n", [",", "\"", "\"\"", "\n", "\r\n", "x", "é", "中", "1,2\n", "\"a\nb\"", "\0"]),
      ("id\ttitle\n", ["\t", "\"", "\n", "x", "é", "1\t2\n", "\"a\tb\"\t"]),
      (
        "{\"id\":1}\n",
        ["{", "}", "[", "]", "\"", "\\", ":", ",", "\n", "{\"a\":1}\n", "null", "é", "\"b\":\"x\""]
      ),
      (
        "[{\"id\":1},",
        ["{", "}", "[", "]", "\"", "\\", ":", ",", "\n", "{\"a\":1},", "null", "é", "{\"a\":[2]}"]
      ),
    ])
  func chunks(head: String, pieces: [String]) throws {
    var random = SplitMix(state: 5)
    for _ in 0..<120 {
      let text =
        head
        + (0..<Int.random(in: 0...40, using: &random)).map { _ in
          pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }.joined()
      let whole = try readFeed(text)
      for chunk in [1, 7] {
        var options = FeedOptions()
        options.chunkBytes = chunk
        #expect(try readFeed(text, options) == whole, "\(text.debugDescription)")
      }
      #expect(whole.lines == whole.lines.sorted())
    }
  }

  @Test("No line of a delimited text is lost: it is empty, in a record, or reported")
  func nothingDropped() throws {
    var random = SplitMix(state: 9)
    let pieces = [",", "\"", "\"\"", "\n", "x", "é", "1,2\n", "\"a\nb\"", "3,\"q\"\n"]
    for _ in 0..<400 {
      let body = (0..<40).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }
        .joined()
      var options = FeedOptions()
      options.delimiter = UInt8(ascii: ",")
      let path = try temporaryFile(Array(("id,title\n" + body).utf8))
      defer { removeFile(path) }
      var seen = 0
      try Feed.open(path: path, options: options).forEach { item in
        switch item {
        case .record(let record): seen += record.raw.count { $0 != 0x0A }
        case .malformed(_, let raw, _, _): seen += raw.count { $0 != 0x0A }
        }
      }
      #expect(seen == body.utf8.count { $0 != 0x0A }, "\(body.debugDescription)")
    }
  }

  @Test("Damaged XML: items, then perhaps an error, never a crash")
  func xml() throws {
    var random = SplitMix(state: 13)
    let bytes = Array(XMLFeedReaderTests.rss.utf8)
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damaged[Int.random(in: 40..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let feed = try readFeed(damaged)
      #expect(feed.records.count <= 2 && feed.malformed.isEmpty)
    }
  }

  private struct Stop: Error {}

  @Test(
    "A reading that was stopped goes on behind the last item",
    arguments: [
      "id,title\n1,a\n2,b\n3,c\n", "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
      "[{\"id\":1},{\"id\":2},{\"id\":3}]",
      "<rss><item><id>1</id></item><item><id>2</id></item><item><id>3</id></item></rss>",
    ])
  func resumes(text: String) throws {
    let path = try temporaryFile(Array(text.utf8))
    defer { removeFile(path) }
    let reader = try Feed.open(path: path)
    var seen: [String] = []
    for _ in 0..<3 {
      #expect(throws: Stop.self) {
        try reader.forEach { item in
          guard case .record(let record) = item else { return }
          seen.append(String(decoding: record.fields[0], as: UTF8.self))
          throw Stop()
        }
      }
    }
    try reader.forEach { _ in seen.append("more") }
    #expect(seen == ["1", "2", "3"])
  }
}
