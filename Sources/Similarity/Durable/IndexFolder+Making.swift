internal import Foundation

extension IndexFolder {
  /// Makes the folder where it is missing, and refuses one that holds anything but a copy of an
  /// index that was cut short.
  func make() throws(IndexStoreError) {
    if mkdir(path, 0o755) == 0 {
      let parent = URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL
        .deletingLastPathComponent()
      try IndexFolder(parent).sync()
      return
    }
    guard errno == EEXIST else {
      throw IndexStoreError(
        .notWritable, path, "the folder cannot be made: \(String(cString: strerror(errno)))")
    }
    let names = try names()
    let isFresh = names.allSatisfy {
      $0 == IndexFormat.lock || $0.hasSuffix(IndexFormat.partialSuffix)
    }
    let isCutShort = names.contains(IndexFormat.copying) && !names.contains(IndexFormat.manifest)
    guard isFresh || isCutShort else {
      throw IndexStoreError(
        .exists, path,
        names.contains(IndexFormat.manifest)
          ? "there is an index already" : "the folder is not empty; name another one")
    }
  }

  /// Takes an unfinished index back: what stays harms nothing.
  func unmake(_ names: Set<String>) {
    for name in names { discard(name) }
    discard(IndexFormat.lock)
    rmdir(path)
  }

  /// Removes the files of an index that are not in `kept`; what cannot be removed now is removed
  /// after the next change.
  func removeAll(except kept: Set<String>) throws(IndexStoreError) {
    for name in try names() where IndexFormat.isOwn(name) && !kept.contains(name) {
      try remove(name)
    }
  }
}

/// Held while a process writes to an index: an advisory `flock`, which the system releases however
/// the process ends.
final class IndexLock: Sendable {
  private let descriptor: CInt

  /// - Throws: ``IndexStoreError`` `busy`, `notWritable`.
  init(_ folder: IndexFolder) throws(IndexStoreError) {
    let path = folder.path(of: IndexFormat.lock)
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw IndexStoreError(
        .notWritable, path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    // All is set: `deinit` closes the file also where this throws.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw IndexStoreError(
        .busy, folder.path, "another process is writing to this index; wait for it or stop it")
    }
  }

  /// Lets others in, also where a process that is being started still shares the file; may be
  /// called twice.
  func release() { flock(descriptor, LOCK_UN) }

  deinit {
    release()
    close(descriptor)
  }
}
