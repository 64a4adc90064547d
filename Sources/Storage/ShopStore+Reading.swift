public import AkinCatalogue
internal import Foundation
internal import GRDB

extension ShopStore {
  /// The number of published products.
  public func productCount() throws(StorageError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM product") ?? 0 }
  }

  /// The product with the shop's identifier `id`.
  public func product(id: String) throws(StorageError) -> StoredProduct? {
    try fetch("WHERE id = ?", [id]).first
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
    try read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM product WHERE text = ?", arguments: [text])
        ?? 0
    }
  }

  /// Identifiers like `id`, for "did you mean": those that begin with it, then any that hold it.
  public func identifiers(like id: String, limit: Int) throws(StorageError) -> [String] {
    try read { database in
      try String.fetchAll(
        database,
        sql: "SELECT id FROM product WHERE instr(id, ?) > 0 ORDER BY instr(id, ?), id LIMIT ?",
        arguments: [id, id, limit])
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
          SELECT ordinal, max(baskets) AS most FROM product GROUP BY text)
        ORDER BY most DESC, ordinal LIMIT ?)
      ORDER BY baskets DESC, ordinal
      """, [limit])
  }

  /// The list of `item` from `source`, best first; empty where there is none.
  public func neighbours(_ source: NeighbourSource, of item: Int) throws(StorageError)
    -> [Neighbour]
  {
    try read { database in
      let list = try Data.fetchOne(
        database, sql: "SELECT list FROM neighbours WHERE source = ? AND item = ?",
        arguments: [source.rawValue, item])
      return list.map(NeighbourBlob.decode) ?? []
    }
  }

  /// All lists of `source`, in the order of their items; items without one are left out.
  public func allNeighbours(_ source: NeighbourSource) throws(StorageError) -> [Int: [Neighbour]] {
    try read { database in
      var lists: [Int: [Neighbour]] = [:]
      let rows = try Row.fetchCursor(
        database, sql: "SELECT item, list FROM neighbours WHERE source = ?",
        arguments: [source.rawValue])
      while let row = try rows.next() {
        let list: Data = row[1]
        lists[row[0]] = NeighbourBlob.decode(list)
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
      let rows = try Row.fetchCursor(database, sql: "SELECT ordinal, id, baskets FROM product")
      while let row = try rows.next() {
        ids[row[0]] = row[1]
        baskets[row[0]] = row[2]
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
    try read {
      try String.fetchOne($0, sql: "SELECT body FROM record WHERE name = ?", arguments: [name])
    }
  }

  func fetch(_ condition: String, _ arguments: StatementArguments) throws(StorageError)
    -> [StoredProduct]
  {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT ordinal, text, baskets, body FROM product " + condition)
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      let decoder = JSONDecoder()
      var products: [StoredProduct] = []
      while let row = try rows.next() {
        let body: String = row[3]
        products.append(
          StoredProduct(
            ordinal: row[0], text: row[1], baskets: row[2],
            product: try decoder.decode(Product.self, from: Data(body.utf8))))
      }
      return products
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
      var entries: [ProductEntry] = []
      let rows = try Row.fetchCursor(
        database, sql: "SELECT ordinal, id, text, baskets FROM product ORDER BY ordinal")
      while let row = try rows.next() {
        entries.append(ProductEntry(ordinal: row[0], id: row[1], text: row[2], baskets: row[3]))
      }
      return entries
    }
  }
}
