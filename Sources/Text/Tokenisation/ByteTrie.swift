/// A set of byte strings, each with a number, walked one byte at a time.
///
/// All edges live in one open-addressing hash table, keyed by the state that an edge leaves and
/// its byte. The slot of an edge *is* the state it leads to, so one memory access answers both
/// "is there such an edge" and "does a string end here". Nothing is sorted and no string object is
/// made: 250,000 pieces build in tens of milliseconds.
///
/// - Complexity: O(1) expected a step; 8 bytes a slot, at least half of the slots free.
///
/// `@unchecked Sendable`: the table is written in `init` only, and freed in `deinit`.
final class ByteTrie: @unchecked Sendable {
  /// Where a walk stands. ``root`` or one more than a slot.
  typealias State = UInt32

  private struct Slot {
    var key: UInt32
    var value: Int32
  }

  static let root: State = 0
  /// Keys are 24 bits of state and 8 bits of byte.
  private static let largestCapacity = 1 << 23
  private static let empty = UInt32.max

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity = 0
  private var shift: UInt32 = 0
  private var used = 0

  deinit { slots.deallocate() }

  /// Why strings could not be put into a trie.
  enum BuildError: Error {
    case duplicate(Int)
    case empty(Int)
    case tooLarge
  }

  /// Builds the trie of `count` strings.
  ///
  /// - Parameters:
  ///   - string: Gives the string at an index. Its bytes are used during the call only.
  ///   - number: The number to store with it, 0 or more.
  convenience init(
    count: Int, totalBytes: Int, string: (Int) -> UnsafeBufferPointer<UInt8>,
    number: (Int) -> Int32
  ) throws(BuildError) {
    self.init()
    // Prefixes are shared: a third of the bytes is about what real vocabularies need. Too small a
    // guess costs one more pass with twice the room.
    var edges = max(totalBytes / 3, 64)
    repeat {
      guard reserve(edges: edges) else { throw .tooLarge }
      edges = capacity
    } while try !fill(count: count, string: string, number: number)
  }

  private init() { slots = .allocate(capacity: 1) }

  /// Makes an empty table with room for `edges` edges; `false` where that is more than it can hold.
  private func reserve(edges: Int) -> Bool {
    var bits: UInt32 = 8
    while 1 << bits < edges * 2 { bits += 1 }
    guard 1 << bits <= Self.largestCapacity else { return false }
    slots.deallocate()
    capacity = 1 << bits
    shift = 32 - bits
    used = 0
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Slot(key: Self.empty, value: -1), count: capacity)
    return true
  }

  private func fill(
    count: Int, string: (Int) -> UnsafeBufferPointer<UInt8>, number: (Int) -> Int32
  ) throws(BuildError) -> Bool {
    for index in 0..<count {
      let bytes = string(index)
      guard !bytes.isEmpty else { throw .empty(index) }
      var state = Self.root
      for byte in bytes {
        guard let next = addEdge(from: state, byte: byte) else { return false }
        state = next
      }
      guard slots[Int(state) - 1].value < 0 else { throw .duplicate(index) }
      slots[Int(state) - 1].value = number(index)
    }
    return true
  }

  private func addEdge(from state: State, byte: UInt8) -> State? {
    let key = state << 8 | UInt32(byte)
    var index = Int((key &* 0x9E37_79B1) >> shift)
    while true {
      if slots[index].key == key { return State(index + 1) }
      if slots[index].key == Self.empty { break }
      index = (index + 1) & (capacity - 1)
    }
    // At most 3/5 full, so that a failing search stays short.
    guard used * 5 < capacity * 3 else { return nil }
    used += 1
    slots[index] = Slot(key: key, value: -1)
    return State(index + 1)
  }

  /// Follows one byte; `nil` where no string goes on with it. `value` is the number of the string
  /// that ends there, or -1.
  @inline(__always)
  func step(from state: State, byte: UInt8) -> (state: State, value: Int32)? {
    let key = state << 8 | UInt32(byte)
    var index = Int((key &* 0x9E37_79B1) >> shift)
    while true {
      let slot = slots[index]
      if slot.key == key { return (State(truncatingIfNeeded: index &+ 1), slot.value) }
      if slot.key == Self.empty { return nil }
      index = (index &+ 1) & (capacity &- 1)
    }
  }

  /// The state after a whole string, and its number or -1; `nil` where no string starts like it.
  func walk(
    _ bytes: some Sequence<UInt8>, from start: State = ByteTrie.root
  ) -> (state: State, value: Int32)? {
    var state = start
    var value: Int32 = -1
    for byte in bytes {
      guard let next = step(from: state, byte: byte) else { return nil }
      (state, value) = next
    }
    return (state, value)
  }

  /// The number of a string, or `nil`.
  func number(of bytes: some Sequence<UInt8>) -> Int32? {
    guard let (_, value) = walk(bytes), value >= 0 else { return nil }
    return value
  }
}
