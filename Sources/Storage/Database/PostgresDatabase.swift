internal import Foundation
internal import Synchronization

/// A PostgreSQL database that several servers share, through libpq.
///
/// As with SQLite one transaction writes at a time: all of them take one advisory lock of the schema
/// first. So what is numbered when it is written is seen in the order of its numbers, and statements
/// may look before they add. Readers see one moment and wait for nobody.
final class PostgresDatabase: StoreDatabase {
  private let address: String
  /// How the database is called where people read it: without the password.
  let name: String
  private let isReadOnly: Bool
  private let pool: ConnectionPool

  var isShared: Bool { true }

  /// Connects once, so that a wrong address is told at the start.
  ///
  /// - Throws: ``PostgresError``.
  init(_ address: String, isReadOnly: Bool) throws {
    self.address = address
    self.isReadOnly = isReadOnly
    name = Self.withoutSecrets(address)
    pool = ConnectionPool(address)
    try pool.use("BEGIN") { try $0.run("COMMIT") }
  }

  func read<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
    try pool.use("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY") { try finish($0, body) }
  }

  func write<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
    if isReadOnly {
      throw StorageError(.notWritable, path: name, "was opened for reading only")
    }
    return try pool.use("BEGIN") { connection in
      try finish(connection) { session in
        try session.forEachRow("SELECT pg_advisory_xact_lock(\(Self.key("writer")))", []) { _ in }
        return try body(session)
      }
    }
  }

  /// Runs `body` in the transaction that has begun, and ends it.
  private func finish<Value>(
    _ connection: PostgresConnection, _ body: (any SQLSession) throws -> Value
  ) throws -> Value {
    do {
      let value = try body(PostgresSession(connection: connection))
      try connection.run("COMMIT")
      return value
    } catch {
      try? connection.run("ROLLBACK")
      throw error
    }
  }

  /// Two numbers that name a lock of this schema.
  private static func key(_ purpose: String) -> String {
    "hashtext('akin ' || current_schema()), hashtext('\(purpose)')"
  }

  func migrate() throws {
    try write { session in
      try session.execute(
        "CREATE TABLE IF NOT EXISTS migration (name TEXT COLLATE \"C\" PRIMARY KEY)")
      let done = Set(try session.all("SELECT name FROM migration") { try $0[0] as String })
      for migration in Migration.all where !done.contains(migration.name) {
        for statement in migration.postgres.split(separator: ";\n") {
          try session.execute(String(statement))
        }
        try session.execute("INSERT INTO migration (name) VALUES (?)", [migration.name])
      }
    }
  }

  func schemaState() throws -> SchemaState {
    try read { session in
      guard try session.value("SELECT to_regclass('migration')::text") as String? != nil else {
        return .older
      }
      let done = Set(try session.all("SELECT name FROM migration") { try $0[0] as String })
      let known = Set(Migration.all.map(\.name))
      return done.isSubset(of: known) ? (done == known ? .current : .older) : .newer
    }
  }

  func tidy() throws {}

  func lock(_ purpose: BuildLock.Purpose, isShared: Bool) throws -> (any Sendable)? {
    let connection = try PostgresConnection(address)
    let function = isShared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock"
    var isHeld = false
    try connection.forEachRow("SELECT \(function)(\(Self.key(purpose.rawValue)))", []) { row in
      isHeld = try row[0] as Int == 1
    }
    return isHeld ? HeldConnection(connection) : nil
  }

  func wrapping(_ error: any Error) -> StorageError { Self.wrapping(error, name: name) }

  static func wrapping(_ error: any Error, name: String) -> StorageError {
    if let error = error as? StorageError { return error }
    guard let error = error as? PostgresError else {
      return error is UnexpectedValue
        ? StorageError(
          .damaged, path: name, "holds what no version of Akin writes; restore a backup")
        : StorageError(.database, path: name, "\(error)")
    }
    switch error.state {
    case nil, "57P01", "57P02", "57P03", "53300":
      return StorageError(
        .unreachable, path: name,
        "cannot be reached (\(error.message)); check that PostgreSQL runs, and try again")
    case "53100", "53000":
      return StorageError(
        .diskFull, path: name, "the disk is full; nothing was lost: free some space and try again")
    case "25006", "42501":
      return StorageError(.notWritable, path: name, "may not be written by this role")
    case "55P03", "40P01", "40001":
      return StorageError(.busy, path: name, "is in use by another process; try again")
    case "42P01":
      return StorageError(
        .noShop, path: name, "holds no shop; make one with akin build, or move one there")
    case PostgresError.unusableText, "22021":
      return StorageError(
        .unusableText, path: name, "\(error.message), which cannot be kept; leave it out")
    default: return StorageError(.database, path: name, error.message)
    }
  }

  /// An address as people may see it.
  static func withoutSecrets(_ address: String) -> String {
    guard var parts = URLComponents(string: address), parts.scheme != nil else {
      return address.replacing(/password\s*=\s*('[^']*'|\S+)/, with: "password=…")
    }
    if parts.password != nil { parts.password = nil }
    parts.queryItems = parts.queryItems?.filter { $0.name != "password" }
    if parts.queryItems?.isEmpty ?? false { parts.queryItems = nil }
    return parts.string ?? "postgresql"
  }
}

