/// An immutable file of named sections, each beginning at a multiple of 64 bytes, each block of
/// 64 KiB with a checksum of its own.
///
/// ```
/// header  64 bytes
/// section zeros up to the next multiple of 64, then its bytes        } each
/// table   name, offset, length, one CRC32C a block                     all sections
/// footer  64 bytes: where the table is and its checksum
/// ```
/// Every byte is covered: what is no section and no table is known or zero.
struct SegmentFile: Sendable {
  struct Section: Hashable, Sendable {
    var name: String
    var range: Range<Int>
    var checksums: [UInt32]
  }

  let name: String
  let sections: [Section]
  let mapped: MappedBytes
  /// The checksum of the footer, which stands for the whole file.
  let checksum: UInt32
  private static let magic = "AKINEND\0"

  /// The bytes of section `name`, `nil` where there is none; valid while ``mapped`` lives.
  func bytes(of name: String) -> UnsafeRawBufferPointer? {
    sections.first { $0.name == name }
      .map { UnsafeRawBufferPointer(rebasing: mapped.bytes[$0.range]) }
  }

  /// Maps a segment and reads its table; ``damage()`` looks at the sections. O(sections).
  ///
  /// - Throws: ``IndexStoreError`` `damaged`, `tooNew`, `unreadable`.
  init(
    _ name: String, number: UInt64, identity: IndexIdentity, in folder: IndexFolder
  ) throws(IndexStoreError) {
    func damaged(_ section: String, _ offset: Int, _ reason: String) -> IndexStoreError {
      IndexStoreError(IndexDamage(name, section, at: offset, reason), in: folder.path)
    }
    guard let mapped = try folder.map(name) else { throw damaged("file", 0, "it is missing") }
    let bytes = mapped.bytes
    try FileHeader(kind: .segment, identity: identity, number: number)
      .check(bytes, name: name, in: folder)
    let footerStart = bytes.count - IndexFormat.footerLength
    guard footerStart >= IndexFormat.headerLength else {
      throw damaged("footer", bytes.count, "it is cut off")
    }
    let footer = UnsafeRawBufferPointer(rebasing: bytes[footerStart...])
    let expected = UInt32(littleEndian: footer.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    let body = UnsafeRawBufferPointer(rebasing: footer.dropLast(4))
    guard Checksum.crc32c(body) == expected else {
      let flip = Checksum.flip(in: body, expected: expected)
      let reason =
        flip == nil ? "it is cut off or damaged" : FileHeader.reason(flip)
      throw damaged("footer", footerStart + (flip.map { $0.byte ?? 60 } ?? 0), reason)
    }
    do throws(ByteReader.Malformed) {
      let table = try Self.table(footer: footer, file: bytes)
      let entries = UnsafeRawBufferPointer(rebasing: bytes[table.range])
      guard Checksum.crc32c(entries) == table.checksum else {
        let flip = Checksum.flip(in: entries, expected: table.checksum)
        throw ByteReader.Malformed(
          offset: table.range.lowerBound + (flip?.byte ?? 0), reason: FileHeader.reason(flip))
      }
      sections = try Self.sections(entries, count: table.count, end: table.range.lowerBound)
    } catch {
      throw damaged("table", error.offset, error.reason)
    }
    (self.name, self.mapped, checksum) = (name, mapped, expected)
  }

  private static func table(
    footer: UnsafeRawBufferPointer, file: UnsafeRawBufferPointer
  ) throws(ByteReader.Malformed) -> (range: Range<Int>, checksum: UInt32, count: Int) {
    var reader = ByteReader(footer)
    let start = file.count - IndexFormat.footerLength
    func malformed(_ reason: String) -> ByteReader.Malformed { .init(offset: start, reason: reason) }
    guard try reader.take(8).elementsEqual(magic.utf8) else { throw malformed("it is no footer") }
    guard try reader.takeCount() == file.count else { throw malformed("the length is another") }
    let (offset, length) = (try reader.takeCount(), try reader.takeCount())
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, offset >= IndexFormat.headerLength,
      end.rounded(upTo: IndexFormat.alignment) == start
    else { throw malformed("the table is elsewhere") }
    return (offset..<end, try reader.take(), Int(try reader.take(UInt32.self)))
  }

  private static func sections(
    _ entries: UnsafeRawBufferPointer, count: Int, end: Int
  ) throws(ByteReader.Malformed) -> [Section] {
    var reader = ByteReader(entries)
    var sections: [Section] = []
    for _ in 0..<count {
      let name = try reader.takeText()
      let (offset, length) = (try reader.takeCount(), try reader.takeCount())
      let (upper, overflow) = offset.addingReportingOverflow(length)
      guard !overflow, offset >= (sections.last?.range.upperBound ?? IndexFormat.headerLength),
        upper <= end
      else { throw reader.malformed("a section lies outside the file") }
      let blocks = length.rounded(upTo: IndexFormat.blockLength) / IndexFormat.blockLength
      guard blocks <= reader.remaining / 4 else { throw reader.malformed("checksums are missing") }
      var checksums: [UInt32] = []
      for _ in 0..<blocks { checksums.append(try reader.take()) }
      sections.append(Section(name: name, range: offset..<upper, checksums: checksums))
    }
    guard reader.isAtEnd else { throw reader.malformed("it holds more than its sections") }
    return sections
  }
}

// MARK: - Checking

extension SegmentFile {
  /// Compares every byte with its checksum, on all cores; what is damaged, in the order of the
  /// file. O(bytes), at the speed of memory or of the disk.
  func damage() -> [IndexDamage] {
    var found: [IndexDamage] = []
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
    for section in sections { size += 4 + section.name.utf8.count + 16 + 4 * section.checksums.count }
    let start = (sections.last?.range.upperBound ?? IndexFormat.headerLength)
      .rounded(upTo: IndexFormat.alignment)
    return start..<start + size
  }

