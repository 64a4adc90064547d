/// A log read from disk.
struct StoredLog {
  let scan: LogScan
  /// Keeps the bytes that ``scan`` looks at.
  private let mapped: MappedBytes

  /// - Throws: ``IndexStoreError`` `damaged` where the header is, `tooNew`, `unreadable`.
  init(
    _ log: Manifest.Log, identity: IndexIdentity, in folder: IndexFolder
  ) throws(IndexStoreError) {
    // A log that another process writes may be shortened under a mapping, so it is copied.
    guard let mapped = log.sealed == nil ? try folder.copy(log.name) : try folder.map(log.name)
    else {
      throw IndexStoreError(IndexDamage(log.name, "file", at: 0, "it is missing"), in: folder.path)
    }
    self.mapped = mapped
    scan = try LogScan(
      mapped.bytes,
      LogScan.Source(name: log.name, header: log.header(identity), sealed: log.sealed),
      in: folder)
  }

  /// Calls `body` with the changes of each frame in turn.
  ///
  /// - Throws: ``IndexStoreError`` `damaged` where a frame with the right checksum makes no sense.
  func forEach(
    name: String, in folder: IndexFolder, _ body: ([IndexChange]) throws -> Void
  ) throws {
    for frame in scan.frames {
      let changes: [IndexChange]
      do throws(ByteReader.Malformed) {
        changes = try ChangeCoding.changes(scan.payload(of: frame), count: frame.count)
      } catch {
        throw IndexStoreError(
          IndexDamage(
            name, scan.name(of: frame), at: frame.payloadStart + error.offset, error.reason),
          in: folder.path)
      }
      try body(changes)
    }
  }
}
