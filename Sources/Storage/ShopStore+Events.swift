public import AkinCatalogue
internal import Foundation

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
      let before = try isShared ? Self.lastEvent(database) : 0
      let changes = try database.executeEach(
        """
        INSERT INTO event (
          id, type, product, "user", visitor, session, "transaction", time, quantity, amount,
          currency, attribution)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        events.lazy.map { event in
          [
            event.id, event.type.rawValue, event.product, event.user, event.visitor,
            event.session, event.transaction, event.time ?? received, event.quantity,
            event.price?.amount, event.price?.currency, event.attribution,
          ]
        })
      let added = changes.indices.filter { changes[$0] > 0 }
      if isShared, !added.isEmpty {
        try note(.events(after: before, through: Self.lastEvent(database)), database)
      }
      return EventReceipt(added: added, repeated: events.count - added.count)
    }
  }

  /// The number of stored events.
  public func eventCount() throws(StorageError) -> Int {
    try read { try $0.value("SELECT count(*) FROM event") ?? 0 }
  }

  private static func lastEvent(_ database: any SQLSession) throws -> Int {
    try database.value("SELECT coalesce(max(ordinal), 0) FROM event") ?? 0
  }

  /// The events whose ordinals are in `range`, in the order of arrival.
  func events(in range: ClosedRange<Int>) throws(StorageError) -> [Event] {
    try read { database in
      try database.all(
        "SELECT \(Self.eventColumns) FROM event WHERE ordinal BETWEEN ? AND ? ORDER BY ordinal",
        [range.lowerBound, range.upperBound], Self.event)
    }
  }

  /// The last `limit` events of a shopper, newest first.
  public func events(of shopper: ShopperName, limit: Int) throws(StorageError) -> [Event] {
    try read { database in
      try database.all(
        """
        SELECT \(Self.eventColumns) FROM event WHERE \(shopper.column) = ?
        ORDER BY time DESC, ordinal DESC LIMIT ?
        """, [shopper.value, limit], Self.event)
    }
  }

  /// Lends every event in the order of arrival.
  public func forEachEvent(_ body: (Event) throws -> Void) throws(StorageError) {
    try read { database in
      try database.forEachRow("SELECT \(Self.eventColumns) FROM event ORDER BY ordinal", []) {
        try body(Self.event($0))
      }
    }
  }

  /// For each product how often a shopper showed that he wants it.
  public func deedCounts() throws(StorageError) -> [String: Int] {
    try read { database in
      var counts: [String: Int] = [:]
      try database.forEachRow(
        """
        SELECT product, count(*) FROM event
        WHERE type NOT IN ('view_item_list', 'remove_from_cart', 'refund', 'search')
        GROUP BY product
        """, []
      ) { counts[try $0[0]] = try $0[1] as Int }
      return counts
    }
  }

  /// How many events of each type arrived since `time`, and when the newest happened.
  public func eventTotals(since time: Double) throws(StorageError) -> [String: Int] {
    try read { database in
      var totals: [String: Int] = [:]
      try database.forEachRow(
        "SELECT type, count(*) FROM event WHERE time >= ? GROUP BY type", [time]
      ) { totals[try $0[0]] = try $0[1] as Int }
      return totals
    }
  }

  /// When the last event happened, in seconds since 1970-01-01 UTC; `nil` before the first.
  public func lastEventTime() throws(StorageError) -> Double? {
    try read { try $0.value("SELECT max(time) FROM event") }
  }

  /// How many events happened on each of the last `count` days of 24 hours, the oldest first.
  public func eventDays(_ count: Int, until time: Double) throws(StorageError) -> [Int] {
    try read { database in
      var days = [Int](repeating: 0, count: count)
      let age = database.dialect.wholePart("(? - time) / 86400")
      try database.forEachRow(
        """
        SELECT \(age) AS age, count(*) FROM event
        WHERE time > ? AND time <= ? GROUP BY age
        """, [time, time - Double(count) * 86_400, time]
      ) { row in
        let age: Int = try row[0]
        if days.indices.contains(age) { days[count - 1 - age] = try row[1] }
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
        let rows = try database.all(
          "SELECT DISTINCT visitor, session FROM event WHERE \"user\" = ?", [shopper.value]
        ) { (visitor: try $0[optional: 0] as String?, session: try $0[optional: 1] as String?) }
        let visitors = Set(rows.compactMap(\.visitor)).sorted()
        let sessions = Set(rows.compactMap(\.session)).sorted()
        names += visitors.map(ShopperName.visitor) + sessions.map(ShopperName.session)
      }
      let erased = try names.map { name in
        // A device that several customers share keeps what the others did.
        var condition = "\(name.column) = ?"
        var arguments: SQLArguments = [name.value]
        if case .user(let user) = shopper, name != shopper {
          condition += " AND (\"user\" IS NULL OR \"user\" = ?)"
          arguments.append(user)
        }
        let events = try database.execute("DELETE FROM event WHERE \(condition)", arguments)
        let histories = try database.execute(
          "DELETE FROM history WHERE kind = ? AND name = ?", [name.kind, name.value])
        return ErasedName(name: name, events: events, histories: histories)
      }
      try note(.shoppers, database)
      return erased
    }
  }

  static var eventColumns: String {
    """
    id, type, product, "user", visitor, session, "transaction", time, quantity, amount, currency, \
    attribution
    """
  }

  static func event(_ row: any SQLRow) throws -> Event {
    // Only types that this enumeration wrote are in the table; a newer one counts as a view.
    var event = Event(type: EventType(rawValue: try row[1]) ?? .viewItem, product: try row[2])
    event.id = try row[optional: 0]
    event.user = try row[optional: 3]
    event.visitor = try row[optional: 4]
    event.session = try row[optional: 5]
    event.transaction = try row[optional: 6]
    event.time = try row[7]
    event.quantity = try row[8]
    if let amount: Double = try row[optional: 9] {
      event.price = Price(amount: amount, currency: try row[optional: 10])
    }
    event.attribution = try row[optional: 11]
    return event
  }
}
