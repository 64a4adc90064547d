public import AkinCatalogue
internal import Foundation
internal import GRDB

/// What became of a batch of events.
public struct EventReceipt: Sendable, Equatable {
  /// The indices of those that were new, ascending.
  public var added: [Int]
  /// How many had been sent before, by their identifiers.
  public var repeated: Int
}

/// What an erasure removed under one name of a shopper.
public struct ErasedName: Sendable, Equatable {
  /// The name.
  public var name: ShopperName
  /// Events that came in while serving.
  public var events: Int
  /// Histories that builds had read, 0 or 1.
  public var histories: Int
}

extension ShopStore {
  /// Adds events in one transaction; durable on return. One whose identifier is there already is
  /// left out.
  ///
  /// - Parameter received: the time of events that have none.
  public func add(_ events: [Event], received: Double) throws(StorageError) -> EventReceipt {
    try write { database in
      let statement = try database.cachedStatement(
        sql: """
          INSERT OR IGNORE INTO event (
            id, type, product, user, visitor, session, "transaction", time, quantity, amount,
            currency, attribution)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      var added: [Int] = []
      added.reserveCapacity(events.count)
      for (index, event) in events.enumerated() {
        try statement.execute(arguments: [
          event.id, event.type.rawValue, event.product, event.user, event.visitor, event.session,
          event.transaction, event.time ?? received, event.quantity, event.price?.amount,
          event.price?.currency, event.attribution,
        ])
        if database.changesCount > 0 { added.append(index) }
      }
      return EventReceipt(added: added, repeated: events.count - added.count)
    }
  }

  /// The number of stored events.
  public func eventCount() throws(StorageError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM event") ?? 0 }
  }

  /// The last `limit` events of a shopper, newest first.
  public func events(of shopper: ShopperName, limit: Int) throws(StorageError) -> [Event] {
    try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT * FROM event WHERE \(shopper.column) = ? ORDER BY time DESC, ordinal DESC LIMIT ?
          """,
        arguments: [shopper.value, limit])
      var events: [Event] = []
      while let row = try rows.next() { events.append(Self.event(row)) }
      return events
    }
  }

  /// Lends every event in the order of arrival.
  public func forEachEvent(_ body: (Event) throws -> Void) throws(StorageError) {
    try read { database in
      let rows = try Row.fetchCursor(database, sql: "SELECT * FROM event ORDER BY ordinal")
      while let row = try rows.next() { try body(Self.event(row)) }
    }
  }

  /// For each product how often a shopper showed that he wants it.
  public func deedCounts() throws(StorageError) -> [String: Int] {
    try read { database in
      var counts: [String: Int] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT product, count(*) FROM event
          WHERE type NOT IN ('view_item_list', 'remove_from_cart', 'refund', 'search')
          GROUP BY product
          """)
      while let row = try rows.next() { counts[row[0]] = row[1] }
      return counts
    }
  }

  /// How many events of each type arrived since `time`, and when the newest happened.
  public func eventTotals(since time: Double) throws(StorageError) -> [String: Int] {
    try read { database in
      var totals: [String: Int] = [:]
      let rows = try Row.fetchCursor(
        database, sql: "SELECT type, count(*) FROM event WHERE time >= ? GROUP BY type",
        arguments: [time])
      while let row = try rows.next() { totals[row[0]] = row[1] }
      return totals
    }
  }

  /// How many events happened on each of the last `count` days of 24 hours, the oldest first.
  public func eventDays(_ count: Int, until time: Double) throws(StorageError) -> [Int] {
    try read { database in
      var days = [Int](repeating: 0, count: count)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT CAST((? - time) / 86400 AS INTEGER) AS age, count(*) FROM event
          WHERE time > ? AND time <= ? GROUP BY age
          """,
        arguments: [time, time - Double(count) * 86_400, time])
      while let row = try rows.next() {
        let age: Int = row[0]
        if days.indices.contains(age) { days[count - 1 - age] = row[1] }
      }
      return days
    }
  }

  /// Removes every event of a shopper, those of his sessions and devices included, and what builds
  /// read of him.
  ///
  /// A session or device that an event of the shopper names is taken for his own, and what it did
  /// before the log-in goes too.
  ///
  /// - Returns: for each name that was followed, what went with it.
  public func eraseEvents(of shopper: ShopperName) throws(StorageError) -> [ErasedName] {
    try write { database in
      var names: [ShopperName] = [shopper]
      if case .user = shopper {
        let rows = try Row.fetchAll(
          database, sql: "SELECT DISTINCT visitor, session FROM event WHERE user = ?",
          arguments: [shopper.value])
        let visitors = Set(rows.compactMap { $0[0] as String? }).sorted()
        let sessions = Set(rows.compactMap { $0[1] as String? }).sorted()
        names += visitors.map(ShopperName.visitor) + sessions.map(ShopperName.session)
      }
      return try names.map { name in
        // A device that several customers share keeps what the others did.
        var condition = "\(name.column) = ?"
        var arguments: StatementArguments = [name.value]
        if case .user(let user) = shopper, name != shopper {
          condition += " AND (user IS NULL OR user = ?)"
          arguments += [user]
        }
        try database.execute(sql: "DELETE FROM event WHERE \(condition)", arguments: arguments)
        let events = database.changesCount
        try database.execute(
          sql: "DELETE FROM history WHERE kind = ? AND name = ?",
          arguments: [name.column, name.value])
        return ErasedName(name: name, events: events, histories: database.changesCount)
      }
    }
  }

  private static func event(_ row: Row) -> Event {
    // Only types that this enumeration wrote are in the table; a newer one counts as a view.
    var event = Event(type: EventType(rawValue: row["type"]) ?? .viewItem, product: row["product"])
    event.id = row["id"]
    event.user = row["user"]
    event.visitor = row["visitor"]
    event.session = row["session"]
    event.transaction = row["transaction"]
    event.time = row["time"]
    event.quantity = row["quantity"]
    if let amount = row["amount"] as Double? {
      event.price = Price(amount: amount, currency: row["currency"])
    }
    event.attribution = row["attribution"]
    return event
  }
}
