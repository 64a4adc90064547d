/// What all files of an index have in common. `docs/index-format.md` describes every byte.
enum IndexFormat {
  /// The format that is written.
  static let current: UInt32 = 1
  /// The formats that are read.
  static let readable: ClosedRange<UInt32> = 1...current

  static let manifest = "MANIFEST"
  static let lock = "LOCK"
  static let partialSuffix = ".partial"
  /// Says of a folder that an index is being copied into it: without a manifest beside it, the copy
  /// was cut short and may be begun again.
  static let copying = "COPYING"
  static let segmentPrefix = "segment-"
  static let logPrefix = "log-"

  static let alignment = 64
  /// Bytes that share a checksum.
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

  /// Whether a file of this name is one that an index makes and may remove again.
  static func isOwn(_ name: String) -> Bool {
    var stem = name[...]
    if stem.hasSuffix(partialSuffix) { stem = stem.dropLast(partialSuffix.count) }
    if stem == manifest { return stem.count < name.count }
    if stem == copying { return true }
    for prefix in [segmentPrefix, logPrefix] where stem.hasPrefix(prefix) {
      let digits = stem.dropFirst(prefix.count)
      return digits.count >= 8 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    return false
  }

  static func checksums(of bytes: UnsafeRawBufferPointer) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: blockLength).map { start in
      Checksum.crc32c(
        UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + blockLength, bytes.count)]))
    }
  }

  /// The number of checksums that `length` bytes have.
  static func blocks(_ length: Int) -> Int { length.rounded(upTo: blockLength) / blockLength }
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
  /// Of a log: the sequence number of its first change.
  var first: UInt64 = 0
  /// Of a log: random bits, so that the records of another one are never taken for its own.
  var salt: UInt64 = 0

  /// The bytes of a file of this `format`.
  func bytes(format: UInt32 = IndexFormat.current) -> [UInt8] {
    var writer = ByteWriter()
    writer.put(raw: kind.rawValue.utf8)
    writer.put(format)
    writer.put(UInt32(IndexFormat.blockLength))
    writer.put(identity.high)
    writer.put(identity.low)
    writer.put(number)
    writer.put(first)
    writer.put(salt)
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
    guard file.count >= IndexFormat.headerLength else {
      throw damaged("it is cut off", at: file.count)
    }
    let header = UnsafeRawBufferPointer(rebasing: file.prefix(IndexFormat.headerLength))
    let body = UnsafeRawBufferPointer(rebasing: header.dropLast(4))
    let expected = UInt32(littleEndian: header.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    guard Checksum.crc32c(body) == expected else {
      throw IndexStoreError(
        IndexDamage(
          name, "header", at: 0, length: body.count, checksum: body.count,
          flip: Checksum.flip(in: body, expected: expected)), in: folder.path)
    }
    guard header.prefix(8).elementsEqual(kind.rawValue.utf8) else {
      throw damaged("it is another kind of file")
    }
    let format = UInt32(littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard IndexFormat.readable.contains(format) else {
      throw .tooNew(folder.path(of: name), format: format)
    }
    guard header.elementsEqual(bytes(format: format)) else {
      throw damaged("it belongs to another index")
    }
  }
}
