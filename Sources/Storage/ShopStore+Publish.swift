internal import AkinCatalogue
internal import Foundation

extension ShopStore {
  /// Replaces what readers see by `snapshot`, in one transaction. O(size of the snapshot).
  ///
  /// - Throws: ``StorageError``; the shop is then what it was before.
  public func publish(_ snapshot: ShopSnapshot) throws(StorageError) {
    try write { database in
      // Children first: foreign keys are on.
      for table in ["neighbours", "product", "text"] {
        try database.execute("DELETE FROM \(table)")
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
      try database.execute(
        "DELETE FROM vector WHERE NOT EXISTS (SELECT 1 FROM text WHERE value = vector.text)")
      try note(.catalogue, database)
    }
    do { try database.tidy() } catch { throw database.wrapping(error) }
  }

  /// Replaces the JSON document `name`.
  public func setRecord(_ name: String, to body: String) throws(StorageError) {
    try write { database in try setRecord(name, to: body, database) }
  }

  func setRecord(_ name: String, to body: String, _ database: any SQLSession) throws {
    try database.execute(
      """
      INSERT INTO record (name, body) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET body = excluded.body
      """, [name, body])
  }

  private func insertTexts(_ snapshot: ShopSnapshot, _ database: any SQLSession) throws {
    try database.executeEach(
      "INSERT INTO text (ordinal, value) VALUES (?, ?)",
      snapshot.texts.lazy.enumerated().map { [$0, $1] })
  }

  private func insertProducts(_ snapshot: ShopSnapshot, _ database: any SQLSession) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for start in stride(from: 0, to: snapshot.products.count, by: Self.portion) {
      let rows = try (start..<min(start + Self.portion, snapshot.products.count)).map { ordinal in
        let product = snapshot.products[ordinal]
        let body = String(decoding: try encoder.encode(product), as: UTF8.self)
        return [
          ordinal, product.id, snapshot.textOfProduct[ordinal], snapshot.baskets[ordinal], body,
        ] as SQLArguments
      }
      try database.executeEach(
        "INSERT INTO product (ordinal, id, text, baskets, body) VALUES (?, ?, ?, ?, ?)", rows)
    }
  }

  /// Products whose rows are made at once.
  private static var portion: Int { 1_024 }

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

  func insert(_ citing: [Int: [Neighbour]], _ database: any SQLSession) throws {
    try insert(citing.lazy.map { ($0.key, $0.value) }, .citing, database)
  }

  /// Adds the lists that are not empty.
  func insert(
    _ lists: some Sequence<(Int, [Neighbour])>, _ source: NeighbourSource,
    _ database: any SQLSession
  ) throws {
    try database.executeEach(
      "INSERT INTO neighbours (source, item, list) VALUES (?, ?, ?)",
      lists.lazy.filter { !$0.1.isEmpty }.map {
        [source.rawValue, $0.0, NeighbourBlob.encode($0.1)]
      })
  }

  private func insert(
    _ lists: NeighbourLists, _ source: NeighbourSource, _ database: any SQLSession
  ) throws {
    try insert((0..<lists.count).lazy.map { ($0, Array(lists[$0])) }, source, database)
  }
}