/// Keeps a lock of the session for as long as it lives.
///
/// Nobody uses the connection after it was wrapped; the last owner closes it, on any thread, which
/// libpq allows.
private final class HeldConnection: @unchecked Sendable {
  private let connection: PostgresConnection
  init(_ connection: PostgresConnection) { self.connection = connection }

  deinit {
    // A server notices later that a connection has ended: whoever asks next must not find the lock
    // held. Where the connection is lost, so is the lock.
    try? connection.forEachRow("SELECT pg_advisory_unlock_all()", []) { _ in }
  }
}

/// A transaction of PostgreSQL's.
private struct PostgresSession: SQLSession {
  let connection: PostgresConnection

  var dialect: SQLDialect { .postgres }

  func execute(_ sql: String, _ arguments: SQLArguments) throws -> Int {
    try connection.execute(sql, arguments)
  }

  func executeEach(_ sql: String, _ rows: some Sequence<SQLArguments>) throws -> [Int] {
    try connection.executeEach(sql, rows)
  }

  func forEachRow(
    _ sql: String, _ arguments: SQLArguments, _ body: (any SQLRow) throws -> Void
  ) throws {
    try connection.forEachRow(sql, arguments, body)
  }
}

/// A few connections, each lent to one thread at a time.
///
/// `@unchecked`: a connection is in ``idle``, or with the one thread that took it out, never both.
private final class ConnectionPool: @unchecked Sendable {
  /// Transactions at once; the others wait.
  private static let limit = 12
  private let address: String
  private let places = DispatchSemaphore(value: limit)
  private let guardian = NSLock()
  private var idle: [PostgresConnection] = []

  init(_ address: String) { self.address = address }

  /// Lends a connection in a transaction that `beginning` began. Connections that went stale while
  /// they waited, as after a restart of the server, fail there, where nothing is done yet, and are
  /// replaced.
  func use<Value>(
    _ beginning: String, _ body: (PostgresConnection) throws -> Value
  ) throws -> Value {
    places.wait()
    defer { places.signal() }
    let connection = try begun(beginning)
    defer { if connection.isAlive { guardian.withLock { idle.append(connection) } } }
    return try body(connection)
  }

  private func begun(_ beginning: String) throws -> PostgresConnection {
    while let kept = guardian.withLock({ idle.popLast() }) {
      do {
        try kept.run(beginning)
        return kept
      } catch { continue }
    }
    let fresh = try PostgresConnection(address)
    try fresh.run(beginning)
    return fresh
  }
}
