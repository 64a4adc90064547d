#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file's bytes in memory, loaded by the system as they are touched.
///
/// The mapping is private: a write, which nothing here does, would change a copy of the page and
/// never the file. A file that another process truncates while it is mapped ends this process
/// with a bus error, as with every memory map; files are therefore replaced by renaming.
final class MappedFile: @unchecked Sendable {
  // The buffer is set once, nobody writes to it, and it is valid until deinit, when no other
  // reference is left: concurrent reads are safe.
  let bytes: UnsafeRawBufferPointer

  /// - Throws: the system's words.
  init(path: String) throws(SystemFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemFailure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemFailure() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemFailure(message: "it is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw SystemFailure() }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}

/// What the operating system said.
struct SystemFailure: Error {
  let message: String

  init(message: String) { self.message = message }

  /// The calling thread's latest failure.
  init() { message = String(cString: strerror(errno)) }
}
