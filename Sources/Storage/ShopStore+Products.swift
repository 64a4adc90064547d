public import AkinCatalogue
internal import Foundation

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
      var nextText = try Self.nextText(database)
      var nextProduct = try Self.nextProduct(database)
      for item in writes {
        let text = try Self.textOrdinal(item.text, &nextText, database)
        let body = String(decoding: try encoder.encode(item.product), as: UTF8.self)
        places.append(
          try Self.upsert(item.product.id, text: text, body: body, &nextProduct, database))
      }
      try note(.products(writes.map(\.product.id)), database)
      return places
    }
  }

  /// How often products were written since the shop was made, builds aside.
  public func catalogueVersion() throws(StorageError) -> Int {
    try read {
      try $0.value(
        "SELECT CAST(body AS INTEGER) FROM record WHERE name = 'catalogue version'") ?? 0
    }
  }

  private static func countChange(_ database: any SQLSession) throws {
    try database.execute(
      """
      INSERT INTO record (name, body) VALUES ('catalogue version', '1')
      ON CONFLICT (name) DO UPDATE SET body = CAST(CAST(record.body AS INTEGER) + 1 AS TEXT)
      """)
  }

  private static func nextText(_ database: any SQLSession) throws -> Int {
    try database.value("SELECT coalesce(max(ordinal), -1) + 1 FROM text") ?? 0
  }

  /// Never the place of a removed product that lists may still name: places only grow.
  private static func nextProduct(_ database: any SQLSession) throws -> Int {
    let last: Int = try database.value("SELECT coalesce(max(ordinal), -1) FROM product") ?? -1
    let removed: Int? = try database.value(
      "SELECT CAST(body AS INTEGER) FROM record WHERE name = 'last ordinal'")
    return max(last, removed ?? -1) + 1
  }

  private static func textOrdinal(
    _ text: String, _ next: inout Int, _ database: any SQLSession
  ) throws -> Int {
    if let ordinal: Int = try database.value("SELECT ordinal FROM text WHERE value = ?", [text]) {
      return ordinal
    }
    try database.execute("INSERT INTO text (ordinal, value) VALUES (?, ?)", [next, text])
    defer { next += 1 }
    return next
  }

  private static func upsert(
    _ id: String, text: Int, body: String, _ next: inout Int, _ database: any SQLSession
  ) throws -> ProductPlace {
    let known = try database.first(
      "SELECT ordinal, baskets FROM product WHERE id = ?", [id]
    ) { row in
      ProductPlace(ordinal: try row[0], text: text, baskets: try row[1], isNew: false)
    }
    if let known {
      try database.execute(
        "UPDATE product SET text = ?, body = ? WHERE ordinal = ?", [text, body, known.ordinal])
      return known
    }
    try database.execute(
      "INSERT INTO product (ordinal, id, text, baskets, body) VALUES (?, ?, ?, 0, ?)",
      [next, id, text, body])
    defer { next += 1 }
    return ProductPlace(ordinal: next, text: text, baskets: 0, isNew: true)
  }

  /// Removes products; identifiers that no product has are passed over.
  ///
  /// - Returns: the ordinals that became free, which nothing will take again before a build.
  public func removeProducts(_ ids: [String]) throws(StorageError) -> [Int] {
    try write { database in
      try Self.countChange(database)
      let last = try Self.nextProduct(database) - 1
      try setRecord("last ordinal", to: String(last), database)
      let removed = try ids.compactMap { id -> Int? in
        try database.value("DELETE FROM product WHERE id = ? RETURNING ordinal", [id])
      }
      try note(.products(ids), database)
      return removed
    }
  }

  /// Up to `limit` products behind ordinal `last`, in the catalogue's order.
  public func products(after last: Int, limit: Int) throws(StorageError) -> [StoredProduct] {
    try fetch("WHERE ordinal > ? ORDER BY ordinal LIMIT ?", [last, limit])
  }

  /// Every distinct text, in the order of their ordinals.
  public func texts() throws(StorageError) -> [(ordinal: Int, text: String)] {
    try read { database in
      try database.all("SELECT ordinal, value FROM text ORDER BY ordinal") {
        (try $0[0], try $0[1])
      }
    }
  }

  /// Replaces the lists of one source without touching the catalogue: what a serving shop
  /// publishes after a recount.
  public func replaceLists(_ source: NeighbourSource, by lists: [Int: [Neighbour]])
    throws(StorageError)
  {
    try write { database in
      try database.execute("DELETE FROM neighbours WHERE source = ?", [source.rawValue])
      try insert(lists.lazy.map { ($0.key, $0.value) }, source, database)
      if source == .content {
        try database.execute(
          "DELETE FROM neighbours WHERE source = ?", [NeighbourSource.citing.rawValue])
        try insert(Self.citing(lists.map { ($0.key, $0.value) }), database)
      }
      try note(.lists(source), database)
    }
  }
}
