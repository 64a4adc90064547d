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
      try insert(
        Self.citing((0..<snapshot.similar.count).map { ($0, snapshot.similar[$0]) }), database)
      try insert(snapshot.boughtTogether, .basket, database)
      try insert(snapshot.viewedTogether, .viewed, database)
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

  /// Citing texts that are kept for each; a text that many are near to is near to none of them.
  private static var mostCiting: Int { 30 }

  /// For each text the best of those that have it in their lists and are not in its own.
  static func citing(_ lists: some Sequence<(item: Int, list: [Neighbour])>) -> [Int: [Neighbour]] {
    var own: [Int: Set<Int>] = [:]
    var citing: [Int: [Neighbour]] = [:]
    for (item, list) in lists {
      own[item] = Set(list.map(\.item))
      for neighbour in list {
        citing[neighbour.item, default: []].append(Neighbour(item: item, score: neighbour.score))
      }
    }
    for (item, list) in citing {
      let others = list.filter { !(own[item]?.contains($0.item) ?? false) }
      citing[item] = Array(others.sorted { $0.precedes($1) }.prefix(mostCiting))
    }
    return citing
  }

  func insert(_ citing: [Int: [Neighbour]], _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO neighbours (source, item, list) VALUES (?, ?, ?)")
    for (item, list) in citing where !list.isEmpty {
      try statement.execute(arguments: [
        NeighbourSource.citing.rawValue, item, NeighbourBlob.encode(list),
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
