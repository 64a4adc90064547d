public import Foundation

/// Held while a shop is built, or while it is served, so that two builds or two servers never share a
/// folder. A build beside a server is allowed.
///
/// An advisory `flock`: the system releases it when the process ends, however it ends, so a killed
/// process never blocks the next one.
public final class BuildLock: Sendable {
  /// What the folder is held for.
  public enum Purpose: String, Sendable {
    case build, serve
  }

  private let descriptor: Int32

  /// Takes the lock of the shop in `directory`.
  ///
  /// - Throws: ``StorageError`` `busy` where another process holds it, `notWritable`.
  public init(directory: URL, for purpose: Purpose = .build) throws(StorageError) {
    let path = directory.appending(path: "\(purpose.rawValue).lock").path(percentEncoded: false)
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StorageError(.notWritable, path: path, "cannot be opened; check the folder's owner")
    }
    // All is set: `deinit` closes the file also where this throws.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw StorageError(
        .busy, path: directory.path(percentEncoded: false),
        purpose == .build
          ? "another build of this shop is running; wait for it or stop it"
          : "another server serves this shop; stop it first")
    }
  }

  deinit {
    // A process that is being started may still share the file: closing alone would not release it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
