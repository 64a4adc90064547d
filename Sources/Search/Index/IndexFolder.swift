internal import Foundation

/// A folder that one process at a time writes to; files appear in it whole or not at all.
final class IndexFolder {
  static let lockName = "lock"
  private let path: String
  private let lock: CInt

  /// Makes the folder where it is missing and takes its lock, which the system releases however the
  /// process ends.
  ///
  /// - Throws: ``SearchError`` `notWritable`.
  init(_ directory: URL) throws(SearchError) {
    path = directory.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw SearchError(.notWritable, "\(path): the folder cannot be made; check its owner")
    }
    let file = directory.appending(path: Self.lockName).path(percentEncoded: false)
    lock = Foundation.open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard lock >= 0 else {
      throw SearchError(.notWritable, "\(file): \(String(cString: strerror(errno)))")
    }
    // All is set: `deinit` closes the file also where this throws.
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      throw SearchError(
        .notWritable, "\(path): another process is writing the search index; wait for it")
    }
  }

  deinit {
    // A process that is being started may still share the file: closing alone would not release it.
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Puts `bytes` under `name`, on disk when this returns.
  func write(_ bytes: UnsafeRawBufferPointer, to name: String) throws(SearchError) {
    let (target, temporary) = (place(name), place(name + ".part"))
    func failed(_ verb: String) -> SearchError {
      let reason = errno == ENOSPC ? "the disk is full" : String(cString: strerror(errno))
      return SearchError(.notWritable, "\(target): cannot be \(verb): \(reason)")
    }
    let file = Foundation.open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failed("made") }
    var isOpen = true
    defer { if isOpen { close(file) } }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(file, piece.baseAddress, piece.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failed("written") }
      rest = rest.dropFirst(written)
    }
    guard fsync(file) == 0 else { throw failed("flushed") }
    isOpen = false
    guard close(file) == 0 else { throw failed("closed") }
    guard rename(temporary, target) == 0 else { throw failed("renamed") }
    let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failed("flushed") }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failed("flushed") }
  }

  /// Removes what no manifest names. A process that has an old file mapped keeps it until it ends.
  func removeAll(except names: Set<String>) {
    // What cannot be removed now is removed after the next change.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where !names.contains(name) && (name.hasPrefix("segment-") || name.hasSuffix(".part")) {
      unlink(place(name))
    }
  }

  private func place(_ name: String) -> String { path + (path.hasSuffix("/") ? "" : "/") + name }
}
