/// The identifiers of a catalogue in order of first appearance, with look-up.
///
/// Open addressing with linear probing over 32-bit positions: 8 bytes a product beside the
/// identifiers themselves.
struct IdentifierTable {
  private(set) var identifiers: [String] = []
  private var slots: [UInt32]
  private var mask: Int

  init() {
    slots = Array(repeating: .max, count: 1024)
    mask = 1023
  }

  /// The position of `identifier`, which is added when new. Amortised constant time.
  mutating func insert(_ identifier: String) -> (ordinal: Int, isNew: Bool) {
    var slot = Self.hash(identifier) & mask
    while slots[slot] != .max {
      let ordinal = Int(slots[slot])
      if identifiers[ordinal] == identifier { return (ordinal, false) }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = UInt32(identifiers.count)
    identifiers.append(identifier)
    if identifiers.count &* 2 > mask { grow() }
    return (identifiers.count - 1, true)
  }

  func contains(_ identifier: String) -> Bool {
    var slot = Self.hash(identifier) & mask
    while slots[slot] != .max {
      if identifiers[Int(slots[slot])] == identifier { return true }
      slot = (slot &+ 1) & mask
    }
    return false
  }

  private mutating func grow() {
    mask = mask &* 4 &+ 3
    slots = Array(repeating: .max, count: mask &+ 1)
    for (ordinal, identifier) in identifiers.enumerated() {
      var slot = Self.hash(identifier) & mask
      while slots[slot] != .max { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(ordinal)
    }
  }

  @inline(__always)
  private static func hash(_ text: String) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 20)
  }
}
