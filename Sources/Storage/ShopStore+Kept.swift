internal import Foundation

/// What training leaves in a shop's folder: a file or a folder, named by a record.
public enum KeptWork: String, Sendable, CaseIterable {
  /// The recommenders.
  case recommender
  /// What pairs taught of types of relation.
  case relations
  /// The learned order of search results.
  case searchOrder = "search order"

  /// How the names of its files and folders begin.
  public var prefix: String {
    switch self {
    case .recommender: "recommender-"
    case .relations: "relations-"
    case .searchOrder: "search-order-"
    }
  }
}

extension ShopStore {
  /// Bytes in one row.
  private static var partSize: Int { 1 << 20 }

  /// Makes `name`, which lies finished in the shop's folder, the one that counts; what was kept
  /// before is removed. Whoever reads has the old one or the new one, also after `kill -9`.
  ///
  /// In a shared database the files go there too, for the other machines.
  public func keep(_ name: String, as work: KeptWork) throws(StorageError) {
    try write { database in
      try forget(work, database)
      if isShared { try put(name, from: directory, database) }
      try setRecord(work.rawValue, to: name, database)
    }
    removeRest(of: work, except: name)
  }

  /// The name, within the shop's folder, of what was kept last; `nil` where nothing was. What another
  /// machine trained, or a backup brought, is written to the folder first.
  ///
  /// - Throws: ``StorageError``; `notWritable` where the folder cannot take it.
  public func kept(_ work: KeptWork) throws(StorageError) -> String? {
    guard let name = try record(work.rawValue) else { return nil }
    let target = directory.appending(path: name)
    if FileManager.default.fileExists(atPath: target.path(percentEncoded: false)) { return name }
    guard Self.isPlain(name) else {
      throw StorageError(.damaged, path: place, "names work outside the shop's folder")
    }
    let partial = directory.appending(path: "\(name).\(origin).partial")
    defer { try? FileManager.default.removeItem(at: partial) }
    guard try fetch(name, into: partial) else { return nil }
    do { try FileManager.default.moveItem(at: partial, to: target) } catch {
      // Another process of this machine was faster.
      guard FileManager.default.fileExists(atPath: target.path(percentEncoded: false)) else {
        throw StorageError(
          .notWritable, path: target.path(percentEncoded: false), "cannot be written")
      }
    }
    removeRest(of: work, except: name)
    return name
  }

  /// All that is kept.
  func allKept() throws(StorageError) -> [String] {
    var names: [String] = []
    for work in KeptWork.allCases {
      if let name = try kept(work) { names.append(name) }
    }
    return names
  }

  /// Writes the rows of `name` to files.
  ///
  /// - Returns: whether there were any.
  private func fetch(_ name: String, into target: URL) throws(StorageError) -> Bool {
    try read { database in
      var found = false
      try database.forEachRow(
        "SELECT path, bytes FROM file WHERE name = ? ORDER BY path, part", [name]
      ) { row in
        found = true
        let path: String = try row[0]
        let file = path.isEmpty ? target : target.appending(path: path)
        guard path.isEmpty || Self.isPlain(path) else {
          throw StorageError(.damaged, path: place, "names work outside the shop's folder")
        }
        try Self.append(try row[1], to: file)
      }
      return found
    }
  }

  private static func append(_ bytes: Data, to file: URL) throws {
    let path = file.path(percentEncoded: false)
    if !FileManager.default.fileExists(atPath: path) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw StorageError(.notWritable, path: path, "cannot be written")
      }
    }
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: bytes)
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && !name.hasPrefix(".")
  }

  /// Adds the files of a kept file or folder to the database: a folder's by their names, a file's own
  /// without one.
  func put(_ name: String, from folder: URL, _ database: any SQLSession) throws {
    let source = folder.appending(path: name)
    let path = source.path(percentEncoded: false)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    let names =
      isFolder.boolValue
      ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : [""]
    for file in names {
      let handle = try FileHandle(
        forReadingFrom: file.isEmpty ? source : source.appending(path: file))
      defer { try? handle.close() }
      var part = 0
      repeat {
        let bytes = try handle.read(upToCount: Self.partSize) ?? Data()
        if bytes.isEmpty, part > 0 { break }
        try database.execute(
          "INSERT INTO file (name, path, part, bytes) VALUES (?, ?, ?, ?)",
          [name, file, part, bytes])
        part += 1
        if bytes.count < Self.partSize { break }
      } while true
    }
  }

  private func forget(_ work: KeptWork, _ database: any SQLSession) throws {
    let name: String? = try database.value(
      "SELECT body FROM record WHERE name = ?", [work.rawValue])
    if let name { try database.execute("DELETE FROM file WHERE name = ?", [name]) }
  }

  /// Removes what was kept earlier and what interrupted trainings left. What cannot be removed only
  /// takes room.
  private func removeRest(of work: KeptWork, except kept: String) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in names where name.hasPrefix(work.prefix) && name != kept {
      try? files.removeItem(at: directory.appending(path: name))
    }
  }
}
