import AkinCatalogue
import AkinSearch
import Foundation

/// `akin-bench-search speed CORPUS QUERIES PRODUCT_VECTORS QUERY_VECTORS`
/// `akin-bench-search judged JUDGMENTS QUERY_VECTORS TITLE_VECTORS OUTPUT [key=value …]`
/// `akin-bench-search lists JUDGMENTS QUERY_VECTORS TITLE_VECTORS [key=value …]`
/// `akin-bench-search tune JUDGMENTS OUTPUT [key=value …]`
/// `akin-bench-search choose ROWS QUERY_VECTORS TITLE_VECTORS`
///
/// See `run` for what the files hold.
@main struct SearchBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "speed" where arguments.count == 5:
      try Speed.run(
        corpus: arguments[1], queries: arguments[2], vectors: Array(arguments[3...]))
    case "judged" where arguments.count >= 5:
      try Judged(
        judgments: arguments[1], queryVectors: arguments[2], titleVectors: arguments[3]
      ).run(output: arguments[4], settings: settings(arguments.dropFirst(5)))
    case "lists" where arguments.count >= 4:
      try Judged(
        judgments: arguments[1], queryVectors: arguments[2], titleVectors: arguments[3]
      ).lists(settings: settings(arguments.dropFirst(4)))
    case "tune" where arguments.count >= 3:
      try Tuned(judgments: arguments[1], settings: settings(arguments.dropFirst(3)))
        .run(output: arguments[2])
    case "choose" where arguments.count == 4:
      try Choice.run(rows: arguments[1], queryVectors: arguments[2], titleVectors: arguments[3])
    default:
      throw Refused(
        "akin-bench-search speed|judged|lists|tune|choose FILE …; see Benchmarks/Search/run")
    }
  }

  private static func settings(_ words: ArraySlice<String>) -> [String: String] {
    Dictionary(
      words.compactMap { word in
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
      }, uniquingKeysWith: { $1 })
  }
}

struct Refused: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Rows of float32 of unit length, as `akin encode` writes them.
struct VectorRows {
  let dimension: Int
  let values: [Float]

  init(_ path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    guard data.count > 10, data[6] == 1 else { throw Refused("\(path): no NumPy file") }
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<start], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("False"),
      let shape = header.split(separator: "(").last?.split(separator: ")").first
    else { throw Refused("\(path): rows of float32 are needed") }
    let sizes = shape.split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    guard sizes.count == 2, data.count == start + 4 * sizes[0] * sizes[1] else {
      throw Refused("\(path): rows of float32 are needed")
    }
    dimension = sizes[1]
    values = data[start...].withUnsafeBytes { bytes in
      (0..<sizes[0] * sizes[1]).map {
        bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    }
  }

  var count: Int { values.count / dimension }

  subscript(row: Int) -> ArraySlice<Float> { values[row * dimension..<(row + 1) * dimension] }
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}

/// Peak resident memory of the process in MiB; 0 where the system does not say.
func peakMemory() -> Int {
  guard let status = FileManager.default.contents(atPath: "/proc/self/status") else { return 0 }
  let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
    .first { $0.hasPrefix("VmHWM:") }
  return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 / 1024 } ?? 0
}
