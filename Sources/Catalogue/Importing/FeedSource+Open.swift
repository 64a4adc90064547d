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
