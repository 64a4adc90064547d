public import Foundation
internal import GRDB

extension ShopStore {
  /// Copies the shop into one file while it may be served and built: the state of one moment.
  ///
  /// The file appears whole or not at all, and is checked before it does.
  ///
  /// - Throws: ``StorageError`` `notWritable`, `diskFull`, `damaged`.
  public func backup(to file: URL) throws(StorageError) {
    let partial = file.appendingPathExtension("partial")
    let partialPath = partial.path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(at: partial) }
    do {
      try? FileManager.default.removeItem(at: partial)
      let copy = try DatabaseQueue(path: partialPath)
      try backup(into: copy)
      try copy.writeWithoutTransaction { database in
        // One file, without a log beside it.
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
        try Self.check(database, path: partialPath)
      }
      try copy.close()
      try Self.put(partial, at: file)
    } catch { throw .wrapping(error, path: file.path(percentEncoded: false)) }
  }

  /// Makes the shop in `directory` the one of a backup.
  ///
  /// - Parameter replacing: whether a shop that is there may be replaced.
  /// - Throws: ``StorageError`` `busy` where the shop is served or built, `notWritable`, `damaged`,
  ///   `tooNew`, `noShop` for a file that is no shop's.
  public static func restore(_ file: URL, to directory: URL, replacing: Bool)
    throws(StorageError)
  {
    let target = directory.appending(path: "akin.sqlite")
    let path = target.path(percentEncoded: false)
    if !replacing, FileManager.default.fileExists(atPath: path) {
      throw StorageError(
        .notWritable, path: directory.path(percentEncoded: false),
        "holds a shop already; name another folder, or replace it with --replace")
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch { throw .wrapping(error, path: path) }
    let locks = [
      try BuildLock(directory: directory), try BuildLock(directory: directory, for: .serve),
    ]
    defer { withExtendedLifetime(locks) {} }
    let partial = directory.appending(path: "akin.sqlite.partial")
    do {
      try? FileManager.default.removeItem(at: partial)
      defer { try? FileManager.default.removeItem(at: partial) }
      try verify(file)
      try FileManager.default.copyItem(at: file, to: partial)
      for suffix in ["-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.removeItem(atPath: path + suffix)
      }
      try put(partial, at: target)
    } catch { throw .wrapping(error, path: file.path(percentEncoded: false)) }
  }

  private static func verify(_ file: URL) throws {
    let path = file.path(percentEncoded: false)
    var configuration = Configuration()
    configuration.readonly = true
    let source = try DatabaseQueue(path: path, configuration: configuration)
    try source.read { database in
      try check(database, path: path)
      guard try database.tableExists("product"), try database.tableExists("record") else {
        throw StorageError(.noShop, path: path, "is a database, but not a shop's")
      }
      if try migrator.hasBeenSuperseded(database) {
        throw StorageError(
          .tooNew, path: path, "was written by a newer version of Akin; update this one")
      }
    }
  }

  private static func check(_ database: Database, path: String) throws {
    guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok" else {
      throw StorageError(.damaged, path: path, "is damaged")
    }
  }

  /// Moves a finished file to its place, whole and on the disk.
  private static func put(_ partial: URL, at target: URL) throws {
    let path = partial.path(percentEncoded: false)
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw StorageError(.notWritable, path: path, "cannot be written to the disk")
    }
    close(descriptor)
    guard rename(path, target.path(percentEncoded: false)) == 0 else {
      throw StorageError(
        .notWritable, path: target.path(percentEncoded: false), "cannot be replaced")
    }
  }
}
