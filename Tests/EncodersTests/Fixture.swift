import Foundation
import Testing

/// Vectors that `Fixtures/record.py` recorded from a reference implementation.
struct RecordedVectors: Decodable {
  var rows: Int
  var dimension: Int
  var float16: String
  var step: Int?
  var sha256: String?

  func vectors() throws -> [[Float]] {
    let data = try #require(Data(base64Encoded: float16))
    try #require(data.count == rows * dimension * 2)
    return data.withUnsafeBytes { bytes in
      (0..<rows).map { row in
        (0..<dimension).map { column in
          let offset = (row * dimension + column) * 2
          return Float(
            Float16(bitPattern: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        }
      }
    }
  }
}

enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(
      type, from: Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// The lines of titles.txt.
  static func titles() throws -> [String] {
    let text = try String(
      contentsOf: folder.appendingPathComponent("titles.txt"), encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}

/// Real catalogues outside the repository.
enum SharedData {
  static let folder: URL? = {
    let files = FileManager.default
    if let named = ProcessInfo.processInfo.environment["AKIN_DATA"] {
      return URL(fileURLWithPath: named)
    }
    var folder = URL(fileURLWithPath: #filePath)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("shared/data")
      if files.fileExists(atPath: candidate.path) { return candidate }
    }
    return nil
  }()

  /// The 35,311 offers of pricerunner, or nil with the reason printed.
  static let pricerunner: URL? = {
    let file = folder?.appendingPathComponent("catalogue/pricerunner/products.csv")
    if let file, FileManager.default.fileExists(atPath: file.path) { return file }
    print("skipped: no shared/data/catalogue/pricerunner above the package (or in AKIN_DATA)")
    return nil
  }()

  /// Titles of the offers; the file quotes fields with commas, as RFC 4180 says.
  static func pricerunnerTitles() throws -> [String] {
    let file = try #require(pricerunner)
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    return lines.dropFirst().map { line in
      var fields: [String] = [""]
      var quoted = false
      for character in line {
        if character == "\"" {
          quoted.toggle()
        } else if character == ",", !quoted {
          if fields.count == 2 { break }
          fields.append("")
        } else {
          fields[fields.count - 1].append(character)
        }
      }
      return fields[1]
    }
  }
}

/// The cosine of two vectors.
func cosine(_ first: some Sequence<Float>, _ second: some Sequence<Float>) -> Double {
  var product = 0.0
  var (a, b) = (0.0, 0.0)
  for (x, y) in zip(first, second) {
    product += Double(x) * Double(y)
    a += Double(x) * Double(x)
    b += Double(y) * Double(y)
  }
  return product / (a * b).squareRoot()
}

/// A folder that is removed when the object goes.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("akin-encoders-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
