internal import CFeed
internal import CSimdjson
internal import Foundation

/// JSON objects, one a line or as the elements of one array.
///
/// Keys become columns in the order of their first appearance. Of a key that an object has
/// twice the last value counts. Nested values are lent as their JSON text.
final class JSONReader: DescribedFeedReader {
  private(set) var columns: [String] = []
  private(set) var description: FeedDescription
  var bytesRead: Int { file?.position ?? 0 }

  private let window: TextWindow
  /// `nil` for bytes in memory.
  private let file: FileStream?
  private let path: String
  private let parser: OpaquePointer
  private let limit: Int
  private let maximumColumns: Int
  private var line = 1
  private var isInsideArray = false
  private var fields: [UnsafeRawBufferPointer] = []
  private var index: [String: Int] = [:]
  /// Names of ``columns`` as bytes, to compare without making strings.
  private var names: [[UInt8]] = []

  init(
    _ window: TextWindow, file: FileStream?, name: String = "", description: FeedDescription,
    options: FeedOptions
  ) throws(FeedError) {
    guard let handle = csimdjson_open(64) else {
      throw FeedError(
        .resources, path: file?.path ?? name, message: "not enough memory for the JSON parser",
        advice: "close other programs")
    }
    self.window = window
    self.file = file
    path = file?.path ?? name
    self.description = description
    parser = handle
    limit = min(max(options.maximumRowBytes, 64), 1 << 30)
    maximumColumns = max(options.maximumColumns, 1)
  }

  deinit { csimdjson_close(parser) }

  func forEach(_ body: (FeedItem) throws -> Void) throws {
    if description.format == .jsonArray {
      try forEachElement(body)
    } else {
      try forEachLine(body)
    }
  }

  // MARK: Lines

  private func forEachLine(_ body: (FeedItem) throws -> Void) throws {
    while true {
      var end = window.lineEnd(from: 0)
      while end == nil && !window.isFinal && window.count <= limit {
        let seen = window.count
        try window.refill()
        end = window.lineEnd(from: seen)
      }
      if window.count == 0 { return }
      let first = line
      line += 1
      let length = end ?? window.count
      if length > limit {
        try lendTooLong(line: first, body)
        continue
      }
      let raw = Self.trimmed(window.bytes[0..<length])
      window.consume(end.map { $0 + 1 } ?? length)
      if raw.count > 0 { try lend(raw, line: first, body) }
    }
  }

  private func lendTooLong(line: Int, _ body: (FeedItem) throws -> Void) throws {
    try body(
      .malformed(
        line: line, raw: .init(rebasing: window.bytes[0..<limit]), column: nil,
        reason: "longer than \(limit) bytes"))
    repeat {
      if let end = window.lineEnd(from: 0) {
        window.consume(end + 1)
        return
      }
      window.consume(window.count)
    } while try window.refill()
  }

  // MARK: Elements of an array

  private func forEachElement(_ body: (FeedItem) throws -> Void) throws {
    while let next = try skipSpace() {
      switch next {
      case UInt8(ascii: "[") where !isInsideArray:
        isInsideArray = true
        window.consume(1)
      case UInt8(ascii: ",") where isInsideArray:
        window.consume(1)
      case UInt8(ascii: "]") where isInsideArray:
        window.consume(1)
        if try skipSpace() != nil { try lendBroken("text after the end of the array", body) }
        return
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard let extent = try extent() else {
          try lendBroken("an object is not closed within \(limit) bytes or the file", body)
          continue
        }
        let raw = UnsafeRawBufferPointer(start: window.base, count: extent.length)
        let first = line
        line += extent.lines
        window.consume(extent.length)
        try lend(raw, line: first, body)
      default:
        try lendBroken("no object where one should be", body)
      }
    }
    if isInsideArray {
      // The rest of the objects is missing, not one of them.
      throw FeedError(
        .truncated, path: path, line: line, message: "the JSON array is not closed",
        advice: "fetch or export the file again")
    }
  }

