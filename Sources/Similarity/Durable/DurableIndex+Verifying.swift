public import Foundation

extension DurableIndex {
  /// Reads every byte of the index in `url` and compares it with what was written: all that is
  /// damaged, nothing where all is well. Needs no lock, and may run beside a writer.
  ///
  /// A torn end of the last log is no damage: it was never acknowledged. O(bytes).
  ///
  /// - Throws: ``IndexStoreError`` `noIndex`, `tooNew`, `unreadable`.
  public static func verify(_ url: URL) throws -> [IndexDamage] {
    let folder = IndexFolder(url)
    var found: [IndexDamage] = []
    do throws(IndexStoreError) {
      var generation: UInt64?
      // Another process may replace files while they are read: then what was missing is no damage.
      for _ in 0..<20 {
        let manifest = try Manifest.read(in: folder)
        if manifest.generation == generation { break }
        generation = manifest.generation
        found = try damage(of: manifest, in: folder)
        if found.isEmpty { break }
      }
    } catch {
      guard let damage = error.damage else { throw error }
      found = [damage]
    }
    return found
  }

  private static func damage(
    of manifest: Manifest, in folder: IndexFolder
  ) throws(IndexStoreError) -> [IndexDamage] {
    var found: [IndexDamage] = []
    var segments: [(IndexSegment, Manifest.Segment)] = []
    func noting(_ body: () throws -> Void) throws(IndexStoreError) {
      do {
        try body()
      } catch {
        guard let error = error as? IndexStoreError else {
          throw IndexStoreError(.unreadable, folder.path, "\(error)")
        }
        guard let damage = error.damage else { throw error }
        found.append(damage)
      }
    }
    for entry in manifest.segments {
      try noting {
        let file = try SegmentFile.map(entry, identity: manifest.identity, in: folder)
        let damage = file.damage()
        found += damage
        if damage.isEmpty {
          segments.append((try file.segment(rows: entry.rows, in: folder), entry))
        }
      }
    }
    var sequence = manifest.sequence
    for entry in manifest.logs {
      try noting {
        let stored = try StoredLog(entry, identity: manifest.identity, in: folder)
        found += stored.scan.damage
        if let gap = stored.gap(entry, after: sequence) { found.append(gap) }
        sequence = stored.scan.sequence
        try stored.forEach(name: entry.name, in: folder) { _ in }
      }
    }
    if found.isEmpty { try noting { _ = try memory(of: manifest, segments, in: folder) } }
    return found
  }
}
