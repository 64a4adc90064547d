internal import Foundation

extension ShopStore {
  /// The number of shoppers whose behaviour is known.
  public func shopperCount() throws(StorageError) -> Int {
    try read { try $0.value("SELECT count(*) FROM history") ?? 0 }
  }

  /// The behaviour that builds read. O(its size).
  ///
  /// - Throws: ``StorageError`` `damaged`.
  public func behaviour() throws(StorageError) -> BehaviourSnapshot {
    try read { database in
      var snapshot = BehaviourSnapshot(products: try historyProducts(database))
      snapshot.histories = try database.all(
        "SELECT kind, name, entries FROM history ORDER BY rowid", [], history)
      return snapshot
    }
  }

  /// What a build read of one shopper, its products by identifier; `nil` for a stranger.
  ///
  /// - Throws: ``StorageError`` `damaged`.
  public func history(of shopper: ShopperName) throws(StorageError) -> BehaviourSnapshot? {
    try read { database in
      let found = try database.first(
        "SELECT kind, name, entries FROM history WHERE kind = ? AND name = ?",
        [shopper.kind, shopper.value], history)
      guard var history = found else { return nil }
      var numbers: [Int32: Int32] = [:]
      var wanted: [Int32] = []
      for index in history.entries.indices {
        let number = history.entries[index].product
        if numbers[number] == nil {
          numbers[number] = Int32(wanted.count)
          wanted.append(number)
        }
        history.entries[index].product = numbers[number] ?? 0
      }
      let products = try identifiers(of: wanted, database)
      return BehaviourSnapshot(products: products, histories: [history])
    }
  }

  /// Names of shoppers that hold `name`, for "did you mean", in alphabetical order.
  public func shoppers(like name: String, limit: Int) throws(StorageError) -> [String] {
    try read { database in
      try database.all(
        """
        SELECT DISTINCT name FROM history WHERE \(database.dialect.position)(name, ?) > 0
        ORDER BY name LIMIT ?
        """, [name, limit]
      ) { try $0[0] }
    }
  }

  func replaceBehaviour(by snapshot: BehaviourSnapshot, _ database: any SQLSession) throws {
    try database.execute("DELETE FROM history")
    try database.execute("DELETE FROM history_product")
    try database.executeEach(
      "INSERT INTO history_product (number, id) VALUES (?, ?)",
      snapshot.products.lazy.enumerated().map { [$0, $1] })
    try database.executeEach(
      "INSERT INTO history (kind, name, entries) VALUES (?, ?, ?)",
      snapshot.histories.lazy.map {
        [$0.name.kind, $0.name.value, HistoryBlob.encode($0.entries)]
      })
  }

  /// Numbers that one statement asks for: few statements for long histories, and one text of it.
  private static var numbersAtOnce: Int { 64 }

  /// The identifiers of products of histories, in the order of their numbers in `wanted`; empty where
  /// there is none.
  private func identifiers(of wanted: [Int32], _ database: any SQLSession) throws -> [String] {
    let places = [String](repeating: "?", count: Self.numbersAtOnce).joined(separator: ", ")
    var found: [Int32: String] = [:]
    for start in stride(from: 0, to: wanted.count, by: Self.numbersAtOnce) {
      let part = wanted[start..<min(start + Self.numbersAtOnce, wanted.count)]
      // Filled up with the first, so that the statement is always the same.
      let rest = repeatElement(wanted[start], count: Self.numbersAtOnce - part.count)
      try database.forEachRow(
        "SELECT number, id FROM history_product WHERE number IN (\(places))",
        Array(part) + Array(rest)
      ) { row in found[try row[0]] = try row[1] as String }
    }
    return wanted.map { found[$0] ?? "" }
  }

  private func historyProducts(_ database: any SQLSession) throws -> [String] {
    try database.all("SELECT id FROM history_product ORDER BY number") { try $0[0] }
  }

  private func history(_ row: any SQLRow) throws -> ShopperHistory {
    guard let name = ShopperName(kind: try row[0], value: try row[1]),
      let entries = HistoryBlob.decode(try row[2])
    else {
      throw StorageError(
        .damaged, path: place, "a shopper's history is damaged; build the shop again with --events")
    }
    return ShopperHistory(name: name, entries: entries)
  }
}
