internal import Foundation

extension SegmentFile {
  /// Compares every byte with its checksum, on all cores; what is damaged, in the order of the
  /// file. O(bytes), at the speed of memory or of the disk.
  func damage() -> [IndexDamage] {
    var found = [headerDamage].compactMap(\.self)
    var end = IndexFormat.headerLength
    for section in sections {
      found += zeros(from: end, to: section.range.lowerBound, before: section.name)
      found += damage(of: section)
      end = section.range.upperBound
    }
    let table = tableRange
    found += zeros(from: end, to: table.lowerBound, before: "table")
    found += zeros(
      from: table.upperBound, to: mapped.bytes.count - IndexFormat.footerLength, before: "footer")
    return found
  }

  private var tableRange: Range<Int> {
    var size = 0
    for section in sections {
      size += 4 + section.name.utf8.count + 16 + 4 * section.checksums.count
    }
    let start = (sections.last?.range.upperBound ?? IndexFormat.headerLength)
      .rounded(upTo: IndexFormat.alignment)
    return start..<start + size
  }

  private func damage(of section: Section) -> [IndexDamage] {
    let blocks = Slots<IndexDamage>(count: section.checksums.count)
    let workers = Workers(count: ProcessInfo.processInfo.activeProcessorCount)
    workers.run(0..<section.checksums.count, by: 64) { piece, _ in
      for block in piece { blocks[block] = damage(of: section, block: block) }
    }
    return blocks.values.compactMap(\.self)
  }

  private func damage(of section: Section, block: Int) -> IndexDamage? {
    let start = section.range.lowerBound + block * IndexFormat.blockLength
    let end = min(start + IndexFormat.blockLength, section.range.upperBound)
    let bytes = UnsafeRawBufferPointer(rebasing: mapped.bytes[start..<end])
    guard Checksum.crc32c(bytes) != section.checksums[block] else { return nil }
    // The table with the checksums was found to be whole.
    let flip = Checksum.flip(in: bytes, expected: section.checksums[block])
    return IndexDamage(
      name, "section \(section.name)", at: start, length: bytes.count, checksum: start,
      flip: flip?.byte == nil ? nil : flip)
  }

  private func zeros(from start: Int, to end: Int, before next: String) -> [IndexDamage] {
    guard let place = (start..<end).first(where: { mapped.bytes[$0] != 0 }) else { return [] }
    let byte = mapped.bytes[place]
    let isFlip = byte.nonzeroBitCount == 1
    var damage = IndexDamage(
      name, "padding before \(next)", at: place,
      isFlip ? "bit \(byte.trailingZeroBitCount) is flipped" : "it is not zero")
    if isFlip { damage.bit = byte.trailingZeroBitCount }
    return [damage]
  }
}

// MARK: - Writing

extension SegmentFile {
  /// Writes a segment, complete and synced or not at all, and returns its length and checksum.
  static func write(
    _ name: String, number: UInt64, identity: IndexIdentity,
    sections: [(name: String, bytes: UnsafeRawBufferPointer)], in folder: IndexFolder
  ) throws(IndexStoreError) -> (length: Int, checksum: UInt32) {
    var result = (length: 0, checksum: UInt32(0))
    try folder.replace(name) { file throws(IndexStoreError) in
      try file.append(FileHeader(kind: .segment, identity: identity, number: number).bytes())
      var table = ByteWriter()
      for (name, bytes) in sections {
        try pad(file)
        table.put(name)
        table.put(UInt64(file.length))
        table.put(UInt64(bytes.count))
        for checksum in IndexFormat.checksums(of: bytes) { table.put(checksum) }
        try file.append(bytes)
      }
      try pad(file)
      let offset = file.length
      try file.append(table.bytes)
      try pad(file)
      let footer = footer(table: table.bytes, at: offset, count: sections.count, file.length)
      try file.append(footer.bytes)
      result = (file.length, footer.checksum)
    }
    return result
  }

  private static func pad(_ file: IndexFile) throws(IndexStoreError) {
    let gap = file.length.rounded(upTo: IndexFormat.alignment) - file.length
    if gap > 0 { try file.append([UInt8](repeating: 0, count: gap)) }
  }

  private static func footer(
    table: [UInt8], at offset: Int, count: Int, _ length: Int
  ) -> (bytes: [UInt8], checksum: UInt32) {
    var footer = ByteWriter()
    footer.put(raw: magic.utf8)
    footer.put(UInt64(length + IndexFormat.footerLength))
    footer.put(UInt64(offset))
    footer.put(UInt64(table.count))
    footer.put(Checksum.crc32c(table))
    footer.put(UInt32(count))
    footer.put(raw: repeatElement(0, count: IndexFormat.footerLength - 4 - footer.bytes.count))
    let checksum = Checksum.crc32c(footer.bytes)
    footer.put(checksum)
    return (footer.bytes, checksum)
  }
}
