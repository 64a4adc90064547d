public import Foundation

extension DurableIndex {
  /// What the segments of the index in a folder keep vectors in, without opening it.
  ///
  /// - Throws: ``IndexStoreError`` `noIndex`, `damaged`, `tooNew`, `unreadable`.
  public static func precision(at url: URL) throws(IndexStoreError) -> IndexPrecision {
    try Manifest.read(in: IndexFolder(url)).precision
  }

  /// Opens an index. O(bytes): everything is read and compared with its checksums.
  ///
  /// The end of the log that a crash tore is cut off (``tornBytes``); it was never acknowledged.
  ///
  /// - Parameter verifying: `false` trusts the checksums of segments unseen, which are read later
  ///   as they are needed; ``verify(_:)`` finds then what is damaged.
  /// - Throws: ``IndexStoreError`` `noIndex`, `busy`, `damaged`, `tooNew`, `unreadable`,
  ///   `notWritable`.
  public static func open(
    _ url: URL, for access: Access = .writing, verifying: Bool = true,
    policy: MaintenancePolicy = MaintenancePolicy()
  ) throws -> DurableIndex {
    try open(IndexFolder(url), for: access, verifying: verifying, policy: policy)
  }

  static func open(
    _ folder: IndexFolder, for access: Access, verifying: Bool = true,
    policy: MaintenancePolicy = MaintenancePolicy()
  ) throws -> DurableIndex {
    // Looked for first, so that no lock is left in a folder that holds no index.
    _ = try Manifest.read(in: folder)
    let lock = access == .writing ? try IndexLock(folder) : nil
    return try folder.readingSteadily { manifest in
      try open(manifest, in: folder, lock: lock, verifying: verifying, policy: policy)
    }
  }

  private static func open(
    _ manifest: Manifest, in folder: IndexFolder, lock: IndexLock?, verifying: Bool,
    policy: MaintenancePolicy
  ) throws -> DurableIndex {
    var segments: [(IndexSegment, Manifest.Segment)] = []
    for entry in manifest.segments {
      let file = try SegmentFile.open(
        entry, identity: manifest.identity, in: folder, verifying: verifying)
      segments.append((try file.segment(rows: entry.rows, in: folder), entry))
    }
    let memory = try memory(of: manifest, segments, in: folder, policy: policy)
    var (sequence, torn, log) = (manifest.sequence, 0, LogWriter?.none)
    var foreignLength = 0
    for entry in manifest.logs {
      let stored = try StoredLog(entry, identity: manifest.identity, in: folder)
      if let damage = stored.scan.damage.first ?? stored.gap(entry, after: sequence) {
        throw IndexStoreError(damage, in: folder.path)
      }
      try stored.forEach(name: entry.name, in: folder) { changes in
        try replay(changes, to: memory, from: entry.name, in: folder)
      }
      (sequence, torn) = (stored.scan.sequence, torn + stored.scan.torn)
      if entry.sealed == nil, lock == nil { foreignLength = stored.scan.end }
      if entry.sealed == nil, lock != nil {
        log = try LogWriter.open(entry.name, after: stored.scan, in: folder)
      }
    }
    let store = IndexStore(
      manifest, in: folder, log: log, sequence: sequence, segments: segments,
      isReadOnly: lock == nil, foreignLength: foreignLength)
    if lock != nil { try folder.removeAll(except: manifest.fileNames) }
    return DurableIndex(
      folder: folder, memory: memory, store: store, tornBytes: torn, lock: lock)
  }

  /// The index of the segments alone.
  static func memory(
    of manifest: Manifest, _ segments: [(IndexSegment, Manifest.Segment)], in folder: IndexFolder,
    policy: MaintenancePolicy = MaintenancePolicy()
  ) throws -> VectorIndex {
    do {
      return try VectorIndex(
        dimension: manifest.dimension, measure: manifest.measure, precision: manifest.precision,
        parts: segments.map { IndexSnapshot.Part(segment: $0.0, deleted: $0.1.deleted) },
        policy: policy)
    } catch {
      guard let error = error as? IndexError else { throw error }
      throw IndexStoreError(
        IndexDamage(IndexFormat.manifest, "segments", at: 0, error.description), in: folder.path)
    }
  }

  private static func replay(
    _ changes: [IndexChange], to memory: VectorIndex, from name: String, in folder: IndexFolder
  ) throws(IndexStoreError) {
    do throws(IndexError) {
      try memory.apply(changes)
    } catch {
      throw IndexStoreError(
        IndexDamage(name, "changes", at: 0, error.description), in: folder.path)
    }
  }
}

extension StoredLog {
  /// What is wrong where the log does not begin with the change that comes after the last one.
  func gap(_ log: Manifest.Log, after sequence: UInt64) -> IndexDamage? {
    log.first == sequence
      ? nil
      : IndexDamage(
        IndexFormat.manifest, log.name, at: 0,
        "it begins with change \(log.first), change \(sequence) is next")
  }
}

extension IndexFolder {
  /// Calls `body` with the manifest; again with the next one, where what it named was gone because
  /// another process has replaced it meanwhile.
  func readingSteadily<Value>(_ body: (Manifest) throws -> Value) throws -> Value {
    var manifest = try Manifest.read(in: self)
    for _ in 0..<20 {
      do {
        return try body(manifest)
      } catch {
        let now = try Manifest.read(in: self)
        guard now.generation != manifest.generation else { throw error }
        manifest = now
      }
    }
    return try body(manifest)
  }
}
