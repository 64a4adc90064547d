import AkinCatalogue
import AkinSimilarity
import Foundation

/// `akin-bench-sparse FILE K OUTPUT [RUNS]`: item-item cosine from lines of `user item item …`;
/// prints the seconds of each run, and writes the last one's lists to OUTPUT as raw int32 ids, K an
/// item, -1 where there are fewer.
@main struct SparseBenchmark {
  struct Refused: Error, CustomStringConvertible { var description: String }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let k = Int(arguments[2]) else {
      throw Refused(description: "akin-bench-sparse FILE K OUTPUT [RUNS]")
    }
    let runs = arguments.count > 4 ? Int(arguments[4]) ?? 3 : 3
    let matrix = try read(URL(filePath: arguments[1]))
    let clock = ContinuousClock()
    var seconds: [Double] = []
    var lists = NeighbourLists()
    for _ in 0..<runs {
      let start = clock.now
      lists = try SparseNeighbours(k: k).graph(of: matrix.transposed())
      let duration = start.duration(to: clock.now).components
      seconds.append(Double(duration.seconds) + Double(duration.attoseconds) / 1e18)
    }
    var ids = [Int32](repeating: -1, count: lists.count * k)
    for item in 0..<lists.count {
      for (rank, neighbour) in lists[item].enumerated() {
        ids[item * k + rank] = Int32(neighbour.item)
      }
    }
    try ids.withUnsafeBytes { try Data($0).write(to: URL(filePath: arguments[3])) }
    print(
      """
      {"shoppers": \(matrix.rowCount), "items": \(matrix.columnCount), \
      "entries": \(matrix.entryCount), "k": \(k), "seconds": \(seconds), \
      "kernel": "\(try Kernel.preferred())"}
      """)
  }

  /// A binary matrix of shoppers by items.
  static func read(_ file: URL) throws -> SparseMatrix {
    let text = try String(contentsOf: file, encoding: .utf8)
    var rows: [(shopper: Int, items: [Int])] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let numbers = try line.split(separator: UInt8(ascii: " ")).map { word in
        guard let number = Int(Substring(word)) else {
          throw Refused(description: "\(file.path): line \(rows.count + 1) holds no integers")
        }
        return number
      }
      rows.append((numbers[0], Array(Set(numbers.dropFirst())).sorted()))
    }
    rows.sort { $0.shopper < $1.shopper }
    var matrix = SparseMatrix(columnCount: (rows.compactMap(\.items.last).max() ?? -1) + 1)
    for row in rows { try matrix.append(row.items.map { ($0, 1) }) }
    return matrix
  }
}
