/// What all files of an index have in common. `docs/index-format.md` describes every byte.
enum IndexFormat {
  /// The format that is written.
  static let current: UInt32 = 1
  /// The formats that are read.
  static let readable: ClosedRange<UInt32> = 1...current

  static let manifest = "MANIFEST"
  static let lock = "LOCK"
  static let partialSuffix = ".partial"
  static let segmentPrefix = "segment-"
  static let logPrefix = "log-"

  static let alignment = 64
  /// Bytes of a section that share a checksum.
  static let blockLength = 1 << 16
  /// Bytes at the start of a segment and of a log.
  static let headerLength = 64
  static let footerLength = 64

  static func segmentName(_ number: UInt64) -> String { segmentPrefix + padded(number) }
  static func logName(_ number: UInt64) -> String { logPrefix + padded(number) }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}

/// Marks what belongs together: 128 random bits, given when an index is created.
struct IndexIdentity: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  static func random() -> IndexIdentity {
    IndexIdentity(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
  }
}

/// The 64 bytes that segments and logs begin with. Their layout stays in all later formats, so
/// that an older Akin can tell a newer file from a damaged one.
struct FileHeader: Hashable {
  enum Kind: String {
    case segment = "AKINSEG\0"
    case log = "AKINLOG\0"
  }

  var kind: Kind
  var identity: IndexIdentity
  var number: UInt64
  /// Of a log: the sequence number of its first record.
  var first: UInt64 = 0

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.put(raw: kind.rawValue.utf8)
    writer.put(IndexFormat.current)
    writer.put(UInt32(IndexFormat.blockLength))
    writer.put(identity.high)
    writer.put(identity.low)
    writer.put(number)
    writer.put(first)
    writer.put(raw: repeatElement(0, count: IndexFormat.headerLength - 4 - writer.bytes.count))
    writer.put(Checksum.crc32c(writer.bytes))
    return writer.bytes
  }

  /// Compares the start of a file with the header that it must have.
  func check(
    _ file: UnsafeRawBufferPointer, name: String, in folder: IndexFolder
  ) throws(IndexStoreError) {
    func damaged(_ reason: String, at offset: Int = 0) -> IndexStoreError {
      IndexStoreError(IndexDamage(name, "header", at: offset, reason), in: folder.path)
    }
    guard file.count >= IndexFormat.headerLength else { throw damaged("it is cut off") }
    let header = UnsafeRawBufferPointer(rebasing: file.prefix(IndexFormat.headerLength))
    let body = UnsafeRawBufferPointer(rebasing: header.dropLast(4))
    let expected = UInt32(littleEndian: header.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    guard Checksum.crc32c(body) == expected else {
      let flip = Checksum.flip(in: body, expected: expected)
      throw damaged(Self.reason(flip), at: flip.map { $0.byte ?? 60 } ?? 0)
    }
    guard header.prefix(8).elementsEqual(kind.rawValue.utf8) else {
      throw damaged("it is another kind of file")
    }
    let format = UInt32(littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard IndexFormat.readable.contains(format) else {
      throw .tooNew(folder.path(of: name), format: format)
    }
    guard header.elementsEqual(bytes) else { throw damaged("it belongs to another index") }
  }

  static func reason(_ flip: Checksum.Flip?) -> String {
    guard let flip else { return "its checksum is wrong" }
    return flip.byte == nil
      ? "bit \(flip.bit) of its checksum is flipped" : "bit \(flip.bit) is flipped"
  }
}
