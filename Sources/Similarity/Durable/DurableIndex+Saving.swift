public import Foundation

extension DurableIndex {
  /// Saves the index as it is now into a new folder, while others read and write: a snapshot, an
  /// index of its own that can be opened, verified or restored.
  ///
  /// Segments never change, so that a snapshot on the same disk shares their bytes with the index
  /// (hard links) and costs neither time nor room. A damaged disk then damages both: a copy on
  /// another disk is a backup, a link is not.
  ///
  /// - Parameter copying: copies even where a link would do.
  /// - Throws: ``IndexStoreError`` `exists`, `diskFull`, `notWritable`, `uncertain`; nothing is left
  ///   of an unfinished snapshot. What a process leaves that is killed meanwhile, the next one that
  ///   saves to the same folder clears away.
  public func save(to url: URL, copying: Bool = false) throws {
    try save(to: IndexFolder(url), copying: copying)
  }

  func save(to target: IndexFolder, copying: Bool = false) throws {
    // While it is held, no file that the index needs now is removed.
    try maintenance.withLock {
      let manifest = try queue.alone { try store.sealedManifest(parts: memory.snapshot.parts) }
      try manifest.copyFiles(from: folder, to: target, linking: !copying)
    }
  }

  /// Saves the index in `url` as it is now, as ``save(to:copying:)`` does, without opening it:
  /// also while another process writes to it.
  ///
  /// - Throws: ``IndexStoreError`` `noIndex`, `damaged` (of the log, the manifest; see
  ///   ``verify(_:)`` for the rest), `exists`, `diskFull`, `notWritable`, `uncertain`.
  public static func save(_ url: URL, to target: URL, copying: Bool = false) throws {
    let source = IndexFolder(url)
    try source.readingSteadily { manifest in
      var sealed = manifest
      if let last = manifest.logs.last, last.sealed == nil {
        let log = try StoredLog(last, identity: manifest.identity, in: source)
        if let damage = log.scan.damage.first {
          throw IndexStoreError(damage, in: source.path)
        }
        sealed.logs[sealed.logs.count - 1].sealed = log.scan.end
      }
      try sealed.copyFiles(from: source, to: IndexFolder(target), linking: !copying)
    }
  }

  /// Makes an index in a new folder of a snapshot, after comparing all of it with its checksums.
  ///
  /// - Throws: ``IndexStoreError`` `damaged` where the snapshot is, `exists`, `diskFull`,
  ///   `notWritable`, `noIndex`, `tooNew`, `unreadable`, `uncertain`; nothing is left of an
  ///   unfinished restoration.
  public static func restore(_ snapshot: URL, to url: URL) throws {
    if let damage = try verify(snapshot).first {
      throw IndexStoreError(damage, in: IndexFolder(snapshot).path, isSnapshot: true)
    }
    let source = IndexFolder(snapshot)
    try source.readingSteadily { manifest in
      try manifest.copyFiles(from: source, to: IndexFolder(url), linking: false)
    }
  }
}

extension Manifest {
  /// Copies the files it names into an empty folder, itself last: without it there is no index.
  /// A mark that comes first tells a copy that was cut short from an index that lost its manifest.
  func copyFiles(
    from source: IndexFolder, to target: IndexFolder, linking: Bool
  ) throws(IndexStoreError) {
    try target.make()
    let lock = try IndexLock(target)
    defer { lock.release() }
    // Whoever held the lock may have finished.
    try target.make()
    do throws(IndexStoreError) {
      try target.removeAll(except: [])
      try target.replace(IndexFormat.copying, with: [])
      for segment in segments { try target.take(segment.name, from: source, linking: linking) }
      // Logs are copied always: writing may go on in one that is sealed.
      for log in logs {
        guard let bytes = try source.read(log.name), bytes.count >= log.sealed ?? 0 else {
          throw IndexStoreError(
            IndexDamage(log.name, "file", at: 0, "it is missing or cut off"), in: source.path)
        }
        try target.replace(log.name, with: Array(bytes.prefix(log.sealed ?? bytes.count)))
      }
      try target.sync()
      try target.replace(IndexFormat.manifest, with: self.bytes)
      target.discard(IndexFormat.copying)
    } catch {
      if error.code != .uncertain { target.unmake(fileNames.union([IndexFormat.copying])) }
      throw error
    }
  }
}
