internal import CKernels
internal import Foundation

/// Finished rows on disk, for a build that is killed.
///
/// The file is a line that says what it is of, then records of rows, ids and scores, each with its
/// length and a checksum, appended and synced one block at a time. A record that is cut off or
/// damaged ends the file: what follows is computed again.
final class GraphCheckpoint {
  private let file: URL
  private let handle: FileHandle
  private let width: Int
  private static let recordHeader = 16

  /// Opens the file of an earlier build of the same, or begins one.
  ///
  /// - Throws: ``GraphError/checkpoint(path:reason:)``.
  init(file: URL, identity: String, width: Int) throws(GraphError) {
    self.file = file
    self.width = width
    let line = Data("akin graph checkpoint 1 \(identity)\n".utf8)
    do {
      if !Self.begins(file, with: line) {
        // Written beside and renamed: the file is never there without its first line.
        try line.write(to: file, options: .atomic)
      }
      handle = try FileHandle(forUpdating: file)
      try handle.seek(toOffset: UInt64(line.count))
    } catch {
      throw .checkpoint(path: file.path, reason: "is its folder writable?")
    }
  }

  deinit { try? handle.close() }

  private static func begins(_ file: URL, with line: Data) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: line.count)) == line
  }

  /// Hands on the rows that were kept and returns their number; cuts off what is damaged.
  func replay(
    _ emit: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Float>) throws -> Void
  ) throws -> Int {
    var rows = 0
    while true {
      let start = try attempt("read") { try handle.offset() }
      guard let (header, body) = try attempt("read", { try self.record() }) else {
        try attempt("cut") {
          try handle.truncate(atOffset: start)
          try handle.seek(toOffset: start)
        }
        return rows
      }
      try body.withUnsafeBytes { bytes in
        let middle = header * width * 4
        try emit(
          UnsafeRawBufferPointer(rebasing: bytes[..<middle]).bindMemory(to: Int32.self),
          UnsafeRawBufferPointer(rebasing: bytes[middle...]).bindMemory(to: Float.self))
      }
      rows += header
    }
  }

  private func record() throws -> (rows: Int, body: Data)? {
    guard let header = try handle.read(upToCount: Self.recordHeader),
      header.count == Self.recordHeader
    else { return nil }
    let (rows, checksum) = header.withUnsafeBytes {
      ($0.loadUnaligned(as: Int64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    guard rows > 0, rows < Int64(Int32.max) else { return nil }
    let length = Int(rows) * width * 8
    guard let body = try handle.read(upToCount: length), body.count == length,
      Self.checksum(body) == checksum
    else { return nil }
    return (Int(rows), body)
  }

  /// Adds a block; on disk when this returns.
  func append(_ lists: FinishedLists) throws {
    try lists.forEachPiece(width: width) { ids, scores in
      let body = Data(buffer: ids) + Data(buffer: scores)
      var rows = Int64(ids.count / max(1, width))
      var checksum = Self.checksum(body)
      let header = Data(bytes: &rows, count: 8) + Data(bytes: &checksum, count: 8)
      try attempt("written") { try handle.write(contentsOf: header + body) }
    }
    try attempt("written") { try handle.synchronize() }
  }

  /// FNV-1a over words of eight bytes: it finds torn and damaged records, it guards against nobody.
  private static func checksum(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for offset in stride(from: 0, to: bytes.count & ~7, by: 8) {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        hash = hash &* 0x0000_0100_0000_01b3
        hash ^= hash >> 32
      }
      return hash
    }
  }

  private func attempt<Result>(_ verb: String, _ body: () throws -> Result) throws(GraphError)
    -> Result
  {
    do { return try body() } catch {
      throw .checkpoint(path: file.path, reason: "it cannot be \(verb); is the disk full?")
    }
  }
}
