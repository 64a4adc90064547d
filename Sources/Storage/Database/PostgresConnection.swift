internal import CPostgres
internal import Foundation

/// What PostgreSQL, or the way to it, reports.
struct PostgresError: Error {
  /// The five characters of the standard; `nil` where the server was not reached.
  var state: String?
  /// The first line: never the detail, which quotes values.
  var message: String

  /// What the standard calls an untranslatable character.
  static let unusableText = "22P05"
}

/// One connection, used by one thread at a time.
///
/// Statements are prepared once a connection; values travel as libpq's parameters, never within the
/// statement's text.
final class PostgresConnection {
  private let handle: OpaquePointer
  /// Names of prepared statements, by their text.
  private var prepared: [String: String] = [:]

  /// Connects.
  ///
  /// - Parameter address: a `postgresql://` address or a list of libpq's keywords.
  init(_ address: String) throws {
    // The address comes last: what it says counts more than these.
    let settings = [("connect_timeout", "5"), ("application_name", "akin"), ("dbname", address)]
    let opened = Self.withStrings(settings.map(\.0)) { keywords in
      Self.withStrings(settings.map(\.1)) { PQconnectdbParams(keywords, $0, 1) }
    }
    guard let handle = opened else {
      throw PostgresError(state: nil, message: "no memory for a connection")
    }
    self.handle = handle
    guard PQstatus(handle) == CONNECTION_OK else {
      throw PostgresError(state: nil, message: Self.firstLine(PQerrorMessage(handle)))
    }
    // Notices are for people at a terminal.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    guard PQsetClientEncoding(handle, "UTF8") == 0 else {
      throw PostgresError(state: nil, message: "the server does not speak UTF-8")
    }
    // Acknowledged means on the disk, also where the server's default is to wait for nothing.
    try run(
      """
      SELECT set_config('synchronous_commit', 'on', false)
      WHERE current_setting('synchronous_commit') = 'off'
      """)
    try run("SET lock_timeout = '60s'")
  }

  /// Lends C strings, with the null that ends the list.
  private static func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return (copies.map { $0.map { UnsafePointer($0) } } + [nil]).withUnsafeBufferPointer {
      body($0.baseAddress)
    }
  }

  deinit { PQfinish(handle) }

  /// Whether the server can still be reached, as far as is known.
  var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }

  /// Runs statements without arguments or rows.
  func run(_ sql: String) throws {
    let result = PQexec(handle, sql)
    defer { PQclear(result) }
    try check(result)
  }

  /// Runs one statement.
  ///
  /// - Returns: how many rows it changed.
  func execute(_ sql: String, _ arguments: SQLArguments) throws -> Int {
    let name = try prepare(sql)
    let result = try PostgresArguments(arguments).withPointers { pointers in
      PQexecPrepared(
        handle, name, pointers.count, pointers.values, pointers.lengths, pointers.formats, 1)
    }
    defer { PQclear(result) }
    try check(result)
    return Self.changes(result)
  }

  /// Statements under way at once: few enough that their answers never fill the socket while the
  /// next ones are sent.
  private static let window = 256

  /// Runs one statement for each of `rows`, without waiting for each answer.
  func executeEach(_ sql: String, _ rows: some Sequence<SQLArguments>) throws -> [Int] {
    let name = try prepare(sql)
    var changes: [Int] = []
    var waiting: [PostgresArguments] = []
    for row in rows {
      waiting.append(try PostgresArguments(row))
      if waiting.count == Self.window {
        changes += try pipeline(name, waiting)
        waiting.removeAll(keepingCapacity: true)
      }
    }
    return waiting.isEmpty ? changes : changes + (try pipeline(name, waiting))
  }

  private func pipeline(_ name: String, _ rows: [PostgresArguments]) throws -> [Int] {
    guard PQenterPipelineMode(handle) == 1 else { throw failure() }
    var isSent = true
    for row in rows where isSent {
      isSent =
        row.withPointers { pointers in
          PQsendQueryPrepared(
            handle, name, pointers.count, pointers.values, pointers.lengths, pointers.formats, 1)
        } == 1
    }
    guard isSent, PQpipelineSync(handle) == 1 else { throw failure() }
    var changes: [Int] = []
    var failure: (any Error)?
    // Each statement answers with a result and an empty one; the end of all is a sync.
    while PQstatus(handle) == CONNECTION_OK {
      guard let result = PQgetResult(handle) else { continue }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        PQexitPipelineMode(handle)
        if let failure { throw failure }
        return changes
      case PGRES_PIPELINE_ABORTED: break
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK: changes.append(Self.changes(result))
      default: failure = failure ?? error(of: result)
      }
    }
    throw self.failure()
  }

  /// Lends the rows of a query one by one, so that memory holds one of them.
  func forEachRow(
    _ sql: String, _ arguments: SQLArguments, _ body: (any SQLRow) throws -> Void
  ) throws {
    let name = try prepare(sql)
    let isSent = try PostgresArguments(arguments).withPointers { pointers in
      PQsendQueryPrepared(
        handle, name, pointers.count, pointers.values, pointers.lengths, pointers.formats, 1)
    }
    guard isSent == 1, PQsetSingleRowMode(handle) == 1 else { throw failure() }
    var stopped: (any Error)?
    // What is under way must be read to its end, also after an error.
    while let result = PQgetResult(handle) {
      defer { PQclear(result) }
      guard stopped == nil else { continue }
      do {
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE: try body(PostgresRow(result: result))
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: break
        default: throw error(of: result)
        }
      } catch { stopped = error }
    }
    if let stopped { throw stopped }
  }

  private func prepare(_ sql: String) throws -> String {
    if let name = prepared[sql] { return name }
    let name = "s\(prepared.count)"
    let result = PQprepare(handle, name, Self.numbered(sql), 0, nil)
    defer { PQclear(result) }
    try check(result)
    prepared[sql] = name
    return name
  }

  /// `?` as PostgreSQL writes it: `$1`, `$2` … None of our statements has one within quotes.
  static func numbered(_ sql: String) -> String {
    var text = ""
    var count = 0
    for character in sql {
      if character == "?" {
        count += 1
        text += "$\(count)"
      } else {
        text.append(character)
      }
    }
    return text
  }

  private func check(_ result: OpaquePointer?) throws {
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
    default: throw error(of: result)
    }
  }

  private func error(of result: OpaquePointer?) -> PostgresError {
    let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
    guard let message else { return failure() }
    return PostgresError(state: state, message: message)
  }

  private func failure() -> PostgresError {
    PostgresError(state: nil, message: Self.firstLine(PQerrorMessage(handle)))
  }

  private static func changes(_ result: OpaquePointer?) -> Int {
    PQcmdTuples(result).map { Int(String(cString: $0)) ?? 0 } ?? 0
  }

  private static func firstLine(_ message: UnsafeMutablePointer<CChar>?) -> String {
    let text = message.map { String(cString: $0) } ?? ""
    return text.split(separator: "\n").first.map(String.init) ?? "the connection failed"
  }
}

