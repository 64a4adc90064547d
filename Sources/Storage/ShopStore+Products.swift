public import AkinCatalogue
internal import Foundation
internal import GRDB

/// A product to put into the catalogue, with the text that is encoded for it.
public struct ProductWrite: Sendable {
  /// The product.
  public var product: Product
  /// Its text, as the encoder will see it.
  public var text: String

  /// Creates a write.
  public init(product: Product, text: String) {
    self.product = product
    self.text = text
  }
}

/// Where a written product stands.
public struct ProductPlace: Sendable, Equatable {
  /// Its position in the catalogue.
  public var ordinal: Int
  /// The position of its text among the distinct ones.
  public var text: Int
  /// The number of baskets that hold it.
  public var baskets: Int
  /// Whether no product had its identifier before.
  public var isNew: Bool
}

extension ShopStore {
  /// Adds products, or replaces those with the same identifiers, in one transaction; durable on
  /// return. Texts are only ever added, so that positions stay what they are between two builds.
  ///
  /// - Returns: the place of each write, in their order. O(n · log size of the shop).
  public func upsert(_ writes: [ProductWrite]) throws(StorageError) -> [ProductPlace] {
    try write { database in
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      var places: [ProductPlace] = []
      places.reserveCapacity(writes.count)
      try Self.countChange(database)
      for item in writes {
        let text = try Self.textOrdinal(item.text, database)
        let body = String(decoding: try encoder.encode(item.product), as: UTF8.self)
        places.append(try Self.upsert(item.product.id, text: text, body: body, database))
      }
      return places
    }
  }

  /// How often products were written since the shop was made, builds aside.
  public func catalogueVersion() throws(StorageError) -> Int {
    try read {
      try Int.fetchOne(
        $0, sql: "SELECT CAST(body AS INTEGER) FROM record WHERE name = 'catalogue version'") ?? 0
    }
  }

  private static func countChange(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO record (name, body) VALUES ('catalogue version', '1')
        ON CONFLICT (name) DO UPDATE SET body = CAST(body AS INTEGER) + 1
        """)
  }

  private static func textOrdinal(_ text: String, _ database: Database) throws -> Int {
    let find = try database.cachedStatement(sql: "SELECT ordinal FROM text WHERE value = ?")
    if let ordinal = try Int.fetchOne(find, arguments: [text]) { return ordinal }
    let add = try database.cachedStatement(
      sql: """
        INSERT INTO text (ordinal, value)
        VALUES ((SELECT coalesce(max(ordinal), -1) + 1 FROM text), ?) RETURNING ordinal
        """)
    return try Int.fetchOne(add, arguments: [text]) ?? 0
  }

  private static func upsert(_ id: String, text: Int, body: String, _ database: Database) throws
    -> ProductPlace
  {
    let find = try database.cachedStatement(
      sql: "SELECT ordinal, baskets FROM product WHERE id = ?")
    if let row = try Row.fetchOne(find, arguments: [id]) {
      let update = try database.cachedStatement(
        sql: "UPDATE product SET text = ?, body = ? WHERE ordinal = ?")
      try update.execute(arguments: [text, body, row[0] as Int])
      return ProductPlace(ordinal: row[0], text: text, baskets: row[1], isNew: false)
    }
    // Never the place of a removed product that lists may still name: places only grow.
    let add = try database.cachedStatement(
      sql: """
        INSERT INTO product (ordinal, id, text, baskets, body)
        VALUES (
          (SELECT max(
            coalesce((SELECT max(ordinal) FROM product), -1),
            coalesce((SELECT CAST(body AS INTEGER) FROM record WHERE name = 'last ordinal'), -1)
          ) + 1), ?, ?, 0, ?) RETURNING ordinal
        """)
    let ordinal = try Int.fetchOne(add, arguments: [id, text, body]) ?? 0
    return ProductPlace(ordinal: ordinal, text: text, baskets: 0, isNew: true)
  }

  /// Removes products; identifiers that no product has are passed over.
  ///
  /// - Returns: the ordinals that became free, which nothing will take again before a build.
  public func removeProducts(_ ids: [String]) throws(StorageError) -> [Int] {
    try write { database in
      try Self.countChange(database)
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO record (name, body)
          SELECT 'last ordinal', max(
            coalesce(max(ordinal), -1),
            coalesce((SELECT CAST(body AS INTEGER) FROM record WHERE name = 'last ordinal'), -1))
          FROM product
          """)
      let remove = try database.cachedStatement(
        sql: "DELETE FROM product WHERE id = ? RETURNING ordinal")
      return try ids.compactMap { try Int.fetchOne(remove, arguments: [$0]) }
    }
  }

  /// Up to `limit` products behind ordinal `last`, in the catalogue's order.
  public func products(after last: Int, limit: Int) throws(StorageError) -> [StoredProduct] {
    try fetch("WHERE ordinal > ? ORDER BY ordinal LIMIT ?", [last, limit])
  }

  /// Every distinct text, in the order of their ordinals.
  public func texts() throws(StorageError) -> [(ordinal: Int, text: String)] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT ordinal, value FROM text ORDER BY ordinal")
        .map { ($0[0], $0[1]) }
    }
  }

  /// Replaces the lists of one source without touching the catalogue: what a serving shop
  /// publishes after a recount.
  public func replaceLists(_ source: NeighbourSource, by lists: [Int: [Neighbour]])
    throws(StorageError)
  {
    try write { database in
      try database.execute(
        sql: "DELETE FROM neighbours WHERE source = ?", arguments: [source.rawValue])
      let add = try database.cachedStatement(
        sql: "INSERT INTO neighbours (source, item, list) VALUES (?, ?, ?)")
      for (item, list) in lists where !list.isEmpty {
        try add.execute(arguments: [source.rawValue, item, NeighbourBlob.encode(list)])
      }
      guard source == .content else { return }
      try database.execute(
        sql: "DELETE FROM neighbours WHERE source = ?",
        arguments: [NeighbourSource.citing.rawValue])
      try insert(Self.citing(lists.map { ($0.key, $0.value) }), database)
    }
  }
}
