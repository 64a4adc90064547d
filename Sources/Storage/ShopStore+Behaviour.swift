internal import Foundation
internal import GRDB

extension ShopStore {
  static func addBehaviourTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE history_product (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL
        );
        CREATE TABLE history (
          kind TEXT NOT NULL,
          name TEXT NOT NULL,
          entries BLOB NOT NULL,
          UNIQUE (kind, name)
        );
        """)
  }

  /// The number of shoppers whose behaviour is known.
  public func shopperCount() throws(StorageError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM history") ?? 0 }
  }

  /// The behaviour that builds read. O(its size).
  ///
  /// - Throws: ``StorageError`` `damaged`.
  public func behaviour() throws(StorageError) -> BehaviourSnapshot {
    try read { database in
      var snapshot = BehaviourSnapshot(products: try historyProducts(database))
      let rows = try Row.fetchCursor(
        database, sql: "SELECT kind, name, entries FROM history ORDER BY rowid")
      while let row = try rows.next() { snapshot.histories.append(try history(row)) }
      return snapshot
    }
  }

  /// What a build read of one shopper, its products by identifier; `nil` for a stranger.
  ///
  /// - Throws: ``StorageError`` `damaged`.
  public func history(of shopper: ShopperName) throws(StorageError) -> BehaviourSnapshot? {
    try read { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT kind, name, entries FROM history WHERE kind = ? AND name = ?",
        arguments: [shopper.column, shopper.value])
      guard let row else { return nil }
      var history = try history(row)
      let find = try database.cachedStatement(
        sql: "SELECT id FROM history_product WHERE number = ?")
      var numbers: [Int32: Int32] = [:]
      var products: [String] = []
      for index in history.entries.indices {
        let number = history.entries[index].product
        if numbers[number] == nil {
          numbers[number] = Int32(products.count)
          products.append(try String.fetchOne(find, arguments: [number]) ?? "")
        }
        history.entries[index].product = numbers[number] ?? 0
      }
      return BehaviourSnapshot(products: products, histories: [history])
    }
  }

  /// Names of shoppers that hold `name`, for "did you mean", in alphabetical order.
  public func shoppers(like name: String, limit: Int) throws(StorageError) -> [String] {
    try read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT name FROM history WHERE instr(name, ?) > 0 ORDER BY name LIMIT ?
          """, arguments: [name, limit])
    }
  }

  func replaceBehaviour(by snapshot: BehaviourSnapshot, _ database: Database) throws {
    try database.execute(sql: "DELETE FROM history")
    try database.execute(sql: "DELETE FROM history_product")
    let product = try database.cachedStatement(
      sql: "INSERT INTO history_product (number, id) VALUES (?, ?)")
    for (number, id) in snapshot.products.enumerated() {
      try product.execute(arguments: [number, id])
    }
    let history = try database.cachedStatement(
      sql: "INSERT INTO history (kind, name, entries) VALUES (?, ?, ?)")
    for shopper in snapshot.histories {
      try history.execute(arguments: [
        shopper.name.column, shopper.name.value, HistoryBlob.encode(shopper.entries),
      ])
    }
  }

  private func historyProducts(_ database: Database) throws -> [String] {
    try String.fetchAll(database, sql: "SELECT id FROM history_product ORDER BY number")
  }

  private func history(_ row: Row) throws -> ShopperHistory {
    let bytes: Data = row[2]
    guard let name = ShopperName(column: row[0], value: row[1]),
      let entries = HistoryBlob.decode(bytes)
    else {
      throw StorageError(
        .damaged, path: path, "a shopper's history is damaged; build the shop again with --events")
    }
    return ShopperHistory(name: name, entries: entries)
  }
}
