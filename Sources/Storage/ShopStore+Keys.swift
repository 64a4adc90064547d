internal import Foundation

/// What the holder of a key may do.
public enum KeyRole: String, Sendable, Codable, CaseIterable {
  /// Everything.
  case admin
  /// Read, and send products and events.
  case write
  /// Ask for similar products, recommendations and the catalogue.
  case read
  /// From a shopper's browser: ask for similar products and recommendations, and send events.
  case browser
}

/// A key as the store knows it: never the secret, only its digest.
public struct StoredKey: Sendable, Equatable {
  /// Names the key without giving it away.
  public var id: String
  /// SHA-256 of the secret.
  public var digest: [UInt8]
  /// What it allows.
  public var role: KeyRole
  /// What its owner called it.
  public var name: String
  /// Web origins from which a browser may use it.
  public var origins: [String]
  /// When it was made, in seconds since 1970-01-01 UTC.
  public var created: Double
  /// When it was revoked.
  public var revoked: Double?

  /// Creates the record of a key.
  public init(
    id: String, digest: [UInt8], role: KeyRole, name: String, origins: [String], created: Double
  ) {
    self.id = id
    self.digest = digest
    self.role = role
    self.name = name
    self.origins = origins
    self.created = created
  }
}

extension ShopStore {
  /// Adds a key.
  public func add(_ key: StoredKey) throws(StorageError) {
    try write { database in
      try database.execute(
        "INSERT INTO api_key (id, digest, role, name, origins, created) VALUES (?, ?, ?, ?, ?, ?)",
        [
          key.id, Data(key.digest), key.role.rawValue, key.name,
          key.origins.joined(separator: " "), key.created,
        ])
    }
  }

  /// All keys, revoked ones included, in the order in which they were made.
  public func keys() throws(StorageError) -> [StoredKey] {
    try read { database in
      try database.all("SELECT \(Self.columns) FROM api_key ORDER BY created, id", [], Self.key)
        .compactMap(\.self)
    }
  }

  /// The key whose secret has this digest, revoked or not.
  public func key(digest: [UInt8]) throws(StorageError) -> StoredKey? {
    try read { database in
      try database.first(
        "SELECT \(Self.columns) FROM api_key WHERE digest = ?", [Data(digest)], Self.key) ?? nil
    }
  }

  /// Revokes a key for good.
  ///
  /// - Returns: whether there is a key of this id.
  public func revokeKey(id: String, at time: Double) throws(StorageError) -> Bool {
    try write { database in
      try database.execute(
        "UPDATE api_key SET revoked = coalesce(revoked, ?) WHERE id = ?", [time, id]) > 0
    }
  }

  private static var columns: String { "id, digest, role, name, origins, created, revoked" }

  /// A role that this version does not know allows nothing: the key is left out.
  private static func key(_ row: any SQLRow) throws -> StoredKey? {
    guard let role = KeyRole(rawValue: try row[2]) else { return nil }
    let digest: Data = try row[1]
    let origins: String = try row[4]
    var key = StoredKey(
      id: try row[0], digest: Array(digest), role: role, name: try row[3],
      origins: origins.split(separator: " ").map(String.init), created: try row[5])
    key.revoked = try row[optional: 6]
    return key
  }
}
