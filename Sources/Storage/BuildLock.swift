public import Foundation

/// Held while a shop is built, so that two builds never share a folder.
///
/// An advisory `flock` on `build.lock`: the system releases it when the process ends, however it
/// ends, so a killed build never blocks the next one.
public final class BuildLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock of the shop in `directory`.
  ///
  /// - Throws: ``StorageError`` `busy` where another build holds it, `notWritable`.
  public init(directory: URL) throws(StorageError) {
    let path = directory.appending(path: "build.lock").path(percentEncoded: false)
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StorageError(.notWritable, path: path, "cannot be opened; check the folder's owner")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw StorageError(
        .busy, path: directory.path(percentEncoded: false),
        "another build of this shop is running; wait for it or stop it")
    }
  }

  deinit { close(descriptor) }
}
