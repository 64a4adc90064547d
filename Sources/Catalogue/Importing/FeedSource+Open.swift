import Foundation

extension FeedSource {
  /// Opens a file and describes it for the report.
  static func open(_ file: URL) throws(FeedError) -> FeedSource {
    let reader = try Feed.open(file)
    let found = reader.feed
    var format = found?.format.rawValue ?? "unknown"
    if let compression = found?.compression, compression != .none {
      format += " " + compression.rawValue
    }
    var source = FeedSource(
      name: file.lastPathComponent, format: format, encoding: found?.encoding?.rawValue,
      reader: reader)
    if found?.compression == FeedCompression.none, ["gz", "zst"].contains(file.pathExtension) {
      source.hint = "The name ends in .\(file.pathExtension), but the content is not compressed."
    }
    return source
  }

  /// Reads JSON that is in memory: one object a line, or one array of objects.
  ///
  /// - Parameters:
  ///   - name: what refused records name as their file.
  ///   - maximumRowBytes: the longest object; a longer one is refused.
  package static func json(
    _ bytes: [UInt8], name: String, isArray: Bool, maximumRowBytes: Int
  ) throws(FeedError) -> FeedSource {
    var options = FeedOptions()
    options.chunkBytes = max(bytes.count, 64)
    options.maximumRowBytes = maximumRowBytes
    options.maximumColumns = 512
    let format: FeedFormat = isArray ? .jsonArray : .jsonLines
    func open() throws(FeedError) -> JSONReader {
      try JSONReader(
        TextWindow(MemoryStream(bytes), chunk: options.chunkBytes), file: nil, name: name,
        description: FeedDescription(format: format, encoding: .utf8, fileBytes: bytes.count),
        options: options)
    }
    // Keys are read ahead, so that a first object which lacks some decides nothing for the others.
    let scout = try open()
    var failure: FeedError?
    do { try scout.forEach { _ in } } catch { failure = error as? FeedError }
    if let failure { throw failure }
    let reader = try open()
    reader.declare(scout.columns)
    return FeedSource(name: name, format: format.rawValue, encoding: "UTF-8", reader: reader)
  }

  /// The columns as the header or the first record tells them; empty without any record.
  ///
  /// Reads as far as the first record, and that only where the format has no header.
  func firstColumns() throws -> [String] {
    struct Found: Error {}
    guard reader.columns.isEmpty else { return reader.columns }
    do {
      try reader.forEach { item in
        if case .record = item { throw Found() }
      }
    } catch is Found {}
    return reader.columns
  }

  /// The error of a feed whose columns could not be given their meaning.
  func error(_ error: MappingError) -> ImportError {
    ImportError(
      code: .mapping,
      message: [error.description, hint].compactMap { $0 }.joined(separator: " "), file: name)
  }

  /// Refuses a currency that is none before anything is read with it.
  func check(_ options: ImportOptions) throws(ImportError) {
    guard let currency = options.currency, !PriceReader.isCurrencyCode(currency) else { return }
    throw ImportError(
      code: .badCurrency,
      message: "\"\(DisplayWidth.cut(currency, to: 20))\" is no currency. Give its three letters "
        + "of ISO 4217, such as EUR.",
      file: name)
  }
}
