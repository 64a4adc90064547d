public import AkinCatalogue
internal import Foundation

extension ShopStore {
  /// The number of published products.
  public func productCount() throws(StorageError) -> Int {
    try read { try $0.value("SELECT count(*) FROM product") ?? 0 }
  }

  /// The product with the shop's identifier `id`.
  public func product(id: String) throws(StorageError) -> StoredProduct? {
    try fetch("WHERE id = ?", [id]).first
  }

  /// The products of `ids` that are in the catalogue, as they stand at one moment.
  public func products(ids: some Sequence<String>) throws(StorageError) -> [StoredProduct] {
    try read { database in
      try ids.compactMap { try Self.fetch("WHERE id = ?", [$0], database).first }
    }
  }

  /// The product at `ordinal`.
  public func product(ordinal: Int) throws(StorageError) -> StoredProduct? {
    try fetch("WHERE ordinal = ?", [ordinal]).first
  }

  /// Up to `limit` products that share the text at `text`, most bought first.
  public func products(text: Int, limit: Int) throws(StorageError) -> [StoredProduct] {
    try fetch("WHERE text = ? ORDER BY baskets DESC, ordinal LIMIT ?", [text, limit])
  }

  /// The first product of the catalogue that has the text at `text`: its facts stand for the text.
  public func firstProduct(text: Int) throws(StorageError) -> StoredProduct? {
    try fetch("WHERE text = ? ORDER BY ordinal LIMIT 1", [text]).first
  }

  /// How many products share the text at `text`.
  public func productCount(text: Int) throws(StorageError) -> Int {
    try read { try $0.value("SELECT count(*) FROM product WHERE text = ?", [text]) ?? 0 }
  }

  /// Identifiers like `id`, for "did you mean": those that begin with it, then any that hold it.
  public func identifiers(like id: String, limit: Int) throws(StorageError) -> [String] {
    try read { database in
      let position = database.dialect.position
      return try database.all(
        """
        SELECT id FROM product WHERE \(position)(id, ?) > 0
        ORDER BY \(position)(id, ?), id LIMIT ?
        """, [id, id, limit]
      ) { try $0[0] }
    }
  }

  /// Every `step`-th product of the catalogue's order, from ordinal `first`.
  public func products(every step: Int, from first: Int = 0) throws(StorageError)
    -> [StoredProduct]
  {
    try fetch(
      "WHERE ordinal >= ? AND (ordinal - ?) % ? = 0 ORDER BY ordinal", [first, first, step])
  }

  /// The `limit` products in most baskets, at most one of each text.
  public func popularProducts(limit: Int) throws(StorageError) -> [StoredProduct] {
    try fetch(
      """
      WHERE ordinal IN (
        SELECT ordinal FROM (
          SELECT ordinal, baskets, row_number() OVER (
            PARTITION BY text ORDER BY baskets DESC, ordinal) AS place
          FROM product) AS ranked
        WHERE place = 1 ORDER BY baskets DESC, ordinal LIMIT ?)
      ORDER BY baskets DESC, ordinal
      """, [limit])
  }

  /// The list of `item` from `source`, best first; empty where there is none.
  public func neighbours(_ source: NeighbourSource, of item: Int) throws(StorageError)
    -> [Neighbour]
  {
    try read { database in
      let list: Data? = try database.value(
        "SELECT list FROM neighbours WHERE source = ? AND item = ?", [source.rawValue, item])
      return list.map(NeighbourBlob.decode) ?? []
    }
  }

  /// All lists of `source`, in the order of their items; items without one are left out.
  public func allNeighbours(_ source: NeighbourSource) throws(StorageError) -> [Int: [Neighbour]] {
    try read { database in
      var lists: [Int: [Neighbour]] = [:]
      try database.forEachRow(
        "SELECT item, list FROM neighbours WHERE source = ?", [source.rawValue]
      ) { row in
        lists[try row[0]] = NeighbourBlob.decode(try row[1])
      }
      return lists
    }
  }

  /// What baskets, or visits, said of each product that was in any, by the product's identifier.
  public func basketLists(_ source: NeighbourSource = .basket) throws(StorageError)
    -> [String: BasketList]
  {
    let lists = try allNeighbours(source)
    return try read { database in
      var ids: [Int: String] = [:]
      var baskets: [Int: Int] = [:]
      try database.forEachRow("SELECT ordinal, id, baskets FROM product", []) { row in
        let ordinal: Int = try row[0]
        ids[ordinal] = try row[1] as String
        baskets[ordinal] = try row[2] as Int
      }
      var result: [String: BasketList] = [:]
      for (ordinal, count) in baskets where count > 0 || lists[ordinal] != nil {
        guard let id = ids[ordinal] else { continue }
        let partners = (lists[ordinal] ?? []).compactMap { neighbour in
          ids[neighbour.item].map { BasketList.Partner(id: $0, score: neighbour.score) }
        }
        result[id] = BasketList(baskets: count, partners: partners)
      }
      return result
    }
  }

  /// The JSON document `name` of the last build.
  public func record(_ name: String) throws(StorageError) -> String? {
    try read { try $0.value("SELECT body FROM record WHERE name = ?", [name]) }
  }

  func fetch(_ condition: String, _ arguments: SQLArguments) throws(StorageError)
    -> [StoredProduct]
  {
    try read { try Self.fetch(condition, arguments, $0) }
  }

  private static func fetch(
    _ condition: String, _ arguments: SQLArguments, _ database: any SQLSession
  ) throws -> [StoredProduct] {
    let decoder = JSONDecoder()
    return try database.all(
      "SELECT ordinal, text, baskets, body FROM product " + condition, arguments
    ) { row in
      let body: String = try row[3]
      return StoredProduct(
        ordinal: try row[0], text: try row[1], baskets: try row[2],
        product: try decoder.decode(Product.self, from: Data(body.utf8)))
    }
  }
}

/// A product without its body: what tells which products share a text.
public struct ProductEntry: Sendable, Equatable {
  /// Its position in the catalogue.
  public var ordinal: Int
  /// The shop's identifier.
  public var id: String
  /// The position of its text among the distinct ones.
  public var text: Int
  /// The number of baskets that hold it.
  public var baskets: Int

  /// Creates an entry.
  public init(ordinal: Int, id: String, text: Int, baskets: Int) {
    self.ordinal = ordinal
    self.id = id
    self.text = text
    self.baskets = baskets
  }
}

extension ShopStore {
  /// Every product without its body, in the order of the catalogue. O(products).
  public func productEntries() throws(StorageError) -> [ProductEntry] {
    try read { database in
      try database.all("SELECT ordinal, id, text, baskets FROM product ORDER BY ordinal") { row in
        ProductEntry(
          ordinal: try row[0], id: try row[1], text: try row[2], baskets: try row[3])
      }
    }
  }
}
