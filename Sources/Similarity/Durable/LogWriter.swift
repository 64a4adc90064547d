/// The end of a log to which frames are added.
///
/// `@unchecked Sendable`: one thread at a time uses it, which is the owner's duty.
final class LogWriter: @unchecked Sendable {
  let file: IndexFile
  private let seed: UInt32

  var length: Int { file.length }

  private init(file: IndexFile, seed: UInt32) { (self.file, self.seed) = (file, seed) }

  /// Creates an empty log, on disk under its name when this returns.
  static func create(
    _ name: String, header: FileHeader, in folder: IndexFolder
  ) throws(IndexStoreError) -> LogWriter {
    let bytes = header.bytes()
    do throws(IndexStoreError) {
      let file = try folder.create(name)
      try file.append(bytes)
      try file.sync()
      try folder.sync()
      return LogWriter(file: file, seed: Checksum.crc32c(bytes))
    } catch {
      // What stays is named by no manifest and goes at the next start.
      folder.discard(name)
      throw error
    }
  }

  /// Goes on at the end of what `scan` found whole; cuts a torn end off.
  static func open(
    _ name: String, after scan: LogScan, in folder: IndexFolder
  ) throws(IndexStoreError) -> LogWriter {
    let file = try folder.append(to: name, at: scan.end)
    if scan.torn > 0 { try file.truncate(to: scan.end) }
    // Frames that a killed process left in the system's cache are read as stored from now on.
    try file.sync()
    return LogWriter(file: file, seed: scan.seed)
  }

  /// Adds a frame; on disk when this returns.
  ///
  /// - Throws: ``IndexStoreError``; `uncertain` where the log cannot be used any more, else it is
  ///   as it was before.
  func append(_ payload: [UInt8], sequence: UInt64, count: Int) throws(IndexStoreError) {
    let start = file.length
    let frame = LogFrame.encode(payload: payload, sequence: sequence, count: count, after: seed)
    do throws(IndexStoreError) {
      try file.append(frame)
    } catch {
      let cause = error
      do throws(IndexStoreError) {
        try file.truncate(to: start)
      } catch {
        throw .uncertain(cause.path, cause)
      }
      throw cause
    }
    do throws(IndexStoreError) {
      try file.sync()
    } catch {
      throw .uncertain(error.path, error)
    }
  }
}
