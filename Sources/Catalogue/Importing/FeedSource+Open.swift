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
    return FeedSource(
      name: file.lastPathComponent, format: format, encoding: found?.encoding?.rawValue,
      reader: reader)
  }
}
