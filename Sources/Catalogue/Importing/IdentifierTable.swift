/// The identifiers of a catalogue in order of first appearance, with look-up.
struct IdentifierTable {
  private(set) var identifiers: [String] = []
  private var slots = HashSlots()

  /// The position of `identifier`, which is added when new. Amortised constant time.
  mutating func insert(_ identifier: String) -> (ordinal: Int, isNew: Bool) {
    let hash = TextHash.of(identifier)
    if let known = slots.position(of: hash, where: { identifiers[$0] == identifier }) {
      return (known, false)
    }
    slots.insert(identifiers.count, hash: hash)
    identifiers.append(identifier)
    return (identifiers.count - 1, true)
  }

  /// Asks for the memory that inserting this identifier will read, while there is other work.
  @inline(__always)
  func prefetch(_ identifier: FieldBytes) { slots.prefetch(TextHash.of(identifier)) }

  func contains(_ identifier: String) -> Bool {
    slots.position(of: TextHash.of(identifier), where: { identifiers[$0] == identifier }) != nil
  }
}

/// A fast hash for tables that live within one process; no defence against chosen collisions is
/// needed, because every hit is compared.
package enum TextHash {
  @inline(__always)
  static func of(_ text: String) -> UInt64 {
    var copy = text
    return copy.withUTF8 { of(UnsafeRawBufferPointer($0)) }
  }

  @inline(__always)
  package static func of(_ bytes: FieldBytes) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
    guard let base = bytes.baseAddress else { return hash }
    var index = 0
    while index &+ 8 <= bytes.count {
      hash = step(hash, base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index &+= 8
    }
    var rest: UInt64 = 0
    while index < bytes.count {
      rest = rest << 8 | UInt64(bytes[index])
      index &+= 1
    }
    return step(hash, rest) ^ hash >> 29
  }

  @inline(__always)
  static func step(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low ^ 0xA076_1D64_78BD_642F
  }
}
