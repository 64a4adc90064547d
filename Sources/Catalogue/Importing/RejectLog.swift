public import Foundation

/// Refused rows as JSON lines, one file for all importers of a build.
///
/// The file appears with the first row, through a buffer; one of an earlier import is removed at
/// once, so that what stands there is never of another day.
public final class RejectLog {
  /// Rows refused so far.
  public private(set) var count = 0
  /// The first refused rows, where the log keeps them.
  public private(set) var kept: [Reject] = []
  private let keeping: Int
  private let url: URL?
  private var handle: FileHandle?
  private var buffer: [UInt8] = []

  /// Creates a log in the file `url`, or one that only counts.
  ///
  /// - Throws: ``ImportError`` `rejectsNotWritable` where an older file cannot be removed.
  public init(url: URL?) throws(ImportError) {
    self.url = url
    keeping = 0
    guard let url, FileManager.default.fileExists(atPath: url.path) else { return }
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      throw Self.notWritable(url, error)
    }
  }

  /// Creates a log that writes nothing and keeps the first `limit` refused rows.
  public init(keeping limit: Int) {
    url = nil
    keeping = limit
  }

  private static func notWritable(_ url: URL, _ error: any Error) -> ImportError {
    ImportError(
      code: .rejectsNotWritable,
      message: "Refused rows cannot be written here (\(error.localizedDescription)). Free some "
        + "space or choose another place.",
      file: url.path)
  }

  deinit { try? handle?.close() }

  func write(_ reject: Reject) throws(ImportError) {
    count += 1
    if kept.count < keeping { kept.append(reject) }
    guard url != nil else { return }
    append("{\"file\":", reject.file)
    buffer.append(contentsOf: ",\"line\":\(reject.line)".utf8)
    if let column = reject.column { append(",\"column\":", column) }
    append(",\"reason\":", reject.reason.rawValue)
    append(",\"message\":", reject.message)
    append(",\"row\":", reject.row)
    buffer.append(contentsOf: "}\n".utf8)
    if buffer.count > 1 << 16 { try flush() }
  }

  private func append(_ key: String, _ value: String) {
    buffer.append(contentsOf: key.utf8)
    buffer.append(0x22)
    for byte in value.utf8 {
      switch byte {
      case 0x22, 0x5C: buffer.append(contentsOf: [0x5C, byte])
      case 0x0A: buffer.append(contentsOf: [0x5C, 0x6E])
      case 0x09: buffer.append(contentsOf: [0x5C, 0x74])
      case 0x0D: buffer.append(contentsOf: [0x5C, 0x72])
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        buffer.append(contentsOf: ("\\u00" + (hex.count < 2 ? "0" : "") + hex).utf8)
      default: buffer.append(byte)
      }
    }
    buffer.append(0x22)
  }

  /// Reads a feed; what was refused is in the file whether it ends well or not.
  func keeping(_ reader: any FeedReader, _ body: (FeedItem) throws -> Void) throws {
    do {
      try reader.forEach(body)
    } catch {
      try flush()
      throw error
    }
    try flush()
  }

  func flush() throws(ImportError) {
    guard let url, !buffer.isEmpty else { return }
    do {
      if handle == nil {
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
      }
      try handle?.write(contentsOf: buffer)
      buffer.removeAll(keepingCapacity: true)
    } catch {
      throw Self.notWritable(url, error)
    }
  }
}
