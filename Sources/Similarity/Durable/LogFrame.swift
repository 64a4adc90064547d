/// One record of a log: the changes that reached the disk with one sync.
///
/// ```
/// header   32 bytes: "AKFR", payload's length (u32), sequence number of the first change (u64),
///          number of changes (u32), checksum of the table (u32), zero (u32),
///          checksum of the 28 bytes before (u32)
/// table    one CRC32C (u32) for each 64 KiB of the payload
/// payload  the changes, see ``ChangeCoding``
/// ```
/// The header's checksum goes on from that of the file's header, so that a frame of another log
/// is none of this one.
struct LogFrame: Hashable, Sendable {
  static let magic: UInt32 = 0x5246_4B41  // "AKFR"
  static let headerLength = 32
  /// The longest payload: a flipped bit is found in up to 256 MiB.
  static let payloadLimit = 1 << 28

  /// Where it begins in the file.
  var offset: Int
  var payloadLength: Int
  /// The sequence number of its first change.
  var sequence: UInt64
  /// The number of changes.
  var count: Int

  var tableLength: Int { 4 * IndexFormat.blocks(payloadLength) }
  var payloadStart: Int { offset + Self.headerLength + tableLength }
  var end: Int { payloadStart + payloadLength }

  /// The bytes of a frame.
  static func encode(
    payload: [UInt8], sequence: UInt64, count: Int, after seed: UInt32
  ) -> [UInt8] {
    var table = ByteWriter()
    payload.withUnsafeBytes { for sum in IndexFormat.checksums(of: $0) { table.put(sum) } }
    var frame = ByteWriter()
    frame.reserve(headerLength + table.bytes.count + payload.count)
    frame.put(magic)
    frame.put(UInt32(payload.count))
    frame.put(sequence)
    frame.put(UInt32(count))
    frame.put(Checksum.crc32c(table.bytes))
    frame.put(UInt32(0))
    frame.put(Checksum.crc32c(frame.bytes, after: seed))
    frame.put(raw: table.bytes)
    frame.put(raw: payload)
    return frame.bytes
  }

  /// What is found where a frame should begin.
  enum Reading {
    case frame(LogFrame, table: UInt32)
    /// The header's checksum is wrong; which flipped bit would explain it.
    case wrong(Checksum.Flip?)
    /// The file ends within the header.
    case short
  }

  static func read(
    _ file: UnsafeRawBufferPointer, at offset: Int, end: Int, after seed: UInt32
  ) -> Reading {
    guard end - offset >= headerLength else { return .short }
    let header = UnsafeRawBufferPointer(rebasing: file[offset..<offset + headerLength])
    let body = UnsafeRawBufferPointer(rebasing: header.dropLast(4))
    func number(_ place: Int) -> UInt32 {
      UInt32(littleEndian: header.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }
    let expected = number(headerLength - 4)
    guard Checksum.crc32c(body, after: seed) == expected else {
      return .wrong(Checksum.flip(in: body, after: seed, expected: expected))
    }
    guard number(0) == magic, number(24) == 0 else { return .wrong(nil) }
    let sequence = UInt64(
      littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let frame = LogFrame(
      offset: offset, payloadLength: Int(number(4)), sequence: sequence, count: Int(number(16)))
    return .frame(frame, table: number(20))
  }
}
