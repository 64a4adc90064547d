internal import AkinCatalogue
internal import Foundation
internal import GRDB

extension ShopStore {
  /// Replaces what readers see by `snapshot`, in one transaction. O(size of the snapshot).
  ///
  /// - Throws: ``StorageError``; the shop is then what it was before.
  public func publish(_ snapshot: ShopSnapshot) throws(StorageError) {
    try write { database in
      // Children first: foreign keys are on.
      for table in ["neighbours", "product", "text"] {
        try database.execute(sql: "DELETE FROM \(table)")
      }
      try insertTexts(snapshot, database)
      try insertProducts(snapshot, database)
      try insert(snapshot.similar, .content, database)
      try insert(snapshot.boughtTogether, .basket, database)
      if let behaviour = snapshot.behaviour { try replaceBehaviour(by: behaviour, database) }
      for (name, body) in snapshot.records { try setRecord(name, to: body, database) }
      try database.execute(sql: "DELETE FROM vector WHERE text NOT IN (SELECT value FROM text)")
    }
    try checkpoint()
  }

  /// Replaces the JSON document `name`.
  public func setRecord(_ name: String, to body: String) throws(StorageError) {
    try write { database in try setRecord(name, to: body, database) }
  }

  private func setRecord(_ name: String, to body: String, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO record (name, body) VALUES (?, ?)", arguments: [name, body])
  }

  private func insertTexts(_ snapshot: ShopSnapshot, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO text (ordinal, value) VALUES (?, ?)")
    for (ordinal, text) in snapshot.texts.enumerated() {
      try statement.execute(arguments: [ordinal, text])
    }
  }

  private func insertProducts(_ snapshot: ShopSnapshot, _ database: Database) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let statement = try database.cachedStatement(
      sql: "INSERT INTO product (ordinal, id, text, baskets, body) VALUES (?, ?, ?, ?, ?)")
    for (ordinal, product) in snapshot.products.enumerated() {
      let body = String(decoding: try encoder.encode(product), as: UTF8.self)
      try statement.execute(arguments: [
        ordinal, product.id, snapshot.textOfProduct[ordinal], snapshot.baskets[ordinal], body,
      ])
    }
  }

  private func insert(_ lists: NeighbourLists, _ source: NeighbourSource, _ database: Database)
    throws
  {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO neighbours (source, item, list) VALUES (?, ?, ?)")
    for item in 0..<lists.count {
      let list = lists[item]
      if list.isEmpty { continue }
      try statement.execute(arguments: [source.rawValue, item, NeighbourBlob.encode(list)])
    }
  }
}
