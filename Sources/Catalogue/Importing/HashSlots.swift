internal import CFeed

/// Where the entries of a hash table stand; the entries themselves are their owner's.
///
/// Open addressing with linear probing over words that hold 31 bits of hash beside an entry's
/// position, so that a probe seldom touches another entry: 16 to 32 bytes an entry.
package struct HashSlots {
  /// `.max` where free: with 31 bits of hash no entry's word is that.
  private var words: [UInt64]
  private var mask: Int
  private var count = 0

  /// Room for `capacity` entries before it grows.
  package init(capacity: Int = 511) {
    let size = 2 << (Int.bitWidth - max(1, capacity).leadingZeroBitCount)
    words = Array(repeating: .max, count: size)
    mask = size - 1
  }

  /// The position of the entry that `matches`, of those with the hash.
  @inline(__always)
  package func position(of hash: UInt64, where matches: (Int) -> Bool) -> Int? {
    let hash = hash >> 33
    var slot = Int(truncatingIfNeeded: hash) & mask
    while words[slot] != .max {
      let position = Int(words[slot] & 0xFFFF_FFFF)
      if words[slot] >> 32 == hash, matches(position) { return position }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Adds an entry that is not there yet. Amortised constant time.
  package mutating func insert(_ position: Int, hash: UInt64) {
    count &+= 1
    if count &* 2 > mask { grow() }
    put((hash >> 33) << 32 | UInt64(UInt32(position)))
  }

  /// Asks for the memory that looking up `hash` will read, while there is other work.
  @inline(__always)
  func prefetch(_ hash: UInt64) {
    words.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      cfeed_prefetch(base + (Int(truncatingIfNeeded: hash >> 33) & mask))
    }
  }

  @inline(__always)
  private mutating func put(_ word: UInt64) {
    var slot = Int(truncatingIfNeeded: word >> 32) & mask
    while words[slot] != .max { slot = (slot &+ 1) & mask }
    words[slot] = word
  }

  private mutating func grow() {
    let old = words
    mask = mask &* 2 &+ 1
    words = Array(repeating: .max, count: mask &+ 1)
    for word in old where word != .max { put(word) }
  }
}
