import CArrow
import Foundation
import Testing

@testable import AkinCatalogue

@Suite("XML feeds")
struct XMLFeedReaderTests {
  static let rss = """
    <?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
    <channel>
    <title>Shop</title>
    <item>
      <g:id>SKU-1</g:id>
      <title>Red &amp; blue <![CDATA[<coat>]]></title>
      <g:price>12.50 EUR</g:price>
      <g:additional_image_link>https://a.example/1.jpg</g:additional_image_link>
      <g:additional_image_link>https://a.example/2.jpg?a=1&amp;b="2"</g:additional_image_link>
      <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
    </item>
    <item><g:id>SKU-2</g:id><title>中文</title><g:brand/></item>
    </channel></rss>
    """

  @Test("RSS with Google's elements, in every chunk size and with compression")
  func merchant() throws {
    let feed = try readFeed(Self.rss)
    #expect(feed.error == nil)
    #expect(
      feed.columns == ["id", "title", "price", "additional_image_link", "shipping", "brand"])
    #expect(
      feed.rows == [
        .record(
          5,
          [
            "SKU-1", "Red & blue <coat>", "12.50 EUR",
            #"["https://a.example/1.jpg","https://a.example/2.jpg?a=1&b=\"2\""]"#,
            #"{"country":"DE","price":"4.90 EUR"}"#, nil,
          ]),
        .record(13, ["SKU-2", "中文", nil, nil, nil, ""]),
      ])
    for chunk in [1, 2, 7, 100] {
      var options = FeedOptions()
      options.chunkBytes = chunk
      let small = try readFeed(Self.rss, options)
      #expect(small.records.map { $0.prefix(3) } == feed.records.map { $0.prefix(3) })
      #expect(small.lines == feed.lines && small.columns == feed.columns)
    }
    #expect(try readFeed(compressed(Array(Self.rss.utf8), CARROW_GZIP)).records == feed.records)
  }

  @Test("Atom, with addresses in attributes")
  func atom() throws {
    let feed = try readFeed(
      """
      <feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
      <entry><g:id>1</g:id><link href="https://a.example/?x=1&amp;y=2"/></entry></feed>
      """)
    #expect(feed.columns == ["id", "link"])
    #expect(feed.records == [["1", "https://a.example/?x=1&y=2"]])
  }

  @Test("Other encodings, declared or forced")
  func encodings() throws {
    let text =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><item><id>caf\u{E9}</id></item></rss>"
    let feed = try readFeed(text.unicodeScalars.map { UInt8($0.value) })
    #expect(feed.records == [["café"]], "\(feed)")
    let wide = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><rss><item><id>中</id></item></rss>"
    let data = try #require(wide.data(using: .utf16LittleEndian))
    #expect(try readFeed([0xFF, 0xFE] + Array(data)).records == [["中"]])
    var options = FeedOptions()
    options.encoding = .windows1252
    let forced = try readFeed(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss><item><id>\u{E9}</id></item></rss>"
        .unicodeScalars.map { UInt8($0.value) }, options)
    #expect(forced.records == [["é"]], "\(forced)")
  }

  @Test(
    "A broken document: the items before count, then an error of the file",
    arguments: [
      ("<item><id>2</id></wrong>", .corrupt), ("<item><id>2</id>", .truncated),
      ("<item><id>2", .truncated), ("<item>", .truncated),
      ("<item><id>&nothing;</id></item></rss>", .corrupt),
      ("<item><id>2 & 3</id></item></rss>", .corrupt),
      ("<item a=1><id>2</id></item></rss>", .corrupt), ("</rss><rss/>", .corrupt),
    ] as [(String, FeedError.Code)])
  func broken(tail: String, code: FeedError.Code) throws {
    let feed = try readFeed("<rss>\n<item><id>1</id></item>\n\(tail)")
    #expect(feed.records == [["1"]])
    #expect(feed.malformed.isEmpty)
    #expect(feed.error?.line == 3 && feed.error?.code == code, "\(String(describing: feed.error))")
  }

  @Test("HTML's names of characters are characters")
  func names() throws {
    let feed = try readFeed(
      "<rss><item><id>1</id><title>a&nbsp;b &eacute;&rarr;&comma; &amp;lt; &#233;</title>"
        + "<link href=\"x?a&eacute;&euro;&eacute;&amp;\"/></item><item><id>2</id></item></rss>")
    #expect(feed.error == nil, "\(String(describing: feed.error))")
    #expect(feed.records.count == 2)
    #expect(feed.records.first?[1] == "a\u{A0}b é→, &lt; é")
    #expect(feed.records.first?[2] == "x?aé€é&")
  }

  @Test("An error comes again when a reading that was stopped goes on")
  func resumes() throws {
    struct Stop: Error {}
    let path = try temporaryFile(Array("<rss><item><id>1</id></item><item>".utf8))
    defer { removeFile(path) }
    let reader = try Feed.open(path: path)
    #expect(throws: Stop.self) { try reader.forEach { _ in throw Stop() } }
    #expect(throws: FeedError.self) { try reader.forEach { _ in } }
  }

  @Test("Entities of its own end a document: no bombs, no files")
  func entities() throws {
    var bomb = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">"
    for level in 1..<20 {
      let inner = String(repeating: "&a\(level - 1);", count: 10)
      bomb += "<!ENTITY a\(level) \"\(inner)\">"
    }
    bomb += "]><rss><item><id>&a19;</id></item></rss>"
    let feed = try readFeed(bomb)
    #expect(feed.records.isEmpty)
    #expect(feed.error?.code == .notAFeed)
    let outside = try readFeed(
      "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><item><id>&x;</id></item></rss>"
    )
    #expect(outside.records.isEmpty && outside.error != nil)
  }

  @Test("Deep nesting and giant items are refused, not followed")
  func limits() throws {
    let deep =
      "<rss><item>" + String(repeating: "<a>", count: 5_000)
      + String(repeating: "</a>", count: 5_000) + "</item></rss>"
    #expect(try readFeed(deep).error?.code == .corrupt)
    var options = FeedOptions()
    options.maximumRowBytes = 1_000
    let giant = "<rss><item><id>" + String(repeating: "x", count: 5_000) + "</id></item></rss>"
    #expect(try readFeed(giant, options).error?.code == .corrupt)
  }
}
