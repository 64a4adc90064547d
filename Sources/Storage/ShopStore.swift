public import Foundation

/// A shop's data: what must survive a crash, in one database. That is SQLite in the shop's folder,
/// or PostgreSQL where several servers share the work; the folder says which (``DatabaseAddress``).
///
/// Vectors are saved as they are computed, so that an interrupted build goes on where it was;
/// everything a reader sees is replaced in one transaction by ``publish(_:)``. After `kill -9` at
/// any moment the shop is the one before the build or the one after it.
public final class ShopStore: Sendable {
  /// The shop's folder.
  public let directory: URL
  /// The database, as people call it: a file, or an address without its password.
  public let place: String
  /// Of this process, so that it can leave out what it changed itself.
  let origin = UUID().uuidString
  let database: any StoreDatabase

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
  /// - Throws: ``StorageError`` `noShop`, `notWritable`, `damaged`, `tooNew`, `unreachable`.
  public convenience init(directory: URL, for access: Access = .reading) throws(StorageError) {
    let address = try DatabaseAddress.of(directory)
    if access != .reading {
      do {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      } catch {
        throw StorageError(
          .notWritable, path: directory.path(percentEncoded: false),
          "the folder cannot be made; choose another with --shop")
      }
    }
    try self.init(directory: directory, address: address, for: access)
  }

  init(directory: URL, address: DatabaseAddress, for access: Access) throws(StorageError) {
    self.directory = directory
    let folder = directory.path(percentEncoded: false)
    switch address {
    case .folder:
      place = Self.file(in: directory).path(percentEncoded: false)
      if access == .reading, !FileManager.default.fileExists(atPath: place) {
        throw StorageError(
          .noShop, path: folder,
          "holds no shop; make one with: akin build --products FILE --shop DIR")
      }
      do {
        database =
          access == .reading
          ? try SQLiteDatabase.reading(place)
          : try SQLiteDatabase.writing(place, isDurable: access == .serving)
      } catch { throw .wrapping(error, path: place) }
    case .postgres(let text):
      place = PostgresDatabase.withoutSecrets(text)
      do { database = try PostgresDatabase(text, isReadOnly: access == .reading) } catch {
        throw PostgresDatabase.wrapping(error, name: place)
      }
    }
    try prepare(for: access)
  }

  /// A shop over a database that is open already.
  init(directory: URL, _ database: SQLiteDatabase) {
    self.directory = directory
    self.database = database
    place = database.path
  }

  private func prepare(for access: Access) throws(StorageError) {
    do {
      let state = try database.schemaState()
      if state == .newer {
        throw StorageError(
          .tooNew, path: place, "was written by a newer version of Akin; update this one")
      }
      if access != .reading {
        try database.migrate()
      } else if state == .older {
        throw StorageError(
          .noShop, path: place,
          "was never built to the end, or by an older version of Akin; run akin build on it")
      }
    } catch { throw database.wrapping(error) }
  }

  static func file(in directory: URL) -> URL { directory.appending(path: "akin.sqlite") }

  /// Whether servers on several machines may share the shop.
  public var isShared: Bool { database.isShared }

  func read<Value>(_ body: (any SQLSession) throws -> Value) throws(StorageError) -> Value {
    do { return try database.read(body) } catch { throw database.wrapping(error) }
  }

  @discardableResult
  func write<Value>(_ body: (any SQLSession) throws -> Value) throws(StorageError) -> Value {
    do { return try database.write(body) } catch { throw database.wrapping(error) }
  }
}
