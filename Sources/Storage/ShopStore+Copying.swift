public import Foundation

/// A table that holds what must survive, for copies from one database to another.
struct CopiedTable {
  var name: String
  var columns: [String]
  var order: String

  /// All of them, those that others refer to first.
  static let all = [
    CopiedTable("text", ["ordinal", "value"], "ordinal"),
    CopiedTable("product", ["ordinal", "id", "text", "baskets", "body"], "ordinal"),
    CopiedTable("vector", ["model", "text", "value"], "model, text"),
    CopiedTable("neighbours", ["source", "item", "list"], "source, item"),
    CopiedTable("record", ["name", "body"], "name"),
    CopiedTable("history_product", ["number", "id"], "number"),
    CopiedTable("history", ["kind", "name", "entries"], "rowid"),
    CopiedTable(
      "event",
      [
        "ordinal", "id", "type", "product", "\"user\"", "visitor", "session", "\"transaction\"",
        "time", "quantity", "amount", "currency", "attribution",
      ], "ordinal"),
    CopiedTable(
      "api_key", ["id", "digest", "role", "name", "origins", "created", "revoked"], "id"),
    CopiedTable("rule", ["id", "position", "body", "changed"], "id"),
    CopiedTable("job", ["id", "kind", "state", "created", "finished", "note"], "id"),
    CopiedTable("experiment", ["id", "body", "created", "started", "stopped"], "id"),
    CopiedTable(
      "exposure", ["experiment", "variant", "kind", "name", "first"], "experiment, kind, name"),
    CopiedTable("file", ["name", "path", "part", "bytes"], "name, path, part"),
  ]

  init(_ name: String, _ columns: [String], _ order: String) {
    (self.name, self.columns, self.order) = (name, columns, order)
  }

  /// Rows in one go: those of files are a megabyte each.
  private var portion: Int { name == "file" ? 4 : 512 }

  /// Adds all rows of `source` to `target`.
  func copy(from source: any SQLSession, to target: any SQLSession) throws {
    let list = columns.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    let insert = "INSERT INTO \(name) (\(list)) VALUES (\(places))"
    var rows: [SQLArguments] = []
    try source.forEachRow("SELECT \(list) FROM \(name) ORDER BY \(order)", []) { row in
      rows.append(columns.indices.map { row.value($0) })
      if rows.count == portion {
        try target.executeEach(insert, rows)
        rows.removeAll(keepingCapacity: true)
      }
    }
    if !rows.isEmpty { try target.executeEach(insert, rows) }
  }
}

extension ShopStore {
  /// Makes `target` hold what this shop holds at one moment, the files of kept work included.
  func copy(to target: ShopStore) throws(StorageError) {
    let kept = try allKept()
    try copyRows(to: target) { try target.replaceFiles(kept, from: self.directory, $0) }
  }

  /// Makes `target` hold the rows of this shop and nothing else, in one transaction.
  func copyRows(
    to target: ShopStore, then finish: (any SQLSession) throws -> Void = { _ in }
  ) throws(StorageError) {
    try read { source in
      try target.write { copy in
        for table in CopiedTable.all.reversed() { try copy.execute("DELETE FROM \(table.name)") }
        for table in CopiedTable.all { try table.copy(from: source, to: copy) }
        try finish(copy)
        guard target.isShared else { return }
        // Numbers of new events go on behind the copied ones.
        try copy.forEachRow(
          """
          SELECT setval(
            pg_get_serial_sequence('event', 'ordinal'),
            (SELECT coalesce(max(ordinal), 0) + 1 FROM event), false)
          """, []
        ) { _ in }
        try target.note(.catalogue, copy)
      }
    }
  }

  /// Makes the table of files hold those of `names` alone.
  func replaceFiles(_ names: [String], from folder: URL, _ database: any SQLSession) throws {
    try database.execute("DELETE FROM file")
    for name in names { try put(name, from: folder, database) }
  }

