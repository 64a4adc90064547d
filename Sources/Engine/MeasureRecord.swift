internal import AkinAlike
internal import AkinStorage
internal import Foundation

/// The measure of a shop's similar lists, as the last build fitted it.
enum MeasureRecord {
  static let name = "measure"

  /// The measure; `nil` in a shop that was built before there was one.
  ///
  /// - Throws: `StorageError`; a decoding error where the record is damaged.
  static func last(of store: ShopStore) throws -> ContentMeasure? {
    guard let body = try store.record(name) else { return nil }
    return try JSONDecoder().decode(ContentMeasure.self, from: Data(body.utf8))
  }
}
