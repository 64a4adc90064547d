/// One record of a feed, as bytes. Valid only during the call that lends it.
package struct FeedRecord {
  /// 1-based line on which the record starts; for Parquet the 1-based row.
  package var line: Int
  /// The record as it stood in the file, as UTF-8, without its line end; for Parquet and XML
  /// a rendering of it.
  package var raw: UnsafeRawBufferPointer
  /// The value of each column, UTF-8; a `nil` base address means the value is missing (JSON
  /// `null`, an absent key, a Parquet null). Nested JSON values arrive as their JSON text.
  /// Shorter than ``FeedReader/columns`` where later columns have no value.
  package var fields: UnsafeBufferPointer<UnsafeRawBufferPointer>

  package init(
    line: Int, raw: UnsafeRawBufferPointer, fields: UnsafeBufferPointer<UnsafeRawBufferPointer>
  ) {
    self.line = line
    self.raw = raw
    self.fields = fields
  }
}

/// What a reader hands over: a good record, or one that could not be taken apart.
package enum FeedItem {
  case record(FeedRecord)
  /// The bytes are no record (wrong number of fields, broken JSON …). `column` is the 0-based
  /// column where one can be named.
  case malformed(line: Int, raw: UnsafeRawBufferPointer, column: Int?, reason: String)
}

/// A source of records: CSV, TSV, JSON lines, Parquet or XML, decompressed and decoded to UTF-8.
package protocol FeedReader: AnyObject {
  /// Names of the columns, in the order of ``FeedRecord/fields``. JSON lines may append new ones
  /// while reading, never reorder.
  var columns: [String] { get }
  /// Bytes of the file consumed so far (compressed where it is compressed), for progress.
  var bytesRead: Int { get }
  /// Lends every item in file order. `body` throws to stop; a later call goes on behind the item
  /// that was lent last. Throws ``FeedError`` where the file cannot be read on, after every item
  /// before that place.
  func forEach(_ body: (FeedItem) throws -> Void) throws
}
