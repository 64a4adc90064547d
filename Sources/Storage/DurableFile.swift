internal import Foundation

/// Moves finished files to their places, whole and on the disk.
enum DurableFile {
  static func put(_ partial: URL, at target: URL) throws(StorageError) {
    let path = partial.path(percentEncoded: false)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw StorageError(.notWritable, path: path, "cannot be written to the disk")
    }
    close(descriptor)
    guard rename(path, target.path(percentEncoded: false)) == 0 else {
      throw StorageError(
        .notWritable, path: target.path(percentEncoded: false), "cannot be replaced")
    }
    let folder = open(
      target.deletingLastPathComponent().path(percentEncoded: false), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
