internal import CFeed
internal import CICU
internal import CSimdjson
internal import Foundation

/// Rows of delimited text: RFC 4180, with the liberties that real feeds take.
///
/// A field is quoted when its first byte is a quote; elsewhere a quote is a character like any
/// other. A row that cannot be taken apart is malformed, and reading goes on at the line after
/// the one on which it began, so that a lost quote costs one row and not the rest of the file.
/// Empty lines are passed over.
final class DelimitedReader: DescribedFeedReader {
  private(set) var columns: [String] = []
  private(set) var description: FeedDescription
  var bytesRead: Int { file.position }

  private let window: TextWindow
  private let file: FileStream
  private var dialect: cfeed_dialect
  private var line = 1
  /// The longest row that is looked at as a whole. An open quote halves it: a file full of them
  /// must not be scanned again and again.
  private var limit: Int
  private let maximumRowBytes: Int
  private let capacity: Int
  private let offsets: UnsafeMutablePointer<cfeed_field>
  private let fields: UnsafeMutablePointer<UnsafeRawBufferPointer>
  private var scratch: UnsafeMutableRawBufferPointer

  init(
    _ window: TextWindow, file: FileStream, dialect: DelimitedDialect, description: FeedDescription,
    options: FeedOptions
  ) throws(FeedError) {
    self.window = window
    self.file = file
    self.dialect = dialect.native
    self.description = description
    maximumRowBytes = min(max(options.maximumRowBytes, 64), 1 << 30)
    limit = maximumRowBytes
    capacity = max(options.maximumColumns, 1)
    offsets = .allocate(capacity: capacity)
    fields = .allocate(capacity: capacity)
    scratch = .allocate(byteCount: 4_096, alignment: 16)
    try readHeader()
    self.description.header = columns
    if columns.count == 1 { self.description.delimiter = nil }
  }

  deinit {
    offsets.deallocate()
    fields.deallocate()
    scratch.deallocate()
  }

  func forEach(_ body: (FeedItem) throws -> Void) throws {
    let expected = columns.count
    while let row = try scan() {
      guard row.status == CFEED_ROW else {
        try lendBroken(row, to: body)
        continue
      }
      guard row.fields == expected else {
        if row.length == 0 {
          advance(row)
        } else {
          try lendMiscounted(row, to: body)
        }
        continue
      }
      if row.suspicious != 0, let fault = fault(in: row) {
        let raw = UnsafeRawBufferPointer(start: window.base, count: row.length)
        let first = line
        advance(row)
        try body(.malformed(line: first, raw: raw, column: fault.column, reason: fault.reason))
        continue
      }
      let raw = UnsafeRawBufferPointer(start: window.base, count: row.length)
      lay(row)
      let first = line
      advance(row)
      try body(
        .record(FeedRecord(line: first, raw: raw, fields: .init(start: fields, count: expected))))
    }
  }

  // MARK: Rows

  /// The next row, or `nil` at the end. Whether a row is taken does not depend on the chunks.
  @inline(__always)
  private func scan() throws(FeedError) -> cfeed_row? {
    var row = cfeed_row()
    while true {
      let seen = min(window.count, limit + 1)
      let isFinal = window.isFinal && seen == window.count
      if seen == 0 && isFinal { return nil }
      cfeed_scan_row(window.base, seen, isFinal ? 1 : 0, &dialect, offsets, capacity, &row)
      if row.status != CFEED_MORE || seen > limit { return row }
      try window.refill()
    }
  }

  @inline(__always)
  private func advance(_ row: cfeed_row) {
    window.consume(row.consumed)
    line += row.lines
  }

  /// Fields as slices of the window; those with doubled quotes as copies without them.
  @inline(__always)
  private func lay(_ row: cfeed_row) {
    let base = window.base
    var used = 0
    for index in 0..<row.fields {
      let field = offsets[index]
      let start = base + Int(field.start)
      if field.escaped == 0 {
        fields[index] = UnsafeRawBufferPointer(start: start, count: Int(field.length))
        continue
      }
      if scratch.count < row.length {
        // Nothing points into the old scratch yet, or it was grown for this row already.
        scratch.deallocate()
        scratch = .allocate(byteCount: 2 * row.length, alignment: 16)
      }
      let copy = scratch.baseAddress! + used
      let length = cfeed_unescape(
        start, Int(field.length), dialect.quote, copy.assumingMemoryBound(to: UInt8.self))
      fields[index] = UnsafeRawBufferPointer(start: copy, count: length)
      used += length
    }
  }

  /// NUL or ill-formed UTF-8 in a row, and its column.
  private func fault(in row: cfeed_row) -> (column: Int, reason: String)? {
    let base = window.base
    var position = row.length
    var reason = ""
    if csimdjson_is_utf8(base, row.length) == 0 {
      position = cicu_utf8_error(base, row.length)
      reason = "bytes that are not \(description.encoding?.rawValue ?? "UTF-8")"
    }
    if let zero = memchr(base, 0, position) {
      position = UnsafeRawPointer(zero) - UnsafeRawPointer(base)
      reason = "a NUL byte"
    }
    guard position < row.length else { return nil }
    let column = (0..<row.fields).last { Int(offsets[$0].start) <= position } ?? 0
    return (column, reason)
  }

  // MARK: Rows that are none

