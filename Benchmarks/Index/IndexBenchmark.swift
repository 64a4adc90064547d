import AkinCatalogue
import AkinSimilarity
import Foundation

/// `akin-bench-index BASE.npy QUERIES.npy [TRUTH-OUT]`: builds a live index of the base vectors and
/// measures recall, batched and single speed, alone and with filters. One JSON line a figure.
/// `AKIN_BENCHMARK_PRECISION=bf16` keeps vectors in bfloat16.
@main struct IndexBenchmark {
  struct Refused: Error, CustomStringConvertible { var description: String }

  static let precision =
    ProcessInfo.processInfo.environment["AKIN_BENCHMARK_PRECISION"] == "bf16"
    ? IndexPrecision.bfloat16 : .float32

  static let recalls = [0.95, 0.98, 0.99, 0.995, 1]

  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "durable" {
      return try DurableBenchmark.run(
        folder: URL(filePath: arguments[2], directoryHint: .isDirectory),
        base: try read(URL(filePath: arguments[3])))
    }
    guard arguments.count >= 3 else {
      throw Refused(description: "akin-bench-index BASE.npy QUERIES.npy")
    }
    let base = try read(URL(filePath: arguments[1]))
    let queries = try read(URL(filePath: arguments[2]))
    let index = try VectorIndex(dimension: base.dimension, precision: precision)
    let shares = [1, 10, 50]
    let items = (0..<base.count).map { row in
      IndexItem(
        id: String(row), vector: Array(base[row]),
        attributes: ["hundredth": .number(Double(SplitMix64.hash(row) % 100))])
    }
    let resident = try memory("VmRSS")
    let build = try seconds {
      try index.apply(items.map { .put($0) })
      try index.freeze()
    }
    emit("build", nil, "seconds", build)
    emit("memory", nil, "MiB", Double(try memory("VmRSS") - resident))
    let snapshot = index.snapshot
    let exact = try ExactNeighbours(base)
    let truth = try exact.search(queries, k: 10)
    let wanted = (0..<queries.count).map { Set(truth[$0].map { String($0.item) }) }
    for recall in recalls {
      try measure(snapshot, queries, recall, wanted, filter: nil, label: "unfiltered")
    }
    for share in shares {
      let filter = IndexFilter.range("hundredth", 0...Double(share - 1))
      let passing = (0..<base.count).filter { SplitMix64.hash($0) % 100 < share }
      let subset = try Vectors(
        values: passing.flatMap { Array(base[$0]) }, dimension: base.dimension)
      let truth = try ExactNeighbours(subset).search(queries, k: 10)
      let wanted = (0..<queries.count).map { query in
        Set(truth[query].map { String(passing[$0.item]) })
      }
      try measure(snapshot, queries, 0.98, wanted, filter: filter, label: "\(share) % pass")
    }
  }

  static func measure(
    _ snapshot: IndexSnapshot, _ queries: Vectors, _ recall: Double, _ wanted: [Set<String>],
    filter: IndexFilter?, label: String
  ) throws {
    let found = try snapshot.search(queries, k: 10, filter: filter, recall: recall)
    var hits = 0
    for (result, truth) in zip(found, wanted) {
      guard result.matches.count == 10 else { throw Refused(description: "fewer than ten") }
      hits += result.matches.count { truth.contains($0.id) }
    }
    emit(label, recall, "recall@10", Double(hits) / Double(10 * queries.count))
    for threads in [1, 2] {
      let runs = try (0..<5).map { _ in
        try seconds {
          _ = try snapshot.search(queries, k: 10, filter: filter, recall: recall, threads: threads)
        }
      }.sorted()
      emit(label, recall, "queries/s, \(threads)t", Double(queries.count) / runs[2])
    }
    var times: [Double] = []
    for query in 0..<min(500, queries.count) {
      let vector = Array(queries[query])
      times.append(
        try seconds { _ = try snapshot.search(vector, k: 10, filter: filter, recall: recall) })
    }
    times.sort()
    emit(label, recall, "single p50, ms", times[times.count / 2] * 1e3)
    emit(label, recall, "single p95, ms", times[times.count * 95 / 100] * 1e3)
  }

  static func emit(_ what: String, _ recall: Double?, _ metric: String, _ value: Double) {
    let target = recall.map { ", \"target\": \($0)" } ?? ""
    let line = "{\"what\": \"\(what)\"\(target), \"metric\": \"\(metric)\", \"value\": \(value)}\n"
    // At once: who waits for the first figure need not wait for the last.
    FileHandle.standardOutput.write(Data(line.utf8))
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let spent = try ContinuousClock().measure(body)
    return Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
  }

  /// A line of `/proc/self/status`, in MiB.
  static func memory(_ name: String) throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let size = Int(line.filter(\.isNumber))
    else { throw Refused(description: "/proc/self/status: no \(name)") }
    return size / 1024
  }

  /// A NumPy file of float32 rows, version 1.
  static func read(_ file: URL) throws -> Vectors {
    let data = try Data(contentsOf: file, options: .alwaysMapped)
    guard data.count > 10 else { throw Refused(description: "\(file.path): no .npy file") }
    let length = Int(data[8]) + Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
      let shape = header.firstMatch(of: /\((\d+), (\d+)\)/), let dimension = Int(shape.2)
    else { throw Refused(description: "\(file.path): no float32 rows") }
    let values = data[(10 + length)...].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return try Vectors(values: values, dimension: dimension)
  }
}

extension SplitMix64 {
  /// A number that looks random and is a function of `row`.
  static func hash(_ row: Int) -> Int {
    var random = SplitMix64(seed: UInt64(row))
    return Int(random.next() >> 33)
  }
}
