import Foundation
import Testing

@testable import AkinSimilarity

/// Every crash between two steps of the disk, and every way a disk may lose what was not synced.
@Suite struct CrashTests {
  static let workload = IndexWorkload(batches: 24, seed: 11)

  /// Writes, maintains, compacts, closes and goes on, while the steps are recorded.
  static func record() throws -> [DiskEvent] {
    let home = try IndexTestFolder()
    let recorder = DiskRecorder()
    let folder = IndexFolder(home.place("index")) { recorder.watch($0) }
    recorder.note(.begun(0))
    var index = try DurableIndex.create(
      in: folder, dimension: IndexWorkload.dimension, measure: .innerProduct, policy: .tiny)
    recorder.note(.acknowledged(0))
    for (number, batch) in workload.batches.enumerated() {
      recorder.note(.begun(number + 1))
      try index.apply(batch)
      recorder.note(.acknowledged(number + 1))
      if number % 3 == 2 { try index.maintain() }
      if number == 9 || number == 19 { try index.compact() }
      if number == 12 || number == 16 {
        try index.close()
        index = try DurableIndex.open(folder, for: .writing, policy: .tiny)
      }
    }
    return recorder.events
  }

  @Test func nothingAcknowledgedIsLost() throws {
    let home = try IndexTestFolder()
    var random = SplitMix64(seed: 5)
    var disk = DiskImage()
    var (begun, acknowledged) = (0, -1)
    var crashes = 0
    var seen: Set<[String: [UInt8]]> = []
    for event in try Self.record() {
      switch event {
      case .begun(let number): (begun, seen) = (number, [])
      case .acknowledged(let number): (acknowledged, seen) = (number, [])
      case .step(let step): disk.apply(step)
      }
      for loss in DiskImage.Loss.allCases {
        let files = disk.afterCrash(loss, &random)
        guard seen.insert(files).inserted else { continue }
        crashes += 1
        let place = home.place("\(crashes)")
        try write(files, to: place)
        try Self.check(
          place, acknowledged, begun, goesOn: crashes % 4 == 0,
          "crash \(crashes), \(loss), files \(files.keys.sorted())")
        if crashes % 40 == 0 {
          try Self.crashWhileRecovering(files, home.place("again"), acknowledged, begun, &random)
        }
        try FileManager.default.removeItem(at: place)
      }
    }
    #expect(crashes > 400)
  }

  static func check(
    _ place: URL, _ acknowledged: Int, _ begun: Int, goesOn: Bool = true,
    _ comment: @autoclosure () -> String
  ) throws {
    let index: DurableIndex
    do {
      index = try DurableIndex.open(.unsynced(place), for: .writing, policy: .tiny)
    } catch {
      let error = try #require(error as? IndexStoreError)
      // Before the index was made there may be none.
      #expect(error.code == .noIndex && acknowledged < 0, "\(error): \(comment())")
      return
    }
    let found = workload.state(of: index.snapshot, in: max(0, acknowledged)...begun)
    let state = try #require(found, "\(acknowledged) of \(begun): \(comment())")
    guard goesOn else { return }
    // What is left goes on: the same batches come to the same end.
    for batch in workload.batches[state...].prefix(3) { try index.apply(batch) }
    try index.maintain()
    try index.close()
    let again = try DurableIndex.open(place, for: .reading)
    let end = min(state + 3, workload.batches.count)
    #expect(
      workload.state(of: again.snapshot, in: end...end) == end, "reopened: \(comment())")
    #expect(try DurableIndex.verify(place) == [], "\(comment())")
  }

  /// Crashes at every step of the start that comes after a crash.
  static func crashWhileRecovering(
    _ files: [String: [UInt8]], _ place: URL, _ acknowledged: Int, _ begun: Int,
    _ random: inout SplitMix64
  ) throws {
    guard files[IndexFormat.manifest] != nil else { return }
    try write(files, to: place)
    let recorder = DiskRecorder()
    let index = try DurableIndex.open(
      IndexFolder(place) { recorder.watch($0) }, for: .writing, policy: .tiny)
    // What a reader was shown must stay.
    let shown = try #require(workload.state(of: index.snapshot, in: max(0, acknowledged)...begun))
    try FileManager.default.removeItem(at: place)
    var disk = DiskImage(files)
    for event in recorder.events {
      guard case .step(let step) = event else { continue }
      for loss in DiskImage.Loss.allCases {
        try write(disk.afterCrash(loss, &random), to: place)
        try check(place, acknowledged, begun, "while recovering")
        try FileManager.default.removeItem(at: place)
      }
      disk.apply(step)
    }
    try write(disk.afterCrash(.everything, &random), to: place)
    try check(place, shown, begun, "after recovery")
    try FileManager.default.removeItem(at: place)
  }

  /// A snapshot is complete or there is none, whenever the power fails.
  @Test func aSnapshotIsCompleteOrNone() throws {
    let home = try IndexTestFolder()
    let index = try DurableIndex.create(
      in: .unsynced(home.place("index")), dimension: IndexWorkload.dimension,
      measure: .innerProduct, policy: .tiny)
    for batch in Self.workload.batches {
      try index.apply(batch)
      try index.maintain()
    }
    let recorder = DiskRecorder()
    let saved = home.place("saved")
    try index.save(to: IndexFolder(saved) { recorder.watch($0) }, copying: true)
    let end = Self.workload.batches.count
    var random = SplitMix64(seed: 8)
    var disk = DiskImage()
    var complete = 0
    for event in recorder.events {
      guard case .step(let step) = event else { continue }
      disk.apply(step)
      for loss in DiskImage.Loss.allCases {
        let place = home.place("crash")
        try write(disk.afterCrash(loss, &random), to: place)
        defer { try? FileManager.default.removeItem(at: place) }
        if FileManager.default.fileExists(atPath: place.appending(path: "MANIFEST").path) {
          complete += 1
          #expect(try DurableIndex.verify(place) == [])
          let opened = try DurableIndex.open(place, for: .reading)
          #expect(Self.workload.state(of: opened.snapshot, in: end...end) == end)
        } else {
          let error = DurableIndexTests.error { _ = try DurableIndex.open(place) }
          #expect(error?.code == .noIndex)
          // Nothing of it is in the way of the next one.
          try index.save(to: place)
          #expect(try DurableIndex.verify(place) == [])
        }
      }
    }
    #expect(complete >= DiskImage.Loss.allCases.count)
  }
}
