public import AkinStorage
internal import Foundation

/// What a build did, kept in the shop.
public struct BuildSummary: Sendable, Codable, Equatable {
  /// One step of the build.
  public struct Stage: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Wall-clock seconds.
    public var seconds: Double
  }

  /// The encoder's name, or its absolute path.
  public var model: String
  /// Under what its vectors are kept in the shop: tells models of one name apart.
  public var modelKey: String
  /// Components of a vector.
  public var dimension: Int
  /// Published products.
  public var products: Int
  /// Distinct texts among them.
  public var texts: Int
  /// Texts that this build encoded; the others' vectors were there.
  public var encoded: Int
  /// Rows that were refused.
  public var rejected: Int
  /// Events that were read.
  public var events: Int
  /// Baskets that were made of them.
  public var baskets: Int
  /// Events of products that the catalogue lacks.
  public var unknownProducts: Int
  /// Identifies the input of the content neighbours: equal means they need not be made again.
  public var similarDigest: String
  /// The steps, in order.
  public var stages: [Stage]
  /// When the build was done, in seconds since 1970-01-01 UTC.
  public var finished: Double

  static let recordName = "build"

  /// The summary of the last build of the shop, `nil` before the first.
  ///
  /// - Throws: ``StorageError``; a decoding error where the record is damaged.
  public static func last(of store: ShopStore) throws -> BuildSummary? {
    guard let body = try store.record(recordName) else { return nil }
    return try JSONDecoder().decode(BuildSummary.self, from: Data(body.utf8))
  }
}
