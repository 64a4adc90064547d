import Foundation
import Testing

/// `akin graph` as a process that is killed, stopped and short of memory.
@Suite(.serialized) struct GraphCommandTests {
  static let count = 20_000, dimension = 64, k = 200
  /// Enough for the lists of about a quarter of the rows.
  static let memory = "68M"

  let folder: TemporaryFolder
  let vectors: String

  init() throws {
    folder = try TemporaryFolder()
    vectors = folder.path("vectors.npy")
    try Self.write(to: vectors)
  }

  /// Points of a generator, in NumPy's format.
  static func write(to path: String) throws {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count), \(dimension)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var state: UInt64 = 7
    let values = (0..<count * dimension).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
    let start = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0])
    try (start + Data(header.utf8) + values.withUnsafeBytes { Data($0) })
      .write(to: URL(filePath: path))
  }

  func arguments(_ ids: String, _ more: String...) -> [String] {
    ["graph", "--vectors", vectors, "--k", "\(Self.k)", "--output", ids] + more
  }

  @Test func aNaNIsNamedWithItsPlace() throws {
    let file = try FileHandle(forUpdating: URL(filePath: vectors))
    try file.seek(toOffset: UInt64(128 + 4 * (1_234 * Self.dimension + 56)))
    try file.write(contentsOf: withUnsafeBytes(of: Float.nan) { Data($0) })
    try file.close()
    let run = try AkinProcess.run(arguments(folder.path("ids.npy")))
    #expect(run.status == 65, "\(run.messages)")
    #expect(run.messages.contains("vectors.npy: row 1234, column 56 is a NaN"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("ids.npy")))
  }

  func start(_ arguments: [String]) throws -> Process {
    let process = AkinProcess.process(arguments)
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    return process
  }

  func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// Rows of the complete records of a checkpoint: a killed build may leave a torn one after them,
  /// which the next cuts off before it goes on.
  func rowsKept(_ path: String) throws -> Int {
    let data = try Data(contentsOf: URL(filePath: path))
    var place = try #require(data.firstIndex(of: UInt8(ascii: "\n"))) + 1
    var rows = 0
    while place + 16 <= data.count {
      let count = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Int64.self) }
      place += 16 + Int(count) * Self.k * 8
      if place <= data.count { rows += Int(count) }
    }
    return rows
  }

  @Test func killedAtRandomMomentsItGoesOn() throws {
    let (whole, wholeScores) = (folder.path("whole.npy"), folder.path("whole-scores.npy"))
    let run = try AkinProcess.run(arguments(whole, "--scores", wholeScores))
    #expect(run.status == 0, "\(run.messages)")
    let wholeIDs = try Data(contentsOf: URL(filePath: whole))

    let (ids, scores) = (folder.path("ids.npy"), folder.path("scores.npy"))
    let bounded = arguments(ids, "--scores", scores, "--memory", Self.memory)
    var kept = 0
    var kills = 0
    // Each run goes on from what the last one kept. How long a run takes changes with what else the
    // machine does: moments are drawn from the shortest complete run seen, and one that was too late
    // starts over.
    var duration = 20_000.0
    for _ in 0..<20 where kills < 8 {
      let process = try start(bounded)
      let begin = ContinuousClock.now
      let moment = Double.random(in: 0...1) * duration
      while process.isRunning && begin.duration(to: .now) / .milliseconds(1) < moment {
        usleep(1000)
        // Before a run's length is known: once its first rows are on disk.
        if kills == 0 && size(ids + ".part") > 0 { break }
      }
      if process.isRunning { kills += 1 }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if size(ids) == 0 {
        // What was kept is never lost again.
        let rows = size(ids + ".part") == 0 ? 0 : try rowsKept(ids + ".part")
        #expect(rows >= kept)
        kept = rows
        if duration == 20_000 { duration = begin.duration(to: .now) / .milliseconds(1) * 4 }
      } else {
        #expect(try Data(contentsOf: URL(filePath: ids)) == wholeIDs)
        try FileManager.default.removeItem(atPath: ids)
        kept = 0
        duration = min(duration, begin.duration(to: .now) / .milliseconds(1))
      }
    }
    #expect(kills > 0)
    let resumed = try AkinProcess.run(bounded)
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(try Data(contentsOf: URL(filePath: ids)) == wholeIDs)
    #expect(
      try Data(contentsOf: URL(filePath: scores)) == Data(contentsOf: URL(filePath: wholeScores)))
    #expect(!FileManager.default.fileExists(atPath: ids + ".part"))
  }

  /// Stopped once its first rows are on disk, it says so, leaves no output and uses them later.
  @Test func interruptedItEndsInOrder() throws {
    let ids = folder.path("ids.npy")
    let bounded = arguments(ids, "--memory", Self.memory)
    let process = try start(bounded)
    while process.isRunning && size(ids + ".part") < Self.k * 8 { usleep(1000) }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(!FileManager.default.fileExists(atPath: ids))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(!names.contains { $0.hasSuffix(".partial") }, "\(names)")
    #expect(size(ids + ".part") > 0)
    let resumed = try AkinProcess.run(bounded)
    #expect(resumed.status == 0 && size(ids) == 128 + Self.count * Self.k * 4)
  }

  @Test func memoryThatIsNoSizeOrTooLittleIsRefused() throws {
    for size in ["lots", "-5M", "0", "9999999999G", "5M"] {
      let run = try AkinProcess.run(arguments(folder.path("ids.npy"), "--memory=\(size)"))
      #expect(run.status == 64, "\(size): \(run.messages)")
      #expect(run.messages.contains("--memory"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("ids.npy")))
  }
}
