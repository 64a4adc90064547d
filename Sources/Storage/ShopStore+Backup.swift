public import Foundation

extension ShopStore {
  /// Copies the shop into one file while it may be served and built: the state of one moment, with
  /// what training left. A backup fits every database: it can be restored into a folder or into
  /// PostgreSQL, wherever it was made.
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
      let copy = try SQLiteDatabase.alone(partialPath, isReadOnly: false)
      if let own = database as? SQLiteDatabase {
        try own.backup(to: copy)
        try copy.migrate()
        let kept = try allKept()
        try copy.write { try replaceFiles(kept, from: directory, $0) }
      } else {
        try copy.migrate()
        try self.copy(to: ShopStore(directory: directory, copy))
      }
      try copy.check()
      try copy.finishAlone()
      try DurableFile.put(partial, at: file)
    } catch { throw .wrapping(error, path: file.path(percentEncoded: false)) }
  }

  /// Makes the shop in `directory`, or in the database that it names, the one of a backup.
  ///
  /// - Parameter replacing: whether a shop that is there may be replaced.
  /// - Throws: ``StorageError`` `busy` where the shop is served or built, `notWritable`, `damaged`,
  ///   `tooNew`, `noShop` for a file that is no shop's.
  public static func restore(_ file: URL, to directory: URL, replacing: Bool)
    throws(StorageError)
  {
    let address = try DatabaseAddress.of(directory)
    let target = Self.file(in: directory)
    let path = target.path(percentEncoded: false)
    if address == .folder, !replacing, FileManager.default.fileExists(atPath: path) {
      throw StorageError(
        .notWritable, path: directory.path(percentEncoded: false),
        "holds a shop already; name another folder, or replace it with --replace")
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch { throw .wrapping(error, path: path) }
    let partial = directory.appending(path: "akin.sqlite.partial")
    defer { try? FileManager.default.removeItem(at: partial) }
    if address == .folder {
      let locks = [
        try BuildLock(directory: directory), try BuildLock(directory: directory, for: .serve),
      ]
      defer { withExtendedLifetime(locks) {} }
      do {
        try copyChecked(file, to: partial)
        try replace(target, by: partial)
      } catch { throw .wrapping(error, path: file.path(percentEncoded: false)) }
      return
    }
    let shop = try ShopStore(directory: directory, address: address, for: .building)
    try shop.checkRoom(replacing: replacing)
    let locks = [try shop.lock(for: .build), try shop.lockAgainstServers()]
    defer { withExtendedLifetime(locks) {} }
    do {
      try copyChecked(file, to: partial)
      let source = try SQLiteDatabase.alone(
        partial.path(percentEncoded: false), isReadOnly: false)
      try source.migrate()
      try ShopStore(directory: directory, source).copyRows(to: shop)
    } catch { throw .wrapping(error, path: file.path(percentEncoded: false)) }
  }

  private static func copyChecked(_ file: URL, to partial: URL) throws {
    try? FileManager.default.removeItem(at: partial)
    let path = file.path(percentEncoded: false)
    let source = try SQLiteDatabase.alone(path, isReadOnly: true)
    try source.check()
    if try source.schemaState() == .newer {
      throw StorageError(
        .tooNew, path: path, "was written by a newer version of Akin; update this one")
    }
    try FileManager.default.copyItem(at: file, to: partial)
  }
}
