extension SegmentFile {
  /// Maps a segment that the manifest names and checks that it is the one that was written.
  static func map(
    _ entry: Manifest.Segment, identity: IndexIdentity, in folder: IndexFolder
  ) throws(IndexStoreError) -> SegmentFile {
    let file = try SegmentFile(
      entry.name, number: entry.number, identity: identity, in: folder)
    guard file.mapped.bytes.count == entry.length, file.checksum == entry.checksum else {
      throw IndexStoreError(
        IndexDamage(
          entry.name, "footer", at: file.mapped.bytes.count - IndexFormat.footerLength,
          "it is not the segment that the manifest names"), in: folder.path)
    }
    return file
  }

  /// The same, and nothing of it damaged: its header and, where `verifying`, all its bytes.
  static func open(
    _ entry: Manifest.Segment, identity: IndexIdentity, in folder: IndexFolder, verifying: Bool
  ) throws(IndexStoreError) -> SegmentFile {
    let file = try map(entry, identity: identity, in: folder)
    if let damage = verifying ? file.damage().first : file.headerDamage {
      throw IndexStoreError(damage, in: folder.path)
    }
    return file
  }

  /// The segment in the file, whose bytes stay where they are.
  ///
  /// - Throws: ``IndexStoreError`` `damaged`, `tooNew`.
  func segment(rows: Int, in folder: IndexFolder) throws(IndexStoreError) -> IndexSegment {
    let parts = sections.map {
      IndexSection(
        name: $0.name,
        contents: IndexBytes(
          UnsafeRawBufferPointer(rebasing: mapped.bytes[$0.range]), owner: mapped))
    }
    do throws(IndexError) {
      let segment = try IndexSegment(sections: parts)
      guard segment.count == rows else {
        throw IndexError.damaged(section: "header", offset: 0, reason: "other rows than it had")
      }
      return segment
    } catch {
      throw storeError(error, in: folder)
    }
  }

  private func storeError(_ error: IndexError, in folder: IndexFolder) -> IndexStoreError {
    switch error {
    case .tooNew(let format):
      return .tooNew(folder.path(of: name), format: format, latest: IndexSegment.format)
    case .damaged(let section, let offset, let reason):
      let start = sections.first { $0.name == section }?.range.lowerBound ?? 0
      return IndexStoreError(
        IndexDamage(name, "section \(section)", at: start + offset, reason), in: folder.path)
    default:
      return IndexStoreError(
        IndexDamage(name, "file", at: 0, error.description), in: folder.path)
    }
  }

  /// Writes a segment; on disk when this returns.
  static func write(
    _ segment: IndexSegment, number: UInt64, identity: IndexIdentity, in folder: IndexFolder
  ) throws(IndexStoreError) -> Manifest.Segment {
    let written = try write(
      IndexFormat.segmentName(number), number: number, identity: identity,
      sections: segment.sections.map { ($0.name, $0.contents.bytes) }, in: folder)
    return Manifest.Segment(
      number: number, length: written.length, checksum: written.checksum, rows: segment.count,
      deleted: RowSet(count: segment.count))
  }
}