  private func lendBroken(_ row: cfeed_row, to body: (FeedItem) throws -> Void) throws {
    let column = min(row.fields, max(columns.count - 1, 0))
    switch row.status {
    case CFEED_STRAY_QUOTE:
      try lendLine(
        column: column, reason: "text after the closing quote of a field, or a lost quote", body)
    case CFEED_TOO_MANY:
      try lendLine(column: nil, reason: "more than \(NumberText.grouped(capacity)) fields", body)
    default:
      let isOpenQuote = row.status == CFEED_OPEN_QUOTE || lineEnd(within: limit + 1) != nil
      let seen = limit
      if isOpenQuote { limit = max(limit / 2, min(limit, 16 << 10)) }
      let open = "a quoted field is not closed"
      try lendLine(
        column: row.status == CFEED_OPEN_QUOTE ? column : nil,
        reason: row.status == CFEED_OPEN_QUOTE
          ? "\(open) before the end of the file"
          : isOpenQuote ? "\(open) within \(seen) bytes" : "longer than \(seen) bytes", body)
    }
  }

  private func lendMiscounted(_ row: cfeed_row, to body: (FeedItem) throws -> Void) throws {
    let expected = columns.count
    let reason = "\(row.fields) \(row.fields == 1 ? "field" : "fields") instead of \(expected)"
    let column = min(row.fields, expected)
    if row.lines > 1, isSwallowed(row) {
      try lendLine(column: column, reason: "\(reason), with a lost quote", body)
      return
    }
    let raw = UnsafeRawBufferPointer(start: window.base, count: row.length)
    let first = line
    advance(row)
    try body(.malformed(line: first, raw: raw, column: column, reason: reason))
  }

  /// Whether the second line of a row with the wrong number of fields is a row by itself: then a
  /// lost quote on the first line has swallowed it.
  private func isSwallowed(_ row: cfeed_row) -> Bool {
    guard let end = lineEnd(within: row.consumed), end + 1 < row.consumed else { return false }
    var second = cfeed_row()
    cfeed_scan_row(
      window.base + end + 1, row.consumed - end - 1, 1, &dialect, offsets, capacity, &second)
    return second.status == CFEED_ROW && second.fields == columns.count
  }

  /// Offset of the first line end among the first `count` unread bytes.
  private func lineEnd(within count: Int) -> Int? {
    let seen = min(count, window.count)
    guard let found = memchr(window.base, Int32(dialect.newline), seen) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(window.base)
  }

  /// Lends the line at hand as malformed and goes on behind it. Of a line longer than the
  /// longest row only the beginning is lent.
  private func lendLine(
    column: Int?, reason: String, _ body: (FeedItem) throws -> Void
  ) throws {
    var end = lineEnd(within: window.count)
    while end == nil && !window.isFinal && window.count <= maximumRowBytes {
      try window.refill()
      end = lineEnd(within: window.count)
    }
    var length = min(end ?? window.count, maximumRowBytes)
    if length == end, length > 0, dialect.newline == 0x0A, window.base[length - 1] == 0x0D {
      length -= 1
    }
    let raw = UnsafeRawBufferPointer(start: window.base, count: length)
    let first = line
    line += 1
    if let end {
      window.consume(end + 1)
      try body(.malformed(line: first, raw: raw, column: column, reason: reason))
    } else {
      try body(.malformed(line: first, raw: raw, column: column, reason: reason))
      try skipLine()
    }
  }

  private func skipLine() throws {
    repeat {
      if let end = lineEnd(within: window.count) {
        window.consume(end + 1)
        return
      }
      window.consume(window.count)
    } while try window.refill()
  }

  // MARK: Header

  private func readHeader() throws(FeedError) {
    while let row = try scan() {
      guard row.status == CFEED_ROW else { throw brokenHeader(row) }
      if row.length == 0 {
        advance(row)
        continue
      }
      if let fault = fault(in: row) {
        throw headerError("the header holds \(fault.reason) in column \(fault.column + 1)")
      }
      lay(row)
      columns = (0..<row.fields).map { index in
        let name = String(decoding: fields[index], as: UTF8.self)
          .trimmingCharacters(in: .whitespacesAndNewlines)
        return name
      }
      let first = line
      advance(row)
      try checkHeader(line: first)
      return
    }
    throw FeedError(
      .empty, path: file.path, message: "the file is empty", advice: "export it again")
  }

  private func brokenHeader(_ row: cfeed_row) -> FeedError {
    var error = headerError(headerFault(row))
    if row.status == CFEED_TOO_MANY {
      error.advice = "export only the columns that say something about the products"
    }
    return error
  }

  private func headerFault(_ row: cfeed_row) -> String {
    switch row.status {
    case CFEED_STRAY_QUOTE:
      "the header has text after the closing quote of column \(row.fields + 1)"
    case CFEED_TOO_MANY: "the header has more than \(NumberText.grouped(capacity)) columns"
    case CFEED_OPEN_QUOTE: "the header has a quote that is not closed"
    default: "the header is longer than \(limit) bytes"
    }
  }

  private func checkHeader(line: Int) throws(FeedError) {
    guard columns.contains(where: { !$0.isEmpty }) else {
      throw headerError("the header has no names")
    }
    var seen: [String: Int] = [:]
    for index in columns.indices {
      // An index column that a data frame wrote, or a delimiter at the end of the line.
      if columns[index].isEmpty { columns[index] = "column_\(index + 1)" }
      if let first = seen.updateValue(index, forKey: columns[index]) {
        throw headerError(
          "the column \u{201C}\(columns[index])\u{201D} is there twice, as column \(first + 1) "
            + "and as column \(index + 1)")
      }
    }
  }

  private func headerError(_ message: String) -> FeedError {
    FeedError(
      .header, path: file.path, line: line, message: message,
      advice: "the first line must name every column once")
  }
}
