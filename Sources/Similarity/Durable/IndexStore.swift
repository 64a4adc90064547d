/// The files of an open index and what the manifest says of them.
///
/// `@unchecked Sendable`: only the thread that ``CommitQueue`` lets touches it.
final class IndexStore: @unchecked Sendable {
  private let folder: IndexFolder
  /// As it was written last.
  private(set) var manifest: Manifest
  /// The logs that are needed now; the last one is ``log`` where that is open.
  private var logs: [Manifest.Log]
  private var log: LogWriter?
  private var nextFile: UInt64
  /// The sequence number of the next change.
  private(set) var sequence: UInt64
  private var files: [ObjectIdentifier: Manifest.Segment] = [:]
  /// Files that a manifest has named and that may be there still.
  private var known: Set<String>
  private var failure: IndexStoreError?
  private let isReadOnly: Bool
  /// Bytes of the last log where it is unsealed and another process's to write.
  private let foreignLength: Int
  /// Whether changes may go on in the last log, which was sealed when the index was closed.
  private var reopens = true

  /// - Parameter log: the last log, opened, unless the manifest calls it sealed.
  init(
    _ manifest: Manifest, in folder: IndexFolder, log: LogWriter? = nil, sequence: UInt64 = 1,
    segments: [(IndexSegment, Manifest.Segment)] = [], isReadOnly: Bool = false,
    foreignLength: Int = 0
  ) {
    self.foreignLength = foreignLength
    self.folder = folder
    self.manifest = manifest
    self.log = log
    self.sequence = sequence
    self.isReadOnly = isReadOnly
    (logs, nextFile, known) = (manifest.logs, manifest.nextFile, manifest.fileNames)
    for (segment, entry) in segments { files[ObjectIdentifier(segment)] = entry }
    if isReadOnly { failure = .closed(folder.path) }
  }

  var logBytes: Int {
    logs.reduce(log?.length ?? foreignLength) { $0 + ($1.sealed ?? 0) }
  }

  func checkWritable() throws(IndexStoreError) {
    if let failure { throw failure }
  }

  /// Refuses all further changes: memory and disk have come apart.
  func distrust(_ cause: IndexError) -> IndexStoreError {
    let error = IndexStoreError(
      .uncertain, folder.path, "a logged change was not applied (\(cause)); open the index again")
    failure = error
    return error
  }

  /// Remembers an error after which nobody knows what is on disk.
  private func noting<Value>(
    _ body: () throws(IndexStoreError) -> Value
  ) throws(IndexStoreError) -> Value {
    do throws(IndexStoreError) {
      return try body()
    } catch {
      if error.code == .uncertain { failure = error }
      throw error
    }
  }
}

// MARK: - The log

extension IndexStore {
  /// Logs `count` changes; on disk when this returns.
  func append(
    _ payload: [UInt8], count: Int, parts: [IndexSnapshot.Part]
  ) throws(IndexStoreError) {
    try checkWritable()
    let log = try noting { () throws(IndexStoreError) in try openLog(parts) }
    try noting { () throws(IndexStoreError) in
      try log.append(payload, sequence: sequence, count: count)
    }
    sequence += UInt64(count)
  }

  /// The log to write to: the open one, the last one reopened, or a new one. The manifest names it
  /// as unsealed before the first change is written.
  private func openLog(_ parts: [IndexSnapshot.Part]) throws(IndexStoreError) -> LogWriter {
    if let log { return log }
    let before = logs
    var opened: LogWriter?
    do throws(IndexStoreError) {
      if let last = logs.last, reopens {
        logs[logs.count - 1].sealed = nil
        try write(parts: parts)
        opened = try LogWriter.open(
          last.name, after: try StoredLog(last, identity: manifest.identity, in: folder).scan,
          in: folder)
      } else {
        let log = Manifest.Log(
          number: takeNumber(), salt: .random(in: 0 ... .max), first: sequence)
        opened = try LogWriter.create(
          log.name, header: log.header(manifest.identity), in: folder)
        known.insert(log.name)
        logs.append(log)
        try write(parts: parts)
      }
    } catch {
      logs = before
      throw error
    }
    guard let opened else { throw .closed(folder.path) }
    log = opened
    return opened
  }

  /// Lets the changes that come from now on begin a new log. Returns the logs before it.
  func rotate() -> Set<UInt64> {
    if let log {
      logs[logs.count - 1].sealed = log.length
      self.log = nil
    }
    reopens = false
    return Set(logs.map(\.number))
  }
}

// MARK: - The manifest

extension IndexStore {
  /// A number for a new file.
  func takeNumber() -> UInt64 {
    defer { nextFile += 1 }
    return nextFile
  }

  /// What a manifest would say now.
  private func current(_ parts: [IndexSnapshot.Part]) -> Manifest {
    var next = manifest
    next.generation += 1
    next.nextFile = nextFile
    next.sequence = logs.first?.first ?? sequence
    next.logs = logs
    next.segments = entries(parts)
    return next
  }

  /// The files of the segments, with the rows that are deleted now.
  func entries(_ parts: [IndexSnapshot.Part]) -> [Manifest.Segment] {
    parts.map { part in
      guard var entry = files[ObjectIdentifier(part.segment)] else {
        preconditionFailure("a segment is written before it is installed")
      }
      entry.deleted = part.deleted
      return entry
    }
  }

  /// Replaces the manifest: from now on the index on disk is `parts` and the logs.
  func write(parts: [IndexSnapshot.Part]) throws(IndexStoreError) {
    try checkWritable()
    let next = current(parts)
    try noting { () throws(IndexStoreError) in
      try folder.replace(IndexFormat.manifest, with: next.bytes)
    }
    manifest = next
    known.formUnion(next.fileNames)
    let kept = Set(parts.map { ObjectIdentifier($0.segment) })
    files = files.filter { kept.contains($0.key) }
  }

  /// Remembers in which file a segment is that is about to be installed.
  func add(_ segment: IndexSegment, _ entry: Manifest.Segment) {
    known.insert(entry.name)
    files[ObjectIdentifier(segment)] = entry
  }

  /// Forgets logs whose changes are in segments now.
  func forget(logs covered: Set<UInt64>) { logs.removeAll { covered.contains($0.number) } }

  /// Removes files that the manifest does not name any more.
  func removeUnneeded() {
    for name in known.subtracting(manifest.fileNames) {
      // What cannot be removed now is tried again the next time.
      guard (try? folder.remove(name)) != nil else { continue }
      known.remove(name)
    }
  }

  /// What a copy of the index as it is now would consist of: its logs are sealed.
  func sealedManifest(parts: [IndexSnapshot.Part]) throws(IndexStoreError) -> Manifest {
    if !isReadOnly { try checkWritable() }
    var copy = current(parts)
    if let log { copy.logs[copy.logs.count - 1].sealed = log.length }
    return copy
  }

  /// Seals the log, or drops it where nothing is in it; nothing can be written afterwards.
  func close(parts: [IndexSnapshot.Part]) throws(IndexStoreError) {
    defer { failure = .closed(folder.path) }
    guard failure == nil else { return }
    if let log, log.length == IndexFormat.headerLength {
      logs.removeLast()
    } else if let log {
      logs[logs.count - 1].sealed = log.length
    }
    self.log = nil
    guard logs != manifest.logs else { return }
    try write(parts: parts)
    removeUnneeded()
  }
}