/// Arguments in libpq's form: text for all but bytes.
private struct PostgresArguments {
  private var bytes: [[UInt8]?] = []
  private var formats: [Int32] = []
  private var lengths: [Int32] = []

  struct Pointers {
    var count: Int32
    var values: UnsafePointer<UnsafePointer<CChar>?>?
    var lengths: UnsafePointer<Int32>?
    var formats: UnsafePointer<Int32>?
  }

  /// - Throws: ``PostgresError`` for a text with the character that ends texts in C, which
  ///   PostgreSQL cannot keep.
  init(_ arguments: SQLArguments) throws {
    for argument in arguments {
      switch argument?.sqlValue {
      case nil, .null: add(nil)
      case .integer(let value): add(Array(String(value).utf8) + [0])
      case .real(let value): add(Array(String(value).utf8) + [0])
      case .text(let value):
        let bytes = Array(value.utf8)
        guard !bytes.contains(0) else {
          throw PostgresError(
            state: PostgresError.unusableText, message: "a text holds the character NUL")
        }
        add(bytes + [0])
      case .blob(let value): add(Array(value), isBinary: true)
      }
    }
  }

  private mutating func add(_ value: [UInt8]?, isBinary: Bool = false) {
    bytes.append(value)
    lengths.append(Int32(value?.count ?? 0))
    formats.append(isBinary ? 1 : 0)
  }

  func withPointers<Result>(_ body: (Pointers) -> Result) -> Result {
    let total = bytes.reduce(0) { $0 + ($1?.count ?? 0) }
    return withUnsafeTemporaryAllocation(byteCount: max(1, total), alignment: 1) { buffer in
      var values: [UnsafePointer<CChar>?] = []
      var offset = 0
      for value in bytes {
        guard let value, let base = buffer.baseAddress else {
          values.append(nil)
          continue
        }
        buffer[offset..<offset + value.count].copyBytes(from: value)
        values.append((base + offset).assumingMemoryBound(to: CChar.self))
        offset += value.count
      }
      return values.withUnsafeBufferPointer { values in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(
              Pointers(
                count: Int32(values.count), values: values.baseAddress,
                lengths: lengths.baseAddress, formats: formats.baseAddress))
          }
        }
      }
    }
  }
}

/// The row of a result in binary form.
private struct PostgresRow: SQLRow {
  let result: OpaquePointer

  /// The types that our columns and expressions have, by their numbers in `pg_type`.
  private enum Kind {
    static let boolean: Oid = 16
    static let bytes: Oid = 17
    static let integers: Set<Oid> = [20, 21, 23]
    static let real: Oid = 701
  }

  func value(_ column: Int) -> SQLValue {
    let column = Int32(column)
    guard PQgetisnull(result, 0, column) == 0, let bytes = PQgetvalue(result, 0, column) else {
      return .null
    }
    let raw = UnsafeRawBufferPointer(start: bytes, count: Int(PQgetlength(result, 0, column)))
    switch PQftype(result, column) {
    case Kind.bytes: return .blob(Data(raw))
    case Kind.real: return .real(Double(bitPattern: UInt64(truncatingIfNeeded: number(raw))))
    case Kind.boolean: return .integer(Int64(raw[0]))
    case let kind where Kind.integers.contains(kind): return .integer(number(raw))
    default: return .text(String(decoding: raw, as: UTF8.self))
    }
  }

  /// Big-endian, of two, four or eight bytes, with its sign.
  private func number(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    let first = Int64(Int8(bitPattern: bytes[0]))
    return bytes.dropFirst().reduce(first) { $0 << 8 | Int64($1) }
  }
}
