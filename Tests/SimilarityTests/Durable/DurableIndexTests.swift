import Foundation
import Synchronization
import Testing

@testable import AkinSimilarity

@Suite struct DurableIndexTests {
  let home: IndexTestFolder
  let place: URL

  init() throws {
    home = try IndexTestFolder()
    place = home.place("index")
  }

  func create(_ policy: MaintenancePolicy = .tiny) throws -> DurableIndex {
    try DurableIndex.create(
      at: place, dimension: IndexWorkload.dimension, measure: .innerProduct, policy: policy)
  }

  static func error(_ body: () throws -> Void) -> IndexStoreError? {
    do {
      try body()
      return nil
    } catch {
      return error as? IndexStoreError
    }
  }

  @Test func livesThroughManyStarts() throws {
    let workload = IndexWorkload(batches: 60, seed: 1)
    var index = try create()
    for (number, batch) in workload.batches.enumerated() {
      try index.apply(batch)
      #expect(workload.state(of: index.snapshot, in: number + 1...number + 1) != nil)
      switch number % 7 {
      case 2: try index.maintain()
      case 4: try index.close()
      case 6: try index.flush()
      default: break
      }
      if number == 40 { try index.compact() }
      if number % 7 == 4 || number % 11 == 0 {
        // Closed in order or not; the old object's lock must be gone.
        try index.close()
        index = try DurableIndex.open(place, policy: .tiny)
        #expect(index.tornBytes == 0)
      }
    }
    try index.compact()
    #expect(workload.state(of: index.snapshot, in: 60...60) == 60)
    #expect(index.statistics.segments.count == 1)
    #expect(index.statistics.segments.allSatisfy { $0.deleted == 0 })
    #expect(index.statistics.logBytes == 0)
    #expect(index.statistics.changes == UInt64(workload.batches.reduce(0) { $0 + $1.count }))
    try index.close()
    // The manifest, the lock and one segment: nothing that is not needed stays.
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 3)
    #expect(try DurableIndex.verify(place) == [])
  }

  @Test func deletesAloneDoNotFillTheLog() throws {
    let index = try create()
    let items = IndexWorkload(batches: 30, seed: 2)
    for batch in items.batches { try index.apply(batch) }
    try index.flush()
    let before = index.statistics
    #expect(before.logBytes == 0 && before.recent == 0)
    try index.apply((0..<IndexWorkload.universe).map { .delete("item \($0)") })
    #expect(index.statistics.items == 0 && index.statistics.logBytes > 0)
    try index.flush()
    #expect(index.statistics.logBytes == 0)
    try index.close()
    let again = try DurableIndex.open(place, policy: .tiny)
    #expect(again.snapshot.count == 0)
    try again.compact()
    #expect(again.statistics.segments.isEmpty)
  }

  /// A rewrite that is given up leaves a log that takes no more changes, and no harm.
  @Test func maintenanceThatIsCancelled() async throws {
    let index = try create()
    let workload = IndexWorkload(batches: 20, seed: 15)
    for batch in workload.batches[..<5] { try index.apply(batch) }
    try index.flush()
    for batch in workload.batches[5..<10] { try index.apply(batch) }
    let cancelled = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      do {
        try index.compact()
        return false
      } catch {
        return error is CancellationError
      }
    }.value
    #expect(cancelled)
    try index.close()
    let name = try #require(try Manifest.read(in: IndexFolder(place)).logs.first)
    #expect(name.sealed != nil)
    let again = try DurableIndex.open(place, policy: .tiny)
    #expect(workload.state(of: again.snapshot, in: 10...10) == 10)
    for batch in workload.batches[10...] { try again.apply(batch) }
    try again.flush()
    #expect(again.statistics.logBytes == 0)
    #expect(workload.state(of: again.snapshot, in: 20...20) == 20)
  }

  /// A process that is being started shares all files until it runs its own program: what it shares
  /// keeps nobody out.
  @Test func anIndexThatIsDroppedLetsOthersInAtOnce() throws {
    var index: DurableIndex? = try create()
    let lock = place.appending(path: IndexFormat.lock).resolvingSymlinksInPath().path
    let shared = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      .compactMap(CInt.init)
      .filter {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == lock
      }
      .map { dup($0) }
    defer { shared.forEach { close($0) } }
    #expect(!shared.isEmpty)
    #expect(Self.error { _ = try DurableIndex.open(place) }?.code == .busy)
    withExtendedLifetime(index) {}
    index = nil
    try DurableIndex.open(place).close()
  }

  @Test func oneWriterManyReaders() throws {
    let index = try create()
    let workload = IndexWorkload(batches: 20, seed: 3)
    for batch in workload.batches[..<10] { try index.apply(batch) }
    #expect(Self.error { _ = try DurableIndex.open(place) }?.code == .busy)
    let reader = try DurableIndex.open(place, for: .reading)
    #expect(workload.state(of: reader.snapshot, in: 10...10) == 10)
    #expect(reader.statistics == index.statistics && reader.statistics.logBytes > 0)
    #expect(Self.error { try reader.apply([.delete("item 1")]) }?.code == .closed)
    #expect(Self.error { try reader.compact() }?.code == .closed)
    for batch in workload.batches[10...] { try index.apply(batch) }
    try index.compact()
    // The files it reads are gone from the folder, not from under it.
    #expect(workload.state(of: reader.snapshot, in: 10...10) == 10)
    try index.close()
    #expect(Self.error { try index.apply([.delete("item 1")]) }?.code == .closed)
    try DurableIndex.open(place).close()
  }

  @Test func writersShareSyncs() throws {
    let recorder = DiskRecorder()
    let folder = IndexFolder(place) { step in
      // A disk that takes its time.
      if case .sync = step { usleep(2_000) }
      return recorder.watch(step)
    }
    let index = try DurableIndex.create(
      in: folder, dimension: IndexWorkload.dimension, measure: .innerProduct, policy: .tiny)
    let (writers, each) = (8, 40)
    let failures = Mutex(0)
    let group = DispatchGroup()
    // Threads of their own: a pool has no more than there are cores.
    for thread in 0...writers {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        do {
          if thread == writers {
            for _ in 0..<30 { try index.maintain() }
            return
          }
          var random = SplitMix64(seed: UInt64(thread))
          for number in 0..<each {
            let item = IndexWorkload.item("item \(thread * each + number)", &random)
            try index.apply([.put(item)])
            if index.snapshot.item(item.id) != item { failures.withLock { $0 += 1 } }
          }
        } catch {
          failures.withLock { $0 += 1 }
        }
      }
    }
    group.wait()
    #expect(failures.withLock { $0 } == 0)
    let syncs = recorder.events.filter {
      if case .step(.sync(let file)) = $0 { file.hasPrefix(IndexFormat.logPrefix) } else { false }
    }
    #expect(syncs.count < writers * each)
    #expect(index.snapshot.count == writers * each)
    try index.close()
    let again = try DurableIndex.open(place)
    #expect(again.snapshot.count == writers * each)
    #expect(again.statistics.changes == UInt64(writers * each))
  }

  @Test func aBatchIsAppliedAsAWholeOrNotAtAll() throws {
    let index = try create()
    var random = SplitMix64(seed: 4)
    let good = IndexWorkload.item("item 1", &random)
    let bad = IndexItem(id: "item 2", vector: [1, 2])
    #expect(throws: IndexError.self) { try index.apply([.put(good), .put(bad)]) }
    #expect(index.snapshot.count == 0 && index.statistics.logBytes == 0)
    try index.apply([])
    #expect(index.statistics.logBytes == 0)
  }

  @Test func snapshotsAreIndexesOfTheirOwn() throws {
    let index = try create()
    let workload = IndexWorkload(batches: 40, seed: 6)
    for batch in workload.batches[..<20] {
      try index.apply(batch)
      try index.maintain()
    }
    let (linked, copied) = (home.place("linked"), home.place("copied"))
    try index.save(to: linked)
    try index.save(to: copied, copying: true)
    #expect(Self.error { try index.save(to: linked) }?.code == .exists)
    for batch in workload.batches[20...] {
      try index.apply(batch)
      try index.maintain()
    }
    try index.close()
    // Writing goes on in a log that the snapshot has a copy of.
    let reopened = try DurableIndex.open(place, policy: .tiny)
    try reopened.apply([.delete("item 0")])
    for snapshot in [linked, copied] {
      #expect(try DurableIndex.verify(snapshot) == [])
      let opened = try DurableIndex.open(snapshot, for: .reading)
      #expect(workload.state(of: opened.snapshot, in: 20...20) == 20)
    }
    let restored = home.place("restored")
    try DurableIndex.restore(linked, to: restored)
    #expect(Self.error { try DurableIndex.restore(linked, to: restored) }?.code == .exists)
    let again = try DurableIndex.open(restored, policy: .tiny)
    for batch in workload.batches[20...] { try again.apply(batch) }
    try again.compact()
    #expect(workload.state(of: again.snapshot, in: 40...40) == 40)
    try again.close()
    #expect(try DurableIndex.verify(linked) == [])
  }

  @Test func snapshotsWhileWritesGoOn() throws {
    let index = try create()
    let (home, source) = (home, place)
    let workload = IndexWorkload(batches: 200, seed: 7)
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 3) { thread in
      do {
        switch thread {
        case 0: for batch in workload.batches { try index.apply(batch) }
        case 1: for _ in 0..<20 { try index.maintain() }
        default:
          for number in 0..<10 {
            let place = home.place("snapshot \(number)")
            // By the process that writes, and by any other.
            if number % 2 == 0 {
              try index.save(to: place)
            } else {
              try DurableIndex.save(source, to: place)
            }
            let opened = try DurableIndex.open(place, for: .reading)
            if workload.state(of: opened.snapshot, in: 0...200) == nil {
              failures.withLock { $0.append("snapshot \(number) is of no moment") }
            }
          }
        }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }

  @Test func refusesWhatIsNoNewFolder() throws {
    #expect(Self.error { _ = try DurableIndex.open(place) }?.code == .noIndex)
    #expect(Self.error { _ = try DurableIndex.verify(place) }?.code == .noIndex)
    try create().close()
    #expect(Self.error { _ = try create() }?.code == .exists)
    let other = home.place("other")
    try write(["photo.jpg": [1]], to: other)
    #expect(
      Self.error { _ = try DurableIndex.create(at: other, dimension: 2) }?.code == .exists)
    #expect(Self.error { _ = try DurableIndex.open(other) }?.code == .noIndex)
    #expect(try files(in: other).count == 1)
  }

  @Test func aBatchThatIsTooLargeIsRefused() throws {
    let index = try DurableIndex.create(
      in: IndexFolder(place), dimension: IndexWorkload.dimension, measure: .innerProduct,
      batchLimit: 1_000)
    let changes = IndexWorkload(batches: 20, seed: 1).batches.flatMap(\.self)
    #expect(Self.error { try index.apply(changes) }?.code == .refused)
    #expect(index.snapshot.count == 0)
    try index.apply(Array(changes[..<5]))
    #expect(index.statistics.changes == 5)
  }
}
