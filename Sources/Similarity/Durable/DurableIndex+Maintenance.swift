internal import Foundation

extension DurableIndex {
  /// Bytes of logs from which recent changes are put into a segment, however few items they are:
  /// what a start may take its time to read.
  private var logLimit: Int { max(1 << 24, 4 * memory.policy.tailLimit * (4 * dimension + 256)) }

  /// Turns recent items into a segment once they are many, merges segments that have become many,
  /// and removes logs and segments that are not needed any more. Quick where nothing is due.
  ///
  /// To be called after writes, from a thread that may take its time; readers and writers go on.
  ///
  /// - Throws: ``IndexStoreError``; `CancellationError`. What was there before is unharmed.
  public func maintain() throws {
    try maintenance.withLock {
      let logBytes = try queue.alone {
        try store.checkWritable()
        return store.logBytes
      }
      if memory.snapshot.tailCount >= memory.policy.tailLimit || logBytes >= logLimit {
        try checkpoint { memory.beginFreeze() }
      }
      while let rewrite = memory.beginMerge() { try finish(rewrite, covering: []) }
    }
  }

  /// Puts all recent changes into a segment, so that no log is needed.
  ///
  /// - Throws: ``IndexStoreError``; `CancellationError`. What was there before is unharmed.
  public func flush() throws {
    try maintenance.withLock { try checkpoint { memory.beginFreeze() } }
  }

  /// Makes one segment of everything, without the deleted rows. Needs as much disk again as the
  /// index takes, until it is done.
  ///
  /// - Throws: ``IndexStoreError``; `CancellationError`. What was there before is unharmed.
  public func compact() throws {
    try maintenance.withLock { try checkpoint { memory.beginCompaction() } }
  }

  /// Begins a new log and the rewrite of all that is in the old ones at one moment, then finishes
  /// the rewrite.
  private func checkpoint(_ begin: () -> IndexRewrite?) throws {
    let (rewrite, covered) = try queue.alone {
      try store.checkWritable()
      let covered = store.rotate()
      return (begin(), covered)
    }
    guard rewrite != nil || !covered.isEmpty else { return }
    try finish(rewrite, covering: covered)
  }

  /// Writes what the rewrite builds, puts it into the index and the manifest, and removes what it
  /// replaces.
  private func finish(_ rewrite: IndexRewrite?, covering logs: Set<UInt64>) throws {
    let built = try rewrite.flatMap { try $0.build() }
    let stored = try built.map { try write($0) }
    try queue.alone {
      try store.checkWritable()
      if let rewrite {
        if let stored { store.add(stored.segment, stored.entry) }
        try memory.install(rewrite, stored?.segment)
      }
      store.forget(logs: logs)
      try store.write(parts: memory.snapshot.parts)
      store.removeUnneeded()
    }
  }

  /// Writes a segment and gives it back as it is in the file, so that its memory is the system's to
  /// take.
  private func write(
    _ segment: IndexSegment
  ) throws -> (segment: IndexSegment, entry: Manifest.Segment) {
    let (number, identity) = queue.alone { (store.takeNumber(), store.manifest.identity) }
    do throws(IndexStoreError) {
      let entry = try SegmentFile.write(segment, number: number, identity: identity, in: folder)
      let file = try SegmentFile.open(entry, identity: identity, in: folder, verifying: true)
      return (try file.segment(rows: segment.count, in: folder), entry)
    } catch {
      folder.discard(IndexFormat.segmentName(number))
      throw error
    }
  }
}
