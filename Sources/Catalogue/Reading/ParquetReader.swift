internal import CArrow
internal import CICU
internal import CSimdjson

/// Rows of a Parquet file, a batch at a time; values are rendered as text by the shim.
///
/// Numbers are written as short as they read back, times as ISO 8601, binary values as Base64,
/// lists and structures as JSON text. A record's line is its 1-based row, its raw text the values
/// parted by tabs.
final class ParquetReader: DescribedFeedReader {
  let columns: [String]
  let description: FeedDescription
  private(set) var bytesRead = 0

  private let file: FileStream
  private let parquet: OpaquePointer
  private let rowCount: Int
  private var line = 1
  private let fields: UnsafeMutablePointer<UnsafeRawBufferPointer>
  private var rows = carrow_rows()
  private var next = 0

  init(file: FileStream, options: FeedOptions) throws(FeedError) {
    var message = [CChar](repeating: 0, count: 1_024)
    let wanted = (options.columns ?? []).map { $0.utf8CString.map { $0 } }
    let handle = Self.withPointers(to: wanted) { names in
      carrow_parquet_open(
        file.path, names.baseAddress, names.count, 1 << 14, &message, message.count)
    }
    guard let handle else {
      let text = message.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard !text.hasPrefix("there is no column") else {
        throw FeedError(
          .unknownColumn, path: file.path, message: text, advice: "check the names of the columns")
      }
      throw Self.corrupt(file.path, text)
    }
    parquet = handle
    self.file = file
    rowCount = Int(carrow_parquet_row_count(handle))
    columns = (0..<carrow_parquet_column_count(handle)).map {
      String(cString: carrow_parquet_column_name(handle, $0))
    }
    description = FeedDescription(format: .parquet, header: columns, fileBytes: file.size)
    fields = .allocate(capacity: max(columns.count, 1))
    if columns.isEmpty {
      throw FeedError(
        .header, path: file.path, message: "the file has no columns", advice: "export it again")
    }
  }

  deinit {
    carrow_parquet_close(parquet)
    fields.deallocate()
  }

  func forEach(_ body: (FeedItem) throws -> Void) throws {
    while true {
      if next == rows.row_count {
        next = 0
        if let failure = carrow_parquet_next(parquet, &rows) {
          rows.row_count = 0
          throw Self.corrupt(file.path, String(cString: failure))
        }
        if rows.row_count == 0 { return }
        bytesRead = Int(Double(file.size) * Double(line) / Double(max(rowCount, line)))
      }
      try lendBatch(body)
    }
  }

  private func lendBatch(_ body: (FeedItem) throws -> Void) throws {
    let isUTF8 = csimdjson_is_utf8(rows.text, rows.rows[rows.row_count]) == 1
    let count = columns.count
    while next < rows.row_count {
      let start = rows.text + rows.rows[next]
      let raw = UnsafeRawBufferPointer(
        start: start, count: rows.rows[next + 1] - rows.rows[next] - 1)
      for column in 0..<count {
        let length = Int(rows.lengths[next * count + column])
        fields[column] =
          length < 0
          ? UnsafeRawBufferPointer(start: nil, count: 0)
          : UnsafeRawBufferPointer(
            start: start + Int(rows.starts[next * count + column]), count: length)
      }
      let first = line
      let fault = isUTF8 ? nil : self.fault(raw)
      next += 1
      line += 1
      if let fault {
        try body(
          .malformed(line: first, raw: raw, column: fault, reason: "bytes that are not UTF-8"))
      } else {
        try body(
          .record(FeedRecord(line: first, raw: raw, fields: .init(start: fields, count: count))))
      }
    }
  }

  /// The column of the first ill-formed UTF-8 of a row.
  private func fault(_ raw: UnsafeRawBufferPointer) -> Int? {
    (0..<columns.count).first { column in
      let field = fields[column].bindMemory(to: UInt8.self)
      return field.count > 0 && cicu_utf8_error(field.baseAddress, field.count) < field.count
    }
  }

  private static func corrupt(_ path: String, _ text: String) -> FeedError {
    FeedError(
      .corrupt, path: path, message: "Parquet cannot be read: \(text)",
      advice: "write or fetch the file again")
  }

  /// C strings as an array of pointers, for the length of the call.
  private static func withPointers<Result>(
    to strings: [[CChar]], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let flat = strings.flatMap { $0 }
    return flat.withUnsafeBufferPointer { bytes in
      var pointers: [UnsafePointer<CChar>?] = []
      var position = 0
      for string in strings {
        pointers.append(bytes.baseAddress.map { $0 + position })
        position += string.count
      }
      return pointers.withUnsafeBufferPointer(body)
    }
  }
}
