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
  private let pool: DatabasePool

  /// Opens the shop in `directory`, and makes an empty one if `creating`.
  ///
  /// - Throws: ``StorageError`` `noShop`, `notWritable`, `damaged`, `tooNew`.
  public init(directory: URL, creating: Bool = false) throws(StorageError) {
    self.directory = directory
    path = directory.appending(path: "akin.sqlite").path(percentEncoded: false)
    let files = FileManager.default
    if creating {
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
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      pool = try DatabasePool(path: path, configuration: configuration)
      let migrator = Self.migrator
      if try pool.read(migrator.hasBeenSuperseded) {
        throw StorageError(
          .tooNew, path: path, "was written by a newer version of Akin; update this one")
      }
      try migrator.migrate(pool)
    } catch { throw .wrapping(error, path: path) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
    do { return try pool.read(body) } catch { throw .wrapping(error, path: path) }
  }

  func write(_ body: (Database) throws -> Void) throws(StorageError) {
    do { try pool.write(body) } catch { throw .wrapping(error, path: path) }
  }

  /// Moves the write-ahead log into the database file, so that the folder is small again.
  func checkpoint() throws(StorageError) {
    do {
      _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    } catch { throw .wrapping(error, path: path) }
  }

  private static var migrator: DatabaseMigrator {
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
    return migrator
  }
}
