internal import Foundation

/// Where a shop's data is: in its folder, or in the PostgreSQL database that the folder names in the
/// file `database.url`, which only its owner may read.
enum DatabaseAddress: Equatable {
  case folder
  /// A `postgresql://` address, as libpq reads it.
  case postgres(String)

  static let fileName = "database.url"

  /// What the folder says.
  ///
  /// - Throws: ``StorageError`` `damaged` for a file that is no address.
  static func of(_ directory: URL) throws(StorageError) -> DatabaseAddress {
    let file = directory.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
      return .folder
    }
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    guard let address = DatabaseAddress(text), address != .folder else {
      throw StorageError(
        .damaged, path: file.path(percentEncoded: false),
        "must hold one address, postgresql://user@host/database")
    }
    return address
  }

  /// Reads what people write: `sqlite`, or an address of PostgreSQL's.
  init?(_ text: String) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if text == "sqlite" {
      self = .folder
    } else if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://"),
      !text.contains(where: \.isNewline)
    {
      self = .postgres(text)
    } else {
      return nil
    }
  }

  /// Makes the folder say so, in one rename that is on the disk on return.
  func write(to directory: URL) throws(StorageError) {
    let file = directory.appending(path: Self.fileName)
    let path = file.path(percentEncoded: false)
    do {
      switch self {
      case .folder:
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(at: file)
      case .postgres(let text):
        let partial = file.appendingPathExtension("partial")
        let partialPath = partial.path(percentEncoded: false)
        try? FileManager.default.removeItem(at: partial)
        guard
          FileManager.default.createFile(
            atPath: partialPath, contents: Data((text + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        try DurableFile.put(partial, at: file)
      }
    } catch {
      throw StorageError(.notWritable, path: path, "cannot be written; check the folder's owner")
    }
  }
}
