internal import Foundation

/// One step that changes what is on disk.
package enum DiskStep: Hashable, Sendable {
  case create(file: String)
  case write(file: String, offset: Int, bytes: [UInt8])
  case truncate(file: String, length: Int)
  case sync(file: String)
  case rename(from: String, to: String)
  case link(file: String)
  case remove(file: String)
  case syncFolder
}

/// The folder of an index. All that changes it goes through here in single steps, so that a test
/// can record them, play back every crash between two of them, or make any one fail.
struct IndexFolder: Sendable {
  /// Called before each step with what it is about to do: 0 lets it be done, an `errno` makes it
  /// fail, -1 takes it for done.
  typealias Watch = @Sendable (DiskStep) -> CInt

  let path: String
  let watch: Watch?

  init(_ url: URL, watch: Watch? = nil) {
    path = url.path(percentEncoded: false)
    self.watch = watch
  }

  func path(of name: String) -> String { path + (path.hasSuffix("/") ? "" : "/") + name }

  /// Does one step, unless the watcher makes it fail. `false` leaves the reason in `errno`.
  func perform(_ step: @autoclosure () -> DiskStep, _ body: () -> Bool) -> Bool {
    if let watch {
      let answer = watch(step())
      guard answer == 0 else {
        errno = max(0, answer)
        return answer < 0
      }
    }
    return body()
  }

  /// The error of a failed step, from `errno`.
  func failure(_ name: String, _ verb: String) -> IndexStoreError {
    let number = errno
    let path = path(of: name)
    switch number {
    case ENOSPC, EDQUOT, EFBIG:
      return IndexStoreError(
        .diskFull, path, "cannot be \(verb), the disk is full; make room and try again")
    default:
      return IndexStoreError(
        .notWritable, path, "cannot be \(verb): \(String(cString: strerror(number)))")
    }
  }
}

// MARK: - Changing

extension IndexFolder {
  /// Creates a file, replacing a forgotten one of the same name.
  func create(_ name: String) throws(IndexStoreError) -> IndexFile {
    var descriptor: CInt = -1
    guard
      perform(
        .create(file: name),
        {
          descriptor = open(path(of: name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
          return descriptor >= 0
        })
    else { throw failure(name, "created") }
    return IndexFile(name: name, descriptor: descriptor, length: 0, folder: self)
  }

  /// Opens a file to append to its first `length` bytes.
  func append(to name: String, at length: Int) throws(IndexStoreError) -> IndexFile {
    let descriptor = open(path(of: name), O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(name, "opened for writing") }
    return IndexFile(name: name, descriptor: descriptor, length: length, folder: self)
  }

  func rename(_ name: String, to target: String) throws(IndexStoreError) {
    guard
      perform(
        .rename(from: name, to: target),
        { Foundation.rename(path(of: name), path(of: target)) == 0 })
    else { throw failure(name, "renamed") }
  }

  func remove(_ name: String) throws(IndexStoreError) {
    guard
      perform(.remove(file: name), { unlink(path(of: name)) == 0 || errno == ENOENT })
    else { throw failure(name, "removed") }
  }

  /// Removes a file that nothing names, if it can be.
  func discard(_ name: String) { unlink(path(of: name)) }

  /// Makes creations, renames and removals last.
  func sync() throws(IndexStoreError) {
    let done = perform(.syncFolder) {
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return fsync(descriptor) == 0
    }
    guard done else { throw failure("", "synced") }
  }

  /// Puts `bytes` under `name`: a reader, and the next start after a crash, finds the old file
  /// or the new one, whole.
  func replace(_ name: String, with bytes: [UInt8]) throws(IndexStoreError) {
    try replace(name) { file throws(IndexStoreError) in try file.append(bytes) }
  }

  /// Puts what `write` writes under `name`, as ``replace(_:with:)`` does.
  ///
  /// - Throws: ``IndexStoreError`` `uncertain` where the file is in its place and the system
  ///   cannot say whether it stays there; after any other error nothing has changed.
  func replace(
    _ name: String, _ write: (IndexFile) throws(IndexStoreError) -> Void
  ) throws(IndexStoreError) {
    let partial = name + IndexFormat.partialSuffix
    do throws(IndexStoreError) {
      let file = try create(partial)
      try write(file)
      try file.sync()
      try rename(partial, to: name)
    } catch {
      // A partial file that stays is never read and goes at the next start.
      discard(partial)
      throw error
    }
    do throws(IndexStoreError) {
      try sync()
    } catch {
      throw .uncertain(path(of: name), error)
    }
  }

  /// Takes a file that never changes from another folder: as a second name of the same bytes
  /// where `linking` is wanted and both are on one disk, else as a copy. ``sync()`` makes it last.
  func take(_ name: String, from other: IndexFolder, linking: Bool) throws(IndexStoreError) {
    if linking {
      let linked = perform(.link(file: name)) { link(other.path(of: name), path(of: name)) == 0 }
      if linked { return }
      guard [EXDEV, EPERM, EMLINK, ENOTSUP, EOPNOTSUPP].contains(errno) else {
        throw failure(name, "linked")
      }
    }
    guard let source = try other.map(name) else {
      throw IndexStoreError(IndexDamage(name, "file", at: 0, "it is missing"), in: other.path)
    }
    try replace(name) { file throws(IndexStoreError) in try file.append(source.bytes) }
  }
}

// MARK: - Reading

extension IndexFolder {
  /// The names of the files.
  func names() throws(IndexStoreError) -> [String] {
    guard let directory = opendir(path) else {
      throw IndexStoreError(.noIndex, path, "holds no index; create one: akin index create DIR")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The whole of a file, `nil` where there is none.
  func read(_ name: String) throws(IndexStoreError) -> [UInt8]? {
    let descriptor = open(path(of: name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(name)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(name) }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, filled in
      while filled < buffer.count {
        let count = Foundation.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
        if count < 0 && errno == EINTR { continue }
        failed = count < 0
        if count <= 0 { break }
        filled += count
      }
    }
    if failed { throw unreadable(name) }
    return bytes
  }

  /// A file that never changes any more, mapped; `nil` where there is none.
  func map(_ name: String) throws(IndexStoreError) -> MappedBytes? {
    let descriptor = open(path(of: name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(name)
    }
    defer { close(descriptor) }
    guard let mapped = MappedBytes(descriptor: descriptor) else { throw unreadable(name) }
    return mapped
  }

  /// A file's bytes as they are now; `nil` where there is none.
  func copy(_ name: String) throws(IndexStoreError) -> MappedBytes? {
    guard let bytes = try read(name) else { return nil }
    return MappedBytes(copying: bytes)
  }

  private func unreadable(_ name: String) -> IndexStoreError {
    IndexStoreError(
      .unreadable, path(of: name), "cannot be read: \(String(cString: strerror(errno)))")
  }
}

/// The bytes of a file, mapped into memory or copied there; they outlive the file's name.
///
/// `@unchecked Sendable`: the bytes are read only and stay from `init` to `deinit`.
final class MappedBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let isMapping: Bool

  /// Memory of its own with a copy.
  init(copying source: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
    memory.copyBytes(from: source)
    bytes = UnsafeRawBufferPointer(memory)
    isMapping = false
  }

  init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    let length = Int(status.st_size)
    isMapping = true
    if length == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0),
      start != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: start, count: length)
  }

  deinit {
    guard isMapping else { return bytes.deallocate() }
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
