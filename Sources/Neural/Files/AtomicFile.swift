#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that appears under its name complete or not at all.
///
/// Written beside its destination, flushed, renamed over it; the folder is flushed last, so that
/// the name survives a crash too. Without ``commit()`` nothing is left.
final class AtomicFile {
  struct Failure: Error {
    let step: String
    let message: String

    init(_ step: String) {
      self.step = step
      message = String(cString: strerror(errno))
    }
  }

  private let destination: String
  private let temporary: String
  private let folder: String
  private var descriptor: Int32
  private var isCommitted = false

  init(replacing path: String) throws(Failure) {
    destination = path
    let slash = path.lastIndex(of: "/")
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    var (candidate, opened, attempt): (String, Int32, Int) = ("", -1, 0)
    repeat {
      candidate = "\(folder)/.\(name).\(getpid()).\(attempt).tmp"
      opened = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      attempt += 1
    } while opened < 0 && errno == EEXIST && attempt < 1000
    guard opened >= 0 else { throw Failure("create a temporary file in \(folder)") }
    (temporary, descriptor) = (candidate, opened)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unlink(temporary) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Glibc)
        let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
      #else
        let written = Darwin.write(descriptor, chunk.baseAddress, chunk.count)
      #endif
      if written < 0 {
        if errno == EINTR { continue }
        throw Failure("write")
      }
      rest = rest.dropFirst(written)
    }
  }

  func commit() throws(Failure) {
    guard fsync(descriptor) == 0 else { throw Failure("flush") }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw Failure("close") }
    guard rename(temporary, destination) == 0 else { throw Failure("rename") }
    isCommitted = true
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw Failure("open \(folder)") }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw Failure("flush \(folder)") }
  }
}
