internal import Foundation

/// A file of an index that is being written at its end.
///
/// `@unchecked Sendable`: it is used by one thread at a time, which is its owner's duty.
final class IndexFile: @unchecked Sendable {
  let name: String
  private(set) var length: Int
  private let descriptor: CInt
  private let folder: IndexFolder
  private static let pieceLength = 1 << 20

  init(name: String, descriptor: CInt, length: Int, folder: IndexFolder) {
    (self.name, self.descriptor, self.length, self.folder) = (name, descriptor, length, folder)
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(IndexStoreError) {
    let written = bytes.withUnsafeBytes { write($0) }
    guard written else { throw folder.failure(name, "written") }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(IndexStoreError) {
    guard write(bytes) else { throw folder.failure(name, "written") }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceLength))
      var written = -1
      let done = folder.perform(.write(file: name, offset: length, bytes: Array(piece))) {
        repeat {
          written = pwrite(descriptor, piece.baseAddress, piece.count, off_t(length))
        } while written < 0 && errno == EINTR
        return written >= 0
      }
      guard done else { return false }
      length += written
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return true
  }

  func truncate(to length: Int) throws(IndexStoreError) {
    guard
      folder.perform(
        .truncate(file: name, length: length), { ftruncate(descriptor, off_t(length)) == 0 })
    else { throw folder.failure(name, "shortened") }
    self.length = length
  }

  /// On disk when this returns: the bytes and the length.
  func sync() throws(IndexStoreError) {
    guard folder.perform(.sync(file: name), { Self.flush(descriptor) }) else {
      throw folder.failure(name, "synced")
    }
  }

  private static func flush(_ descriptor: CInt) -> Bool {
    #if os(Linux)
      fdatasync(descriptor) == 0
    #else
      // On Darwin fsync leaves the bytes in the drive's cache.
      fcntl(descriptor, F_FULLFSYNC) == 0
    #endif
  }
}
