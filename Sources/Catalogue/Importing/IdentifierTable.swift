internal import CFeed

/// The identifiers of a catalogue in order of first appearance, with look-up.
///
/// Open addressing with linear probing over words that hold 32 bits of hash beside the position,
/// so that a probe seldom touches another identifier: 16 to 32 bytes a product beside the
/// identifiers themselves.
struct IdentifierTable {
  private(set) var identifiers: [String] = []
  private var slots: [UInt64]
  private var mask: Int

  init() {
    slots = Array(repeating: .max, count: 1024)
    mask = 1023
  }

  /// The position of `identifier`, which is added when new. Amortised constant time.
  mutating func insert(_ identifier: String) -> (ordinal: Int, isNew: Bool) {
    let hash = Self.hash(identifier)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != .max {
      let ordinal = Int(slots[slot] & 0xFFFF_FFFF)
      if slots[slot] >> 32 == hash, identifiers[ordinal] == identifier { return (ordinal, false) }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = hash << 32 | UInt64(UInt32(identifiers.count))
    identifiers.append(identifier)
    if identifiers.count &* 2 > mask { grow() }
    return (identifiers.count - 1, true)
  }

  /// Asks for the memory that inserting this identifier will read, while there is other work.
  @inline(__always)
  func prefetch(_ identifier: FieldBytes) {
    let slot = Int(truncatingIfNeeded: TextHash.of(identifier) >> 33) & mask
    slots.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      cfeed_prefetch(base + slot)
    }
  }

  func contains(_ identifier: String) -> Bool {
    let hash = Self.hash(identifier)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != .max {
      if slots[slot] >> 32 == hash,
        identifiers[Int(slots[slot] & 0xFFFF_FFFF)] == identifier
      {
        return true
      }
      slot = (slot &+ 1) & mask
    }
    return false
  }

  private mutating func grow() {
    mask = mask &* 2 &+ 1
    let old = slots
    slots = Array(repeating: .max, count: mask &+ 1)
    for word in old where word != .max {
      var slot = Int(truncatingIfNeeded: word >> 32) & mask
      while slots[slot] != .max { slot = (slot &+ 1) & mask }
      slots[slot] = word
    }
  }

  /// 31 bits, so that no word of a slot is the one that means "empty".
  @inline(__always)
  private static func hash(_ text: String) -> UInt64 { TextHash.of(text) >> 33 }
}

/// A fast hash for tables that live within one process; no defence against chosen collisions is
/// needed, because every hit is compared.
enum TextHash {
  @inline(__always)
  static func of(_ text: String) -> UInt64 {
    var copy = text
    return copy.withUTF8 { of(UnsafeRawBufferPointer($0)) }
  }

  @inline(__always)
  static func of(_ bytes: FieldBytes) -> UInt64 {
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