  /// Moves the shop to another database, or back into its folder, and makes the folder say so. The old
  /// database is left as it is.
  ///
  /// - Parameters:
  ///   - address: `sqlite`, or a `postgresql://` address.
  ///   - replacing: whether a shop that is there may be replaced.
  /// - Returns: the old database, as people call it.
  /// - Throws: ``StorageError`` `busy` where the shop is served or built.
  @discardableResult
  public static func move(_ directory: URL, to address: String, replacing: Bool)
    throws(StorageError) -> String
  {
    let target = try parse(address)
    let source = try ShopStore(directory: directory, for: .building)
    guard try DatabaseAddress.of(directory) != target else {
      throw StorageError(.busy, path: source.place, "is where the shop is already")
    }
    let locks = [try source.lock(for: .build), try source.lockAgainstServers()]
    defer { withExtendedLifetime(locks) {} }
    switch target {
    case .folder: try source.moveIntoFolder(replacing: replacing)
    case .postgres:
      let new = try ShopStore(directory: directory, address: target, for: .building)
      try new.checkRoom(replacing: replacing)
      let others = try new.remoteLock(for: .serve, isShared: false)
      try source.copy(to: new)
      withExtendedLifetime(others) {}
    }
    try target.write(to: directory)
    return source.place
  }

  /// Makes the folder name a database that holds a shop, or will: what a second server begins with.
  ///
  /// - Throws: ``StorageError`` `busy` where the folder holds a shop of its own; `unreachable`.
  public static func attach(_ directory: URL, to address: String) throws(StorageError) {
    let target = try parse(address)
    let present = try DatabaseAddress.of(directory)
    if present == target { return }
    let file = file(in: directory).path(percentEncoded: false)
    guard target != .folder, present == .folder, !FileManager.default.fileExists(atPath: file)
    else {
      throw StorageError(
        .busy, path: directory.path(percentEncoded: false),
        "has a shop already; move it with: akin store move --to ADDRESS --shop DIR")
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw StorageError(
        .notWritable, path: directory.path(percentEncoded: false), "the folder cannot be made")
    }
    // A wrong address is told before the folder says it.
    _ = try ShopStore(directory: directory, address: target, for: .building)
    try target.write(to: directory)
  }

  private static func parse(_ address: String) throws(StorageError) -> DatabaseAddress {
    guard let target = DatabaseAddress(address) else {
      throw StorageError(
        .noShop, path: PostgresDatabase.withoutSecrets(address),
        "is no address; write postgresql://user@host/database, or sqlite")
    }
    return target
  }

  /// - Throws: ``StorageError`` `notWritable` where a shop is there that may not be replaced.
  func checkRoom(replacing: Bool) throws(StorageError) {
    let isTaken = try read { try $0.finds("SELECT 1 FROM record LIMIT 1", []) }
    if isTaken, !replacing {
      throw StorageError(
        .notWritable, path: place,
        "holds a shop already; name another database, or replace it with --replace")
    }
  }

  private func moveIntoFolder(replacing: Bool) throws(StorageError) {
    let target = Self.file(in: directory)
    let path = target.path(percentEncoded: false)
    if FileManager.default.fileExists(atPath: path), !replacing {
      throw StorageError(
        .notWritable, path: path, "is there already; move it away, or replace it with --replace")
    }
    let partial = target.appendingPathExtension("partial")
    defer { try? FileManager.default.removeItem(at: partial) }
    try backup(to: partial)
    do { try Self.replace(target, by: partial) } catch { throw .wrapping(error, path: path) }
  }

  /// Puts a whole database in the place of another, whose log must not be taken for its own.
  static func replace(_ target: URL, by partial: URL) throws {
    let path = target.path(percentEncoded: false)
    for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.removeItem(atPath: path + suffix)
    }
    try DurableFile.put(partial, at: target)
  }
}
