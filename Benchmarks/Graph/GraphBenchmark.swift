import AkinSimilarity
import Foundation

/// `graph-benchmark FILE.npy K OUTPUT [MEMORY-MIB]`: from a file of vectors to raw int32 ordinals
/// in OUTPUT, and one line of figures. README.md says how it is compared.
@main struct GraphBenchmark {
  struct Refused: Error, CustomStringConvertible { var description: String }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let k = Int(arguments[2]) else {
      throw Refused(description: "graph-benchmark FILE.npy K OUTPUT [MEMORY-MIB]")
    }
    let clock = ContinuousClock()
    let begin = clock.now
    let vectors = try open(URL(filePath: arguments[1]))
    let memory = arguments.count > 4 ? Int(arguments[4]).map { $0 << 20 } : nil
    var graph = try SimilarityGraph(k: k, memory: memory)
    switch ProcessInfo.processInfo.environment["AKIN_BENCHMARK_SKETCHES"] ?? "chosen" {
    case "chosen": break
    case "always": graph.sketches = .always
    case "never": graph.sketches = .never
    default: throw Refused(description: "AKIN_BENCHMARK_SKETCHES is chosen, always or never")
    }
    let count = vectors.values.count / vectors.dimension
    let predicted = try graph.predictedMemory(count: count, dimension: vectors.dimension)
    guard FileManager.default.createFile(atPath: arguments[3], contents: nil) else {
      throw Refused(description: "\(arguments[3]): cannot be written")
    }
    let output = try FileHandle(forWritingTo: URL(filePath: arguments[3]))
    var last = begin
    let verbose = ProcessInfo.processInfo.environment["AKIN_BENCHMARK_PHASES"] != nil
    try graph.build(
      of: vectors, checkpoint: URL(filePath: arguments[3] + ".checkpoint"),
      identity: arguments[1],
      progress: { done, total in
        let now = clock.now
        if verbose {
          let line = "\(done) of \(total) +\(last.duration(to: now)) cpu \(processorTime())\n"
          FileHandle.standardError.write(Data(line.utf8))
        }
        last = now
      },
      emit: { ids, _ in try output.write(contentsOf: Data(buffer: ids)) })
    let seconds = begin.duration(to: clock.now)
    print(
      """
      {"rows": \(count), "dimension": \(vectors.dimension), "k": \(k), \
      "seconds": \(Double(seconds.components.seconds) + Double(seconds.components.attoseconds) / 1e18), \
      "processor_seconds": \(processorTime()), "resident_mib": \(try residentPeak()), \
      "predicted_mib": \(predicted >> 20), "kernel": "\(try Kernel.preferred())"}
      """)
    try? FileManager.default.removeItem(atPath: arguments[3] + ".checkpoint")
  }

  /// The largest resident memory of this process so far, mapped files included, in MiB. (What
  /// `getrusage` says includes that of the process it was forked from.)
  static func residentPeak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let peak = status.firstMatch(of: /VmHWM:\s+(\d+) kB/), let size = Int(peak.1) else {
      throw Refused(description: "/proc/self/status: no VmHWM")
    }
    return size / 1024
  }

  static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A two-dimensional float32 `.npy` file as NumPy writes it.
  static func open(_ file: URL) throws -> MappedVectors {
    let handle = try FileHandle(forReadingFrom: file)
    guard let start = try handle.read(upToCount: 10), start.count == 10 else {
      throw Refused(description: "\(file.path): no NumPy file")
    }
    let length = Int(start[8]) | Int(start[9]) << 8
    let text = String(decoding: try handle.read(upToCount: length) ?? Data(), as: UTF8.self)
    guard text.contains("'<f4'"), let shape = text.firstMatch(of: /\((\d+), (\d+)\)/),
      let rows = Int(shape.1), let columns = Int(shape.2)
    else { throw Refused(description: "\(file.path): no two-dimensional float32 array") }
    return try MappedVectors(file: file, offset: 10 + length, count: rows, dimension: columns)
  }
}
