internal import CKernels
internal import Foundation

/// The bytes of a segment: named sections, each at a multiple of 64 bytes and with a checksum.
///
/// ```
/// 0   "AKINSRCH", format (32 bits), number of sections, checksum of what precedes the sections
/// 20  a section: name (16 bytes, zeros behind), offset, length (64 bits), CRC32C, zero (32 bits)
/// …   the sections
/// ```
/// Little-endian. A section is trusted only after its checksum was compared.
enum SegmentFile {
  static let magic = Array("AKINSRCH".utf8)
  static let format: UInt32 = 1
  private static let headerLength = 20
  private static let entryLength = 40

  /// Puts `sections` together. O(bytes).
  static func assemble(_ sections: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let tableEnd = headerLength + entryLength * sections.count
    var file = [UInt8](repeating: 0, count: aligned(tableEnd))
    file.reserveCapacity(sections.reduce(file.count) { $0 + aligned($1.bytes.count) })
    for (index, section) in sections.enumerated() {
      let entry = headerLength + entryLength * index
      precondition(section.name.utf8.count <= 16, "a section's name is too long")
      file.replaceSubrange(entry..<entry + section.name.utf8.count, with: section.name.utf8)
      put(UInt64(file.count), at: entry + 16, in: &file)
      put(UInt64(section.bytes.count), at: entry + 24, in: &file)
      put(checksum(section.bytes), at: entry + 32, in: &file)
      file.append(contentsOf: section.bytes)
      file.append(contentsOf: repeatElement(0, count: aligned(file.count) - file.count))
    }
    file.replaceSubrange(0..<8, with: magic)
    put(format, at: 8, in: &file)
    put(UInt32(sections.count), at: 12, in: &file)
    // Its own place counts as zero.
    put(file.withUnsafeBytes { akin_crc32c(0, $0.baseAddress, tableEnd) }, at: 16, in: &file)
    return file
  }

  /// The sections of `file` by name, every checksum compared. O(bytes), about 10 GB/s.
  ///
  /// - Throws: ``SearchError`` `damaged`, `tooNew`.
  static func sections(
    of file: UnsafeRawBufferPointer, name: String
  ) throws(SearchError) -> [String: UnsafeRawBufferPointer] {
    func damaged(_ reason: String) -> SearchError {
      SearchError(
        .damaged, "\(name): \(reason); remove the search folder of the shop, it is made again")
    }
    guard file.count >= headerLength, file.prefix(8).elementsEqual(magic) else {
      throw damaged("it is no segment of a search index")
    }
    let written: UInt32 = load(8, file)
    guard written == format else {
      throw SearchError(
        .tooNew, "\(name): has format \(written), this version of Akin reads \(format); update it")
    }
    let count = Int(load(12, file) as UInt32)
    let tableEnd = headerLength + entryLength * count
    guard count < 1000, tableEnd <= file.count else { throw damaged("it is cut off") }
    var head = Array(file.prefix(tableEnd))
    put(UInt32(0), at: 16, in: &head)
    guard checksum(head) == load(16, file) else { throw damaged("the header's checksum is wrong") }
    var sections: [String: UnsafeRawBufferPointer] = [:]
    for index in 0..<count {
      let entry = headerLength + entryLength * index
      let label = String(decoding: file[entry..<entry + 16].prefix { $0 != 0 }, as: UTF8.self)
      guard let offset = Int(exactly: load(entry + 16, file) as UInt64),
        let length = Int(exactly: load(entry + 24, file) as UInt64),
        offset <= file.count, length <= file.count - offset
      else { throw damaged("section '\(label)' is cut off") }
      let bytes = UnsafeRawBufferPointer(rebasing: file[offset..<offset + length])
      guard akin_crc32c(0, bytes.baseAddress, length) == load(entry + 32, file) else {
        throw damaged("the checksum of section '\(label)' is wrong")
      }
      sections[label] = bytes
    }
    return sections
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { akin_crc32c(0, $0.baseAddress, $0.count) }
  }

  private static func aligned(_ length: Int) -> Int { (length + 63) / 64 * 64 }

  private static func put(_ value: some FixedWidthInteger, at place: Int, in bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) {
      bytes.replaceSubrange(place..<place + $0.count, with: $0)
    }
  }

  private static func load<Value: FixedWidthInteger & BitwiseCopyable>(
    _ place: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Value {
    Value(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Value.self))
  }
}
