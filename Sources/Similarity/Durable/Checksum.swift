internal import CKernels

/// CRC32C, which finds every damage of up to 32 neighbouring bits and, up to 256 MiB, every one of
/// up to three bits anywhere. It guards against accidents, not against forgery.
enum Checksum {
  /// The checksum of `bytes` after those of which `seed` is the checksum. About 10 GB/s.
  static func crc32c(_ bytes: UnsafeRawBufferPointer, after seed: UInt32 = 0) -> UInt32 {
    akin_crc32c(seed, bytes.baseAddress, bytes.count)
  }

  static func crc32c(_ bytes: some Collection<UInt8>, after seed: UInt32 = 0) -> UInt32 {
    bytes.withContiguousStorageIfAvailable { crc32c(UnsafeRawBufferPointer($0), after: seed) }
      ?? crc32c(Array(bytes), after: seed)
  }

  /// How `bytes` differ from those whose checksum is `expected`, where a single flipped bit
  /// explains it: its byte, or `nil` in ``Flip/byte`` where the checksum itself was hit.
  struct Flip: Hashable {
    var byte: Int?
    var bit: Int
  }

  /// The one flipped bit that explains a wrong checksum, `nil` where none does. O(bytes).
  ///
  /// Single flips have distinct syndromes, so that the answer is certain for one flip; other
  /// damage looks like one with a probability of about 8 · bytes / 2³².
  static func flip(
    in bytes: UnsafeRawBufferPointer, after seed: UInt32 = 0, expected: UInt32
  ) -> Flip? {
    let syndrome = crc32c(bytes, after: seed) ^ expected
    if syndrome.nonzeroBitCount == 1 { return Flip(byte: nil, bit: syndrome.trailingZeroBitCount) }
    let found = akin_crc32c_flipped_bit(syndrome, bytes.count)
    return found < 0 ? nil : Flip(byte: Int(found / 8), bit: Int(found % 8))
  }
}

extension IndexDamage {
  /// Damage of `length` checked bytes that begin at `offset` of the file; `checksum` is where
  /// their checksum lies.
  init(
    _ file: String, _ section: String, at offset: Int, length: Int, checksum: Int,
    flip: Checksum.Flip?
  ) {
    guard let flip else {
      self.init(file, section, at: offset, "the checksum of \(length) bytes from here on is wrong")
      return
    }
    let byte = flip.byte.map { offset + $0 } ?? checksum + flip.bit / 8
    let bit = flip.bit % 8
    self.init(
      file, section, at: byte,
      flip.byte == nil ? "bit \(bit) of a checksum is flipped" : "bit \(bit) is flipped")
    self.bit = bit
  }
}