  /// Passes over white space; the byte after it, or `nil` at the end.
  private func skipSpace() throws -> UInt8? {
    while true {
      var length = 0
      for byte in window.bytes {
        guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
        line += byte == 0x0A ? 1 : 0
        length += 1
      }
      window.consume(length)
      if window.count > 0 { return window.base[0] }
      if try !window.refill() { return nil }
    }
  }

  private func extent() throws -> (length: Int, lines: Int)? {
    var lines = 0
    while true {
      let seen = min(window.count, limit)
      let length = cfeed_json_extent(window.base, seen, &lines)
      if length > 0 { return (length, lines) }
      if window.isFinal || window.count > limit { return nil }
      // Twice as much before looking again, so that a long object is not scanned too often.
      try window.fill(window.count + max(window.count, 1))
    }
  }

  /// Lends the rest of the line as malformed and goes on behind it.
  private func lendBroken(_ reason: String, _ body: (FeedItem) throws -> Void) throws {
    while window.lineEnd(from: 0) == nil, window.count <= limit, try window.refill() {}
    let end = window.lineEnd(from: 0)
    let first = line
    line += end == nil ? 0 : 1
    let raw = Self.trimmed(window.bytes[0..<min(end ?? window.count, limit)])
    window.consume(end.map { $0 + 1 } ?? window.count)
    try body(.malformed(line: first, raw: raw, column: nil, reason: reason))
  }

  // MARK: Objects

  private func lend(
    _ raw: UnsafeRawBufferPointer, line: Int, _ body: (FeedItem) throws -> Void
  ) throws {
    var values: UnsafePointer<csimdjson_field>?
    var count = 0
    let failure = csimdjson_object(
      parser, raw.bindMemory(to: UInt8.self).baseAddress, raw.count, &values, &count)
    if let failure {
      let reason = String(cString: failure)
      try body(.malformed(line: line, raw: raw, column: nil, reason: reason))
      return
    }
    let missing = UnsafeRawBufferPointer(start: nil, count: 0)
    for position in fields.indices { fields[position] = missing }
    for position in 0..<count {
      guard let value = values?[position] else { break }
      guard let column = column(value, guess: position) else {
        try body(
          .malformed(
            line: line, raw: raw, column: nil,
            reason: "more than \(NumberText.grouped(maximumColumns)) different keys"))
        return
      }
      fields[column] = UnsafeRawBufferPointer(start: value.value, count: value.value_length)
    }
    try fields.withUnsafeBufferPointer { fields in
      try body(.record(FeedRecord(line: line, raw: raw, fields: fields)))
    }
  }

  /// Makes columns of keys that are known beforehand.
  func declare(_ keys: [String]) {
    for key in keys where index[key] == nil { add(key) }
  }

  private func add(_ name: String) {
    index[name] = columns.count
    columns.append(name)
    names.append(Array(name.utf8))
    fields.append(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The column of a key, made where it is new. Lines mostly repeat their keys in order.
  private func column(_ field: csimdjson_field, guess: Int) -> Int? {
    let key = UnsafeRawBufferPointer(start: field.key, count: field.key_length)
    if guess < names.count, names[guess].count == key.count,
      names[guess].withUnsafeBytes({ $0.elementsEqual(key) })
    {
      return guess
    }
    let name = String(decoding: key, as: UTF8.self)
    if let known = index[name] { return known }
    guard columns.count < maximumColumns else { return nil }
    add(name)
    return columns.count - 1
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> UnsafeRawBufferPointer {
    var bytes = bytes
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return UnsafeRawBufferPointer(rebasing: bytes)
  }
}

extension TextWindow {
  /// Offset of the first line feed at or after `from` among the unread bytes.
  func lineEnd(from: Int) -> Int? {
    guard from < count, let found = memchr(base + from, 0x0A, count - from) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
