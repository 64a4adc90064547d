public import AkinCatalogue
public import AkinStorage
internal import Foundation

/// The catalogue's quality as the last build saw it.
public enum QualityRecord {
  static let name = "quality"

  /// The report of the last build, `nil` before the first.
  ///
  /// - Throws: ``StorageError``; a decoding error where the record is damaged.
  public static func load(from store: ShopStore) throws -> QualityReport? {
    guard let body = try store.record(name) else { return nil }
    return try JSONDecoder().decode(QualityReport.self, from: Data(body.utf8))
  }
}
