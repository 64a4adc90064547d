import AkinSimilarity
import Foundation
import Synchronization

/// What it costs that changes are on disk: `akin-bench-index durable FOLDER BASE.npy` makes an index
/// in FOLDER/index, which must not be there, and prints one line of JSON.
enum DurableBenchmark {
  struct Figures: Encodable {
    var rows: Int
    var dimension: Int
    /// Syncs of a file that grows by one vector each time, before, between and after: what the disk
    /// can do.
    var syncsASecond: [Double]
    /// Changes acknowledged a second, one vector each, by so many threads.
    var oneThread: Double
    var sixteenThreads: Double
    /// The same in batches of 1,000.
    var batches: Double
    var addSeconds: Double
    var bytes: Int
    var verifySeconds: Double
    var openSeconds: Double
    var snapshotSeconds: Double
    var compactSeconds: Double
  }

  static func run(folder: URL, base: Vectors) throws {
    let place = folder.appending(path: "index", directoryHint: .isDirectory)
    let policy = MaintenancePolicy(tailLimit: 32_768)
    let index = try DurableIndex.create(
      at: place, dimension: base.dimension, precision: IndexBenchmark.precision, policy: policy)
    var syncs = [try disk(folder, bytes: 4 * base.dimension)]
    let next = Atomic<Int>(0)
    @Sendable func item(_ row: Int) -> IndexChange {
      .put(IndexItem(id: String(row), vector: Array(base[row % base.count])))
    }
    func rate(threads: Int, batch: Int, seconds: Double = 3) throws -> Double {
      let begin = ContinuousClock.now
      let done = Atomic<Int>(0)
      let failed = Atomic<Bool>(false)
      let group = DispatchGroup()
      for _ in 0..<threads {
        group.enter()
        Thread.detachNewThread {
          defer { group.leave() }
          while begin.duration(to: .now) < .seconds(seconds) {
            let first = next.wrappingAdd(batch, ordering: .relaxed).oldValue
            do {
              try index.apply((first..<first + batch).map(item))
            } catch {
              failed.store(true, ordering: .relaxed)
              return
            }
            done.wrappingAdd(batch, ordering: .relaxed)
          }
        }
      }
      group.wait()
      guard !failed.load(ordering: .relaxed) else {
        throw IndexBenchmark.Refused(description: "a change was refused")
      }
      return Double(done.load(ordering: .relaxed)) / (begin.duration(to: .now) / .seconds(1))
    }
    let single = try rate(threads: 1, batch: 1)
    syncs.append(try disk(folder, bytes: 4 * base.dimension))
    let many = try rate(threads: 16, batch: 1)
    syncs.append(try disk(folder, bytes: 4 * base.dimension))
    let batches = try rate(threads: 1, batch: 1_000)
    try index.compact()
    let add = try IndexBenchmark.seconds {
      for start in stride(from: 0, to: base.count, by: 5_000) {
        try index.apply((start..<min(start + 5_000, base.count)).map(item))
        try index.maintain()
      }
      try index.flush()
    }
    let compact = try IndexBenchmark.seconds { try index.compact() }
    let bytes = index.statistics.bytes
    let snapshot = try IndexBenchmark.seconds {
      try index.save(to: folder.appending(path: "snapshot", directoryHint: .isDirectory))
    }
    try index.close()
    let verify = try IndexBenchmark.seconds {
      guard try DurableIndex.verify(place).isEmpty else {
        throw IndexBenchmark.Refused(description: "the index is damaged")
      }
    }
    let open = try IndexBenchmark.seconds { _ = try DurableIndex.open(place, for: .reading) }
    let figures = Figures(
      rows: base.count, dimension: base.dimension, syncsASecond: syncs, oneThread: single,
      sixteenThreads: many, batches: batches, addSeconds: add, bytes: bytes,
      verifySeconds: verify, openSeconds: open, snapshotSeconds: snapshot,
      compactSeconds: compact)
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
  }

  private static func disk(_ folder: URL, bytes: Int) throws -> Double {
    let path = folder.appending(path: "disk").path(percentEncoded: false)
    let file = open(path, O_CREAT | O_RDWR | O_TRUNC, 0o644)
    guard file >= 0 else { throw IndexBenchmark.Refused(description: "\(path): cannot be written") }
    defer {
      close(file)
      unlink(path)
    }
    let piece = [UInt8](repeating: 1, count: bytes)
    let begin = ContinuousClock.now
    var count = 0
    while begin.duration(to: .now) < .seconds(2) {
      guard write(file, piece, bytes) == bytes, fdatasync(file) == 0 else {
        throw IndexBenchmark.Refused(description: "\(path): cannot be synced")
      }
      count += 1
    }
    return Double(count) / (begin.duration(to: .now) / .seconds(1))
  }
}