  private func damage(of section: Section) -> [IndexDamage] {
    let blocks = Slots<IndexDamage>(count: section.checksums.count)
    Workers.allCores.run(0..<section.checksums.count, by: 64) { piece, _ in
      for block in piece { blocks[block] = damage(of: section, block: block) }
    }
    return blocks.values.compactMap(\.self)
  }

  private func damage(of section: Section, block: Int) -> IndexDamage? {
    let start = section.range.lowerBound + block * IndexFormat.blockLength
    let end = min(start + IndexFormat.blockLength, section.range.upperBound)
    let bytes = UnsafeRawBufferPointer(rebasing: mapped.bytes[start..<end])
    guard Checksum.crc32c(bytes) != section.checksums[block] else { return nil }
    if let byte = Checksum.flip(in: bytes, expected: section.checksums[block])?.byte {
      return IndexDamage(
        name, section.name, at: start + byte,
        FileHeader.reason(Checksum.flip(in: bytes, expected: section.checksums[block])))
    }
    return IndexDamage(
      name, section.name, at: start, "a checksum of \(bytes.count) bytes from here on is wrong")
  }

  private func zeros(from start: Int, to end: Int, before next: String) -> [IndexDamage] {
    guard let place = (start..<end).first(where: { mapped.bytes[$0] != 0 }) else { return [] }
    return [IndexDamage(name, "padding before \(next)", at: place, "it is not zero")]
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
      try file.append(FileHeader(kind: .segment, identity: identity, number: number).bytes)
      var table = ByteWriter()
      for (name, bytes) in sections {
        try pad(file)
        table.put(name)
        table.put(UInt64(file.length))
        table.put(UInt64(bytes.count))
        for checksum in checksums(of: bytes) { table.put(checksum) }
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

  private static func checksums(of bytes: UnsafeRawBufferPointer) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: IndexFormat.blockLength).map { start in
      let end = min(start + IndexFormat.blockLength, bytes.count)
      return Checksum.crc32c(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
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
