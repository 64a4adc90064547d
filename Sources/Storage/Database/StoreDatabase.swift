/// The database behind a store. Statements are written once, in the SQL that all of them share, with
/// `?` for arguments; where they differ, ``SQLDialect`` has the words.
protocol StoreDatabase: Sendable {
  /// Whether servers on several machines may work on it at once.
  var isShared: Bool { get }

  /// Lends a transaction that sees one moment and changes nothing.
  func read<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value

  /// Lends the only transaction that writes; what it did is there whole, or not at all.
  func write<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value

  /// Brings the schema up to date.
  func migrate() throws

  /// Whether the schema is of a newer version, of this one, or not made to the end.
  func schemaState() throws -> SchemaState

  /// Called after everything was replaced.
  func tidy() throws

  /// Puts an error of the database into our words, without values.
  func wrapping(_ error: any Error) -> StorageError

  /// Holds the shop for `purpose` beyond this machine, where the database can be reached from others.
  func lock(_ purpose: BuildLock.Purpose, isShared: Bool) throws -> (any Sendable)?
}

/// How a database's schema compares with this program's.
enum SchemaState {
  case current, older, newer
}

/// A transaction.
protocol SQLSession {
  var dialect: SQLDialect { get }

  /// Runs a statement.
  ///
  /// - Returns: how many rows it changed.
  @discardableResult
  func execute(_ sql: String, _ arguments: SQLArguments) throws -> Int

  /// Runs a statement for each of `rows`, which costs far less than one by one where the database
  /// is another process.
  ///
  /// - Returns: for each how many rows it changed.
  @discardableResult
  func executeEach(_ sql: String, _ rows: some Sequence<SQLArguments>) throws -> [Int]

  /// Lends each row of a query.
  func forEachRow(
    _ sql: String, _ arguments: SQLArguments, _ body: (any SQLRow) throws -> Void) throws
}

extension SQLSession {
  @discardableResult
  func execute(_ sql: String) throws -> Int { try execute(sql, []) }

  /// What `body` makes of each row.
  func all<Value>(
    _ sql: String, _ arguments: SQLArguments = [], _ body: (any SQLRow) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try forEachRow(sql, arguments) { values.append(try body($0)) }
    return values
  }

  /// What `body` makes of the first row.
  func first<Value>(
    _ sql: String, _ arguments: SQLArguments = [], _ body: (any SQLRow) throws -> Value
  ) throws -> Value? {
    var value: Value?
    try forEachRow(sql, arguments) { row in
      if value == nil { value = try body(row) }
    }
    return value
  }

  /// The first column of the first row; `nil` where there is none, or nothing in it.
  func value<Value: SQLConvertible>(_ sql: String, _ arguments: SQLArguments = []) throws -> Value?
  {
    try first(sql, arguments) { try $0[optional: 0] as Value? } ?? nil
  }

  /// Whether a query finds a row.
  func finds(_ sql: String, _ arguments: SQLArguments) throws -> Bool {
    try first(sql, arguments) { _ in true } ?? false
  }
}

/// The few words in which the databases differ.
struct SQLDialect: Sendable {
  /// The function that gives the place of its second argument in its first, from 1; 0 for nowhere.
  var position: String
  /// Turns a number into the whole one before its point.
  var wholePart: @Sendable (String) -> String

  static let sqlite = SQLDialect(position: "instr") { "CAST(\($0) AS INTEGER)" }
  static let postgres = SQLDialect(position: "strpos") { "CAST(trunc(\($0)) AS BIGINT)" }
}
