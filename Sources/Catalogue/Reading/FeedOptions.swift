/// How a feed is laid out.
package enum FeedFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// Rows of delimited fields: CSV, TSV and their kin.
  case delimited
  /// One JSON object a line.
  case jsonLines = "json-lines"
  /// One JSON array of objects.
  case jsonArray = "json-array"
  /// Apache Parquet.
  case parquet
  /// A Google Merchant feed: RSS 2.0 or Atom.
  case xml
}

/// How the bytes of a text feed are packed.
package enum FeedCompression: String, Sendable, Hashable, Codable {
  case none, gzip, zstd
}

/// How the bytes of a text feed stand for characters.
package enum FeedEncoding: String, Sendable, Hashable, Codable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case gb18030 = "GB18030"
  /// Windows-1252, the superset of Latin-1 that shops mean by "Latin-1".
  case windows1252 = "windows-1252"
}

/// What the caller knows about a feed; everything `nil` is detected.
package struct FeedOptions: Sendable, Hashable {
  /// The layout.
  package var format: FeedFormat?
  /// The byte between two fields.
  package var delimiter: UInt8?
  /// The encoding.
  package var encoding: FeedEncoding?
  /// The columns that matter, of Parquet alone (other formats must be read whole anyway).
  package var columns: [String]?
  /// Bytes read at a time.
  package var chunkBytes = 1 << 20
  /// The longest row, in bytes of UTF-8; a longer one is malformed.
  package var maximumRowBytes = 16 << 20
  /// The most columns.
  package var maximumColumns = 4_096

  /// Detects everything.
  package init() {}
}

/// What was found out about a feed, for the quality report.
package struct FeedDescription: Sendable, Hashable, Codable {
  package var format: FeedFormat
  package var compression: FeedCompression
  /// `nil` where the format has none of its own (Parquet) or settles it itself (XML).
  package var encoding: FeedEncoding?
  /// Whether the text began with a byte-order mark.
  package var hasByteOrderMark: Bool
  /// The byte between two fields of delimited text, as a character.
  package var delimiter: String?
  /// Whether fields may stand in quotes.
  package var isQuoted: Bool?
  /// `LF`, `CRLF` or `CR`, of delimited text, as its first line ends.
  package var lineEnd: String?
  /// Names of the columns where the feed begins with them.
  package var header: [String]
  /// Bytes of the file on disk.
  package var fileBytes: Int

  package init(
    format: FeedFormat, compression: FeedCompression = .none, encoding: FeedEncoding? = nil,
    hasByteOrderMark: Bool = false, delimiter: String? = nil, isQuoted: Bool? = nil,
    lineEnd: String? = nil, header: [String] = [], fileBytes: Int = 0
  ) {
    self.format = format
    self.compression = compression
    self.encoding = encoding
    self.hasByteOrderMark = hasByteOrderMark
    self.delimiter = delimiter
    self.isQuoted = isQuoted
    self.lineEnd = lineEnd
    self.header = header
    self.fileBytes = fileBytes
  }
}

extension FeedReader {
  /// What was found out about the feed; `nil` for a reader that has no file.
  package var feed: FeedDescription? { (self as? any DescribedFeedReader)?.description }
}

/// A reader that can say what it found out about its file.
package protocol DescribedFeedReader: FeedReader {
  var description: FeedDescription { get }
}
