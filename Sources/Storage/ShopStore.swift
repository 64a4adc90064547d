public import Foundation
internal import GRDB

/// A shop's folder: what must survive a crash, in one SQLite database.
///
/// Vectors are saved as they are computed, so that an interrupted build goes on where it was;
/// everything a reader sees is replaced in one transaction by ``publish(_:)``. After `kill -9` at
/// any moment the shop is the one before the build or the one after it.
public final class ShopStore: Sendable {
  /// The shop's folder.
  public let directory: URL
  let path: String
  private let database: any DatabaseReader

  /// How a shop is opened.
  public enum Access: Sendable {
    /// To read it; works on read-only disks and for users who may not write.
    case reading
    /// To build it; makes an empty one where there is none.
    case building
    /// To serve it: every committed write is on the disk before it returns.
    case serving
  }

  /// Opens the shop in `directory`.
  ///
  /// - Throws: ``StorageError`` `noShop`, `notWritable`, `damaged`, `tooNew`.
  public init(directory: URL, for access: Access = .reading) throws(StorageError) {
    self.directory = directory
    path = directory.appending(path: "akin.sqlite").path(percentEncoded: false)
    let files = FileManager.default
    if access != .reading {
      do {
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
      } catch {
        throw StorageError(
          .notWritable, path: directory.path(percentEncoded: false),
          "the folder cannot be made; choose another with --shop")
      }
    } else if !files.fileExists(atPath: path) {
      throw StorageError(
        .noShop, path: directory.path(percentEncoded: false),
        "holds no shop; make one with: akin build --products FILE --shop DIR")
    }
    do {
      database =
        try access == .reading
        ? Self.openForReading(path) : Self.openForWriting(path, isDurable: access == .serving)
      let migrator = Self.migrator
      if try database.read(migrator.hasBeenSuperseded) {
        throw StorageError(
          .tooNew, path: path, "was written by a newer version of Akin; update this one")
      }
      if let writer = database as? any DatabaseWriter, access != .reading {
        try migrator.migrate(writer)
      } else if try !database.read(migrator.hasCompletedMigrations) {
        throw StorageError(
          .noShop, path: directory.path(percentEncoded: false),
          "was never built to the end, or by an older version of Akin; run akin build on it")
      }
    } catch { throw .wrapping(error, path: path) }
  }

  private static func openForWriting(_ path: String, isDurable: Bool) throws -> any DatabaseReader {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    let pool = try DatabasePool(path: path, configuration: configuration)
    if isDurable {
      // In WAL mode the pool's NORMAL leaves the last commits to a power cut. It sets that when it
      // opens, so this must come after; its one writing connection lives as long as the pool.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    }
    return pool
  }

  /// A reader that cannot even write the log's index, as on a read-only disk, takes the database
  /// for immutable; that is safe, because nobody else can write there either.
  private static func openForReading(_ path: String) throws -> any DatabaseReader {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.readonly = true
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    if FileManager.default.isWritableFile(atPath: folder) {
      return try DatabasePool(path: path, configuration: configuration)
    }
    var address = URLComponents()
    address.scheme = "file"
    address.path = URL(filePath: path).path(percentEncoded: false)
    address.queryItems = [URLQueryItem(name: "immutable", value: "1")]
    return try DatabaseQueue(path: address.string ?? path, configuration: configuration)
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
    do { return try database.read(body) } catch { throw .wrapping(error, path: path) }
  }

  @discardableResult
  func write<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
    do { return try writer().write(body) } catch { throw .wrapping(error, path: path) }
  }

  /// Moves the write-ahead log into the database file, so that the folder is small again.
  func checkpoint() throws(StorageError) {
    do {
      _ = try writer().writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch { throw .wrapping(error, path: path) }
  }

  /// Copies everything into another database, as it stands at one moment.
  func backup(into copy: DatabaseQueue) throws { try database.backup(to: copy) }

  private func writer() throws(StorageError) -> any DatabaseWriter {
    guard let writer = database as? any DatabaseWriter else {
      throw StorageError(.notWritable, path: path, "was opened for reading only")
    }
    return writer
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 catalogue, vectors, neighbours") { database in
      try database.execute(
        sql: """
          CREATE TABLE text (
            ordinal INTEGER PRIMARY KEY,
            value TEXT NOT NULL UNIQUE
          );
          CREATE TABLE product (
            ordinal INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            text INTEGER NOT NULL REFERENCES text (ordinal),
            baskets INTEGER NOT NULL,
            body TEXT NOT NULL
          );
          CREATE INDEX product_text ON product (text, baskets DESC);
          CREATE TABLE vector (
            model TEXT NOT NULL,
            text TEXT NOT NULL,
            value BLOB NOT NULL,
            PRIMARY KEY (model, text)
          );
          CREATE TABLE neighbours (
            source TEXT NOT NULL,
            item INTEGER NOT NULL,
            list BLOB NOT NULL,
            PRIMARY KEY (source, item)
          ) WITHOUT ROWID;
          CREATE TABLE record (
            name TEXT PRIMARY KEY,
            body TEXT NOT NULL
          ) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("2 shoppers' histories", migrate: addBehaviourTables)
    migrator.registerMigration("3 events, keys, rules, jobs", migrate: Self.addLiveTables)
    return migrator
  }
}
