internal import CXML

/// Products of a Google Merchant feed: every RSS `<item>` or Atom `<entry>` is a record.
///
/// Columns are the elements' local names (`g:id` is `id`) in the order of their first appearance.
/// An element that an item has several times is lent as a JSON array of its texts, an element
/// with elements in it (`g:shipping`) as a JSON object, an Atom link as its address.
///
/// libxml2's push parser reads the document: Foundation's parser makes strings and dictionaries
/// of every element, and does not say how it treats entities. HTML's names of characters
/// (`&nbsp;`) are known; declarations of entities end the reading, nothing is ever fetched.
///
/// A document that cannot be read to its end is an error of the feed, after the items before that
/// place: XML has no rows at which reading could go on.
final class XMLFeedReader: DescribedFeedReader {
  var columns: [String] { names }
  let description: FeedDescription
  var bytesRead: Int { file.position }

  private let stream: any ByteStream
  private let file: FileStream
  private let parser: OpaquePointer
  private let chunk: UnsafeMutableRawBufferPointer
  private var names: [String] = []
  private var fields: [UnsafeRawBufferPointer] = []
  private var hasEnded = false
  /// Why the document ends where it does, once its items are lent.
  private var failure: FeedError?

  init(
    _ stream: any ByteStream, file: FileStream, encoding: FeedEncoding?,
    description: FeedDescription, options: FeedOptions
  ) throws(FeedError) {
    let limit = min(max(options.maximumRowBytes, 64), 1 << 30)
    guard
      let handle = cxml_open(
        encoding?.rawValue, limit, max(options.maximumColumns, 1),
        { name in name.map { Entities.named[String(cString: $0)] ?? 0 } ?? 0 })
    else {
      throw FeedError(
        .resources, path: file.path, message: "not enough memory for the XML parser",
        advice: "close other programs")
    }
    self.stream = stream
    self.file = file
    self.description = description
    parser = handle
    chunk = .allocate(byteCount: max(options.chunkBytes, 1), alignment: 16)
  }

  deinit {
    cxml_close(parser)
    chunk.deallocate()
  }

  func forEach(_ body: (FeedItem) throws -> Void) throws {
    // Items that an earlier call left waiting.
    try lendWaiting(body)
    while !hasEnded {
      let count = try stream.read(into: chunk)
      let reason = cxml_push(
        parser, chunk.bindMemory(to: UInt8.self).baseAddress, count, count == 0 ? 1 : 0)
      hasEnded = count == 0 || reason != nil
      failure = reason.map { describe(String(cString: $0)) }
      if reason == nil && count == 0 && cxml_is_feed(parser) == 0 { throw notAFeed() }
      try lendWaiting(body)
    }
    if let failure { throw failure }
  }

  private func lendWaiting(_ body: (FeedItem) throws -> Void) throws {
    var item = cxml_item()
    while cxml_next(parser, &item) == 1 {
      while names.count < cxml_column_count(parser) {
        names.append(String(cString: cxml_column_name(parser, names.count)))
        fields.append(UnsafeRawBufferPointer(start: nil, count: 0))
      }
      let missing = UnsafeRawBufferPointer(start: nil, count: 0)
      for column in fields.indices { fields[column] = missing }
      for index in 0..<item.count {
        let value = item.values[index]
        fields[item.columns[index]] = UnsafeRawBufferPointer(start: value.text, count: value.length)
      }
      let raw = UnsafeRawBufferPointer(start: item.raw.text, count: item.raw.length)
      try fields.withUnsafeBufferPointer { fields in
        try body(.record(FeedRecord(line: item.line, raw: raw, fields: fields)))
      }
    }
  }

  private func describe(_ reason: String) -> FeedError {
    let line = cxml_failure_line(parser)
    // A document that never looked like a feed is no feed with one broken item.
    guard cxml_is_feed(parser) == 1 else {
      return FeedError(
        .notAFeed, path: file.path, line: line, message: "this is no XML feed: \(reason)",
        advice: "give an RSS 2.0 or Atom product feed")
    }
    if cxml_ends_early(parser) == 1 {
      return FeedError(
        .truncated, path: file.path, line: line, message: "the XML ends before its elements do",
        advice: "fetch or export the file again")
    }
    return FeedError(
      .corrupt, path: file.path, line: line,
      message: "the XML is broken and cannot be read beyond this line: \(reason)",
      advice: "correct the line, or export the file again")
  }

  private func notAFeed() -> FeedError {
    FeedError(
      .notAFeed, path: file.path, message: "this XML has no channel, item or entry",
      advice: "give an RSS 2.0 or Atom product feed")
  }
}
