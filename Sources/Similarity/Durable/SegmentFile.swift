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
  /// What is wrong with the header; the rest can be read all the same.
  let headerDamage: IndexDamage?
  static let magic = "AKINEND\0"

  /// The bytes of section `name`, `nil` where there is none; valid while ``mapped`` lives.
  func bytes(of name: String) -> UnsafeRawBufferPointer? {
    sections.first { $0.name == name }
      .map { UnsafeRawBufferPointer(rebasing: mapped.bytes[$0.range]) }
  }

  /// Maps a segment and reads its table; ``damage()`` looks at the rest. O(sections).
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
    do throws(IndexStoreError) {
      try FileHeader(kind: .segment, identity: identity, number: number)
        .check(bytes, name: name, in: folder)
      headerDamage = nil
    } catch {
      guard let damage = error.damage else { throw error }
      headerDamage = damage
    }
    let start = bytes.count - IndexFormat.footerLength
    guard start >= IndexFormat.headerLength else {
      throw damaged("footer", bytes.count, "it is cut off")
    }
    let footer = UnsafeRawBufferPointer(rebasing: bytes[start...])
    let expected = UInt32(littleEndian: footer.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    let body = UnsafeRawBufferPointer(rebasing: footer.dropLast(4))
    guard Checksum.crc32c(body) == expected else {
      let flip = Checksum.flip(in: body, expected: expected)
      guard flip != nil else { throw damaged("footer", start, "it is cut off or damaged") }
      throw IndexStoreError(
        IndexDamage(
          name, "footer", at: start, length: body.count, checksum: start + body.count, flip: flip),
        in: folder.path)
    }
    do throws(ByteReader.Malformed) {
      let table = try Self.table(footer: footer, file: bytes)
      let entries = UnsafeRawBufferPointer(rebasing: bytes[table.range])
      if Checksum.crc32c(entries) != table.checksum {
        // The footer is whole, so that its copy of the checksum is right.
        let flip = Checksum.flip(in: entries, expected: table.checksum)
        throw ByteReader.Malformed(
          offset: table.range.lowerBound + (flip?.byte ?? 0),
          reason: flip.map { "bit \($0.bit) is flipped" } ?? "its checksum is wrong",
          bit: flip?.bit)
      }
      sections = try Self.sections(entries, count: table.count, end: table.range.lowerBound)
    } catch {
      var damage = IndexDamage(name, "table", at: error.offset, error.reason)
      damage.bit = error.bit
      throw IndexStoreError(damage, in: folder.path)
    }
    (self.name, self.mapped, checksum) = (name, mapped, expected)
  }

  private static func table(
    footer: UnsafeRawBufferPointer, file: UnsafeRawBufferPointer
  ) throws(ByteReader.Malformed) -> (range: Range<Int>, checksum: UInt32, count: Int) {
    var reader = ByteReader(footer)
    let start = file.count - IndexFormat.footerLength
    func malformed(_ reason: String) -> ByteReader.Malformed {
      .init(offset: start, reason: reason)
    }
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
      let blocks = IndexFormat.blocks(length)
      guard blocks <= reader.remaining / 4 else { throw reader.malformed("checksums are missing") }
      var checksums: [UInt32] = []
      for _ in 0..<blocks { checksums.append(try reader.take()) }
      sections.append(Section(name: name, range: offset..<upper, checksums: checksums))
    }
    guard reader.isAtEnd else { throw reader.malformed("it holds more than its sections") }
    return sections
  }
}
