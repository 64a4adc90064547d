import Foundation
import Testing

@testable import AkinSimilarity

@Suite struct DiskFullTests {
  static let workload = IndexWorkload(batches: 24, seed: 13)

  /// Applies batches as often as it takes; maintains and saves in between. Returns what the first
  /// failure was.
  static func run(
    _ index: inout DurableIndex, _ folder: IndexFolder, _ recorder: DiskRecorder, _ saved: URL
  ) throws -> IndexStoreError? {
    var first: IndexStoreError?
    var applied = 0
    func attempt(_ body: () throws -> Void) throws -> Bool {
      do {
        try body()
        return true
      } catch {
        let error = try #require(error as? IndexStoreError)
        if first == nil { first = error }
        return false
      }
    }
    while applied < workload.batches.count {
      let batch = workload.batches[applied]
      if try attempt({ try index.apply(batch) }) {
        applied += 1
      } else {
        // What was acknowledged is there, and nothing else.
        #expect(workload.state(of: index.snapshot, in: applied...applied) == applied)
        let isUncertain = first?.code == .uncertain
        recorder.heal()
        if isUncertain {
          #expect(DurableIndexTests.error { try index.apply(batch) }?.code == .uncertain)
          try index.close()
          index = try DurableIndex.open(folder, for: .writing, policy: .tiny)
          let state = workload.state(of: index.snapshot, in: applied...applied + 1)
          applied = try #require(state, "\(applied)")
        }
      }
      if applied % 4 == 3 {
        if try !attempt({ try index.maintain() }) { recorder.heal() }
        if first?.code == .uncertain {
          try index.close()
          index = try DurableIndex.open(folder, for: .writing, policy: .tiny)
        }
      }
      if applied == 14 {
        if try !attempt({ try index.save(to: IndexFolder(saved) { recorder.watch($0) }) }) {
          recorder.heal()
        }
        if FileManager.default.fileExists(atPath: saved.path) {
          try FileManager.default.removeItem(at: saved)
        }
      }
    }
    recorder.heal()
    return first
  }

  @Test(arguments: [ENOSPC, EIO])
  func everyStepMayFail(_ number: CInt) throws {
    var failures = 0
    var step = 0
    var ended = false
    while !ended {
      let home = try IndexTestFolder()
      let recorder = DiskRecorder()
      let folder = IndexFolder(home.place("index")) { recorder.watch($0) }
      var index = try DurableIndex.create(
        in: folder, dimension: IndexWorkload.dimension, measure: .innerProduct, policy: .tiny)
      recorder.fail(at: recorder.steps + step, with: number)
      let failure = try Self.run(&index, folder, recorder, home.place("saved"))
      ended = failure == nil
      if let failure {
        failures += 1
        let codes: [IndexStoreError.Code] = [
          number == ENOSPC ? .diskFull : .notWritable, .uncertain,
        ]
        #expect(codes.contains(failure.code), "step \(step): \(failure)")
      }
      #expect(Self.workload.state(of: index.snapshot, in: 24...24) == 24, "step \(step)")
      try index.close()
      let again = try DurableIndex.open(home.place("index"), for: .reading)
      #expect(Self.workload.state(of: again.snapshot, in: 24...24) == 24, "step \(step)")
      #expect(try DurableIndex.verify(home.place("index")) == [], "step \(step)")
      step += 1
    }
    #expect(failures > 70)
  }

  /// A disk that stays full for a while, a real one of a megabyte.
  @Test func aFullDiskLosesNothing() throws {
    let home = try IndexTestFolder()
    let disk = home.place("disk")
    guard try Self.mount(disk, size: "1m") else {
      print("skipped: a tmpfs of 1 MiB cannot be mounted here (needs root)")
      return
    }
    defer { _ = try? Self.run("/usr/bin/env", "umount", disk.path) }
    let place = disk.appending(path: "index", directoryHint: .isDirectory)
    let index = try DurableIndex.create(
      at: place, dimension: 64, measure: .innerProduct,
      policy: MaintenancePolicy(tailLimit: 100, mergeWidth: 2))
    var random = SplitMix64(seed: 3)
    var stored: [IndexItem] = []
    var full: [IndexStoreError.Code] = []
    func filler(_ bytes: Int) throws {
      try Data(count: bytes).write(to: disk.appending(path: "filler"))
    }
    try filler(300_000)
    while full.count < 40 {
      let items = (0..<10).map { number in
        IndexItem(
          id: "\(stored.count + number)",
          vector: (0..<64).map { _ in Float.random(in: -1...1, using: &random) })
      }
      do {
        try index.apply(items.map { .put($0) })
        stored += items
        if stored.count % 100 == 0 { try index.maintain() }
      } catch {
        full.append(try #require(error as? IndexStoreError).code)
        // Room for some more, once.
        if full.count == 10 {
          try FileManager.default.removeItem(at: disk.appending(path: "filler"))
        }
      }
      #expect(index.snapshot.count == stored.count)
    }
    #expect(Set(full) == [.diskFull])
    #expect(stored.count > 400)
    try? index.close()
    let again = try DurableIndex.open(place, for: .reading)
    #expect(again.snapshot.count == stored.count)
    for item in stored { #expect(again.snapshot.item(item.id) == item) }
    #expect(try DurableIndex.verify(place) == [])
  }

  static func mount(_ folder: URL, size: String) throws -> Bool {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try run(
      "/usr/bin/env", "mount", "-t", "tmpfs", "-o", "size=\(size)", "none", folder.path) == 0
  }

  static func run(_ program: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
