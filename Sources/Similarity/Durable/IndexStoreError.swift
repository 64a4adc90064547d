/// A place of an index on disk whose bytes are not those that were written.
public struct IndexDamage: Hashable, Sendable, Codable {
  /// The file's name in the folder.
  public var file: String
  /// The part of the file, such as `header`, `record 17` or a section's name.
  public var section: String
  /// The first byte of the file that is concerned.
  public var offset: Int
  /// The bit of that byte, from the lowest, where a single flipped bit explains the damage.
  public var bit: Int?
  /// What is wrong.
  public var reason: String

  init(_ file: String, _ section: String, at offset: Int, _ reason: String) {
    (self.file, self.section, self.offset, self.reason) = (file, section, offset, reason)
  }
}

extension IndexDamage: CustomStringConvertible {
  /// File, section, offset and reason in one line.
  public var description: String { "\(file), \(section), byte \(offset): \(reason)" }
}

/// What stops an index on disk from being opened, read or changed.
///
/// Messages name files and places in them, never what is stored there.
public struct IndexStoreError: Error, Hashable, Sendable {
  /// The kind of failure, for programs to branch on.
  public enum Code: String, Hashable, Sendable {
    /// The folder holds no index.
    case noIndex = "no_index"
    /// The folder holds something already.
    case exists
    /// Bytes are not those that were written; ``IndexStoreError/damage`` says where.
    case damaged
    /// A newer version of Akin has written the index.
    case tooNew = "too_new"
    /// Another process is writing to the index.
    case busy
    /// The disk is full. What was there before is unharmed.
    case diskFull = "disk_full"
    /// A file cannot be written.
    case notWritable = "not_writable"
    /// A file is there and cannot be read.
    case unreadable
    /// A change that the index does not take; nothing of its batch is stored.
    case refused
    /// The index was closed, or opened for reading only.
    case closed
    /// The system could not say whether a write reached the disk; open the index again.
    case uncertain
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do.
  public var message: String
  /// The file or folder concerned.
  public var path: String
  /// Where the first damage is, for ``Code/damaged``.
  public var damage: IndexDamage?

  init(_ code: Code, _ path: String, _ message: String) {
    (self.code, self.path, self.message) = (code, path, message)
  }

  /// - Parameter folder: where the damaged file is.
  init(_ damage: IndexDamage, in folder: String, isSnapshot: Bool = false) {
    code = .damaged
    path = folder
    message = "damaged, \(damage); "
    message +=
      isSnapshot ? "use another snapshot" : "restore a snapshot: akin index restore FROM DIR"
    self.damage = damage
  }

  static func uncertain(_ path: String, _ cause: IndexStoreError) -> IndexStoreError {
    IndexStoreError(
      .uncertain, path,
      "the system could not say whether a write reached the disk (\(cause.message));"
        + " close the index and open it again")
  }

  static func closed(_ path: String) -> IndexStoreError {
    IndexStoreError(.closed, path, "the index was closed, or opened for reading only")
  }

  static func tooNew(
    _ path: String, format: UInt32, latest: UInt32 = IndexFormat.current
  ) -> IndexStoreError {
    IndexStoreError(
      .tooNew, path,
      "has format \(format), this version of Akin reads up to \(latest);"
        + " install the version that wrote it, or a later one")
  }
}

extension IndexStoreError: CustomStringConvertible {
  /// The place and the message.
  public var description: String { "\(path): \(message)" }
}
