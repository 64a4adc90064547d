final class ParquetReader: FeedReader {
  var columns: [String] { [] }
  var bytesRead: Int { 0 }
  init(file: FileStream, options: FeedOptions) throws(FeedError) {
    throw FeedError(.notAFeed, path: file.path, message: "", advice: "")
  }
  func forEach(_ body: (FeedItem) throws -> Void) throws {}
}
final class XMLFeedReader: FeedReader {
  var columns: [String] { [] }
  var bytesRead: Int { 0 }
  init(
    _ stream: any ByteStream, file: FileStream, encoding: FeedEncoding?,
    description: FeedDescription, options: FeedOptions
  ) throws(FeedError) { throw FeedError(.notAFeed, path: file.path, message: "", advice: "") }
  func forEach(_ body: (FeedItem) throws -> Void) throws {}
}
