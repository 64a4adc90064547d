internal import Foundation
internal import GRDB

/// One file in the shop's folder, through GRDB, with a write-ahead log.
struct SQLiteDatabase: StoreDatabase {
  let path: String
  private let database: any DatabaseReader

  var isShared: Bool { false }

  /// Opens the file, made where there is none.
  ///
  /// - Parameter isDurable: whether every committed write is on the disk before it returns.
  static func writing(_ path: String, isDurable: Bool) throws -> SQLiteDatabase {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    let pool = try DatabasePool(path: path, configuration: configuration)
    if isDurable {
      // In WAL mode the pool's NORMAL leaves the last commits to a power cut. It sets that when it
      // opens, so this must come after; its one writing connection lives as long as the pool.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    }
    return SQLiteDatabase(path: path, database: pool)
  }

  /// A reader that cannot even write the log's index, as on a read-only disk, takes the database
  /// for immutable; that is safe, because nobody else can write there either.
  static func reading(_ path: String) throws -> SQLiteDatabase {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.readonly = true
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    if FileManager.default.isWritableFile(atPath: folder) {
      return SQLiteDatabase(
        path: path, database: try DatabasePool(path: path, configuration: configuration))
    }
    var address = URLComponents()
    address.scheme = "file"
    address.path = URL(filePath: path).path(percentEncoded: false)
    address.queryItems = [URLQueryItem(name: "immutable", value: "1")]
    return SQLiteDatabase(
      path: path,
      database: try DatabaseQueue(
        path: address.string ?? path, configuration: configuration))
  }

  /// One file without a log beside it, as backups are.
  static func alone(_ path: String, isReadOnly: Bool) throws -> SQLiteDatabase {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    return SQLiteDatabase(
      path: path, database: try DatabaseQueue(path: path, configuration: configuration))
  }

  func read<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
    try database.read { try body(SQLiteSession(database: $0)) }
  }

  func write<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
    try writer().write { try body(SQLiteSession(database: $0)) }
  }

  func migrate() throws { try Self.migrator.migrate(writer()) }

  func schemaState() throws -> SchemaState {
    if try database.read(Self.migrator.hasBeenSuperseded) { return .newer }
    return try database.read(Self.migrator.hasCompletedMigrations) ? .current : .older
  }

  /// Moves the write-ahead log into the database file, so that the folder is small again.
  func tidy() throws {
    _ = try writer().writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  func lock(_ purpose: BuildLock.Purpose, isShared: Bool) -> (any Sendable)? { nil }

  func wrapping(_ error: any Error) -> StorageError { .wrapping(error, path: path) }

  /// Copies everything into another file, as it stands at one moment.
  func backup(to copy: SQLiteDatabase) throws { try database.backup(to: copy.writer()) }

  /// Takes the file out of write-ahead mode and closes it.
  func finishAlone() throws {
    try writer().writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = DELETE")
    }
    try database.close()
  }

  /// - Throws: `StorageError` `damaged` where pages do not fit together; `noShop` for a database
  ///   that is no shop's.
  func check() throws {
    try database.read { database in
      guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok" else {
        throw StorageError(.damaged, path: path, "is damaged")
      }
      guard try database.tableExists("product"), try database.tableExists("record") else {
        throw StorageError(.noShop, path: path, "is a database, but not a shop's")
      }
    }
  }

  private func writer() throws -> any DatabaseWriter {
    guard let writer = database as? any DatabaseWriter else {
      throw StorageError(.notWritable, path: path, "was opened for reading only")
    }
    return writer
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in Migration.all {
      migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sqlite) }
    }
    return migrator
  }
}

/// A transaction of SQLite's.
private struct SQLiteSession: SQLSession {
  let database: Database

  var dialect: SQLDialect { .sqlite }

  func execute(_ sql: String, _ arguments: SQLArguments) throws -> Int {
    try database.cachedStatement(sql: sql).execute(arguments: Self.bind(arguments))
    return database.changesCount
  }

  func executeEach(_ sql: String, _ rows: some Sequence<SQLArguments>) throws -> [Int] {
    let statement = try database.cachedStatement(sql: sql)
    return try rows.map { row in
      try statement.execute(arguments: Self.bind(row))
      return database.changesCount
    }
  }

  func forEachRow(
    _ sql: String, _ arguments: SQLArguments, _ body: (any SQLRow) throws -> Void
  ) throws {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: Self.bind(arguments))
    while let row = try rows.next() { try body(SQLiteRow(row: row)) }
  }

  private static func bind(_ arguments: SQLArguments) -> StatementArguments {
    StatementArguments(
      arguments.map { argument -> DatabaseValue in
        switch argument?.sqlValue {
        case nil, .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let value): value.databaseValue
        }
      })
  }
}

private struct SQLiteRow: SQLRow {
  let row: Row

  func value(_ column: Int) -> SQLValue {
    let value: DatabaseValue = row[column]
    return switch value.storage {
    case .null: .null
    case .int64(let value): .integer(value)
    case .double(let value): .real(value)
    case .string(let value): .text(value)
    case .blob(let value): .blob(value)
    }
  }
}
