internal import GRDB

/// What stops reading or writing a shop's folder.
public struct StorageError: Error, Equatable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// No shop was ever built there.
    case noShop
    /// Another build holds the folder.
    case busy
    /// The disk is full.
    case diskFull
    /// The folder cannot be written.
    case notWritable
    /// The database is damaged, or not one of ours.
    case damaged
    /// A newer version of Akin wrote it.
    case tooNew
    /// A text that the database cannot keep.
    case unusableText
    /// The database server does not answer.
    case unreachable
    /// Anything else that the database reports.
    case database
  }

  /// The kind of failure.
  public var code: Code
  /// The shop's folder or database file.
  public var path: String
  /// What happened and what to do.
  public var message: String

  init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// The place and the message.
  public var description: String { "\(path): \(message)" }

  /// Puts an error of the database into our words; bound values never enter the message.
  static func wrapping(_ error: any Error, path: String) -> StorageError {
    if let error = error as? StorageError { return error }
    if error is UnexpectedValue {
      return StorageError(
        .damaged, path: path, "holds what no version of Akin writes; restore a backup")
    }
    guard let error = error as? DatabaseError else {
      return StorageError(.database, path: path, "\(error)")
    }
    switch error.resultCode.primaryResultCode {
    case .SQLITE_FULL:
      return StorageError(
        .diskFull, path: path,
        "the disk is full; nothing was lost: free some space and run the same command again")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return StorageError(.notWritable, path: path, "cannot be opened for writing; check its owner")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return StorageError(.busy, path: path, "is in use by another process; try again when it ends")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return StorageError(
        .damaged, path: path, "is damaged or no database; move it away and build the shop again")
    default:
      return StorageError(
        .database, path: path, error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
  }
}
