public import Foundation

/// A live index that survives: what ``apply(_:)`` has returned from is on disk, whatever happens to
/// the process or the machine.
///
/// ```swift
/// let index = try DurableIndex.create(at: folder, dimension: 384)
/// try index.apply([.put(IndexItem(id: "101", vector: vector))])
/// let found = try index.snapshot.search(query, k: 10)
/// try index.maintain()
/// try index.close()
/// ```
///
/// ## What is on disk
///
/// Immutable segment files, a log of what came since, and `MANIFEST`, which names them and is
/// replaced as a whole. Everything has checksums (CRC32C). `docs/index-format.md` describes every
/// byte, `docs/index.md` how to run one.
///
/// ## Who may do what at once
///
/// Any number of threads apply changes: those who wait together share one sync. Readers work on
/// ``snapshot`` and wait for nobody. One thread at a time maintains, compacts or saves, beside all
/// of them. One process at a time writes; others may open the folder for reading and see it as it
/// was then.
///
/// ## When a disk fails
///
/// A full disk refuses a change and leaves everything as it was; once there is room, the next one
/// succeeds. Where the system cannot say whether a write reached the disk, all later changes are
/// refused with ``IndexStoreError/Code/uncertain`` until the index is opened again; readers go on.
public final class DurableIndex: Sendable {
  /// Whether an index is opened to be changed.
  public enum Access: Sendable {
    /// Searching only: beside a process that writes, of the state at the time of opening.
    case reading
    /// Searching and changing; no other process writes meanwhile.
    case writing
  }

  /// The folder's path.
  public var path: String { folder.path }
  /// Bytes of a log's end that a crash had torn and that were cut when the index was opened:
  /// changes whose ``apply(_:)`` had not returned.
  public let tornBytes: Int

  let folder: IndexFolder
  let memory: VectorIndex
  let queue = CommitQueue()
  /// Held by whoever maintains, compacts or saves.
  let maintenance = NSLock()
  /// What is on disk; touched by whom ``queue`` lets.
  let store: IndexStore
  private let lock: IndexLock?
  /// Bytes that the changes of a batch may take.
  private let batchLimit: Int

  init(
    folder: IndexFolder, memory: VectorIndex, store: IndexStore, tornBytes: Int = 0,
    lock: IndexLock?, batchLimit: Int = LogFrame.payloadLimit
  ) {
    self.batchLimit = batchLimit
    self.folder = folder
    self.memory = memory
    self.store = store
    self.tornBytes = tornBytes
    self.lock = lock
  }

  /// Makes an empty index in a new or empty folder.
  ///
  /// - Parameter precision: what segments keep vectors in; an index in bfloat16 takes about three
  ///   fifths of the disk and is read by versions of Akin that know it.
  /// - Throws: ``IndexStoreError`` `exists`, `busy`, `notWritable`, `diskFull`.
  public static func create(
    at url: URL, dimension: Int, measure: IndexMeasure = .cosine,
    precision: IndexPrecision = .float32, policy: MaintenancePolicy = MaintenancePolicy()
  ) throws -> DurableIndex {
    try create(
      in: IndexFolder(url), dimension: dimension, measure: measure, precision: precision,
      policy: policy)
  }

  static func create(
    in folder: IndexFolder, dimension: Int, measure: IndexMeasure = .cosine,
    precision: IndexPrecision = .float32, policy: MaintenancePolicy = MaintenancePolicy(),
    batchLimit: Int = LogFrame.payloadLimit
  ) throws -> DurableIndex {
    let memory = try VectorIndex(
      dimension: dimension, measure: measure, precision: precision, policy: policy)
    try folder.make()
    let lock = try IndexLock(folder)
    let store = IndexStore(
      Manifest(
        identity: .random(), dimension: dimension, measure: measure, precision: precision),
      in: folder)
    try store.write(parts: [])
    return DurableIndex(
      folder: folder, memory: memory, store: store, lock: lock, batchLimit: batchLimit)
  }

  /// Components of a vector.
  public var dimension: Int { memory.dimension }
  /// What nearness is.
  public var measure: IndexMeasure { memory.measure }
  /// What segments keep vectors in.
  public var precision: IndexPrecision { memory.precision }

  /// What the index holds now, to be searched. O(1).
  public var snapshot: IndexSnapshot { memory.snapshot }

  /// Applies `changes` in order, all of them or none: they are on disk, and in every snapshot taken
  /// later, when this returns. Blocks for one sync of the disk.
  ///
  /// - Throws: ``IndexError`` with the place of the first change that is not accepted;
  ///   ``IndexStoreError`` `diskFull`, `notWritable`, `refused` (a batch beyond 256 MiB),
  ///   `uncertain`, `closed`.
  public func apply(_ changes: [IndexChange]) throws {
    guard !changes.isEmpty else { return }
    // What is wrong with a change must be known before it is in the log.
    _ = try memory.prepare(changes)
    var payload = ByteWriter()
    ChangeCoding.put(changes, into: &payload)
    guard payload.bytes.count <= batchLimit else {
      throw IndexStoreError(
        .refused, folder.path,
        "\(changes.count) changes take \(payload.bytes.count) bytes, a batch at most"
          + " \(batchLimit); apply them in parts")
    }
    let request = CommitQueue.Request(changes, payload: payload.bytes)
    try queue.submit(request) { commit($0) }
  }

  private func commit(_ requests: [CommitQueue.Request]) {
    var rest = requests[...]
    while let first = rest.first {
      var size = 0
      var group = rest.prefix {
        size += $0.payload.count
        return size <= LogFrame.payloadLimit
      }
      if group.isEmpty { group = rest.prefix(1) }
      rest = rest.dropFirst(group.count)
      let payload = group.count == 1 ? first.payload : Array(group.map(\.payload).joined())
      do {
        let count = group.reduce(0) { $0 + $1.changes.count }
        try store.append(payload, count: count, parts: memory.snapshot.parts)
        do throws(IndexError) {
          for request in group { try memory.apply(request.changes) }
        } catch {
          // It was checked, so this cannot be. Then what is on disk counts.
          throw store.distrust(error)
        }
      } catch {
        for request in group { request.result = error }
      }
    }
  }

  /// Ends writing in order: the log is sealed, so that the next start knows its exact length, and
  /// the folder is free for another writer. Nothing is lost without it.
  ///
  /// - Throws: ``IndexStoreError``; the index is closed in any case.
  public func close() throws {
    try maintenance.withLock {
      try queue.alone { try store.close(parts: memory.snapshot.parts) }
    }
    lock?.release()
  }
}
