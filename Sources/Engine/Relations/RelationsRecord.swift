internal import AkinAlike
internal import AkinStorage
internal import Foundation

/// What a build learns for relations beside the lists: the kinds of products, and whether baskets
/// are orders.
struct RelationsRecord: Codable {
  static let name = "relation basis"

  var kinds = KindTable()
  /// Whether baskets were bought; else they are what was looked at together.
  var hasPurchases = false

  /// The record; an empty one in a shop that was built before there was one.
  ///
  /// - Throws: `StorageError`; a decoding error where the record is damaged.
  static func last(of store: ShopStore) throws -> RelationsRecord {
    guard let body = try store.record(name) else { return RelationsRecord() }
    return try JSONDecoder().decode(RelationsRecord.self, from: Data(body.utf8))
  }
}
