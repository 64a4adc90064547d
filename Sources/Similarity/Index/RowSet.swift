/// A set of a segment's rows as bits; a value, copied on write. Bits beyond ``count`` are 0.
public struct RowSet: Sendable, Equatable {
  /// Rows that could be members: `0 ..< count`.
  public private(set) var count: Int
  /// Row `r` is bit `r % 64` of word `r / 64`.
  public internal(set) var words: [UInt64]

  /// The empty set, or that of all rows.
  public init(count: Int, full: Bool = false) {
    self.count = count
    words = [UInt64](repeating: full ? .max : 0, count: (count + 63) / 64)
    if full { trim() }
  }

  /// Takes bits as ``words`` gives them.
  ///
  /// - Returns: `nil` where there are not `count` bits rounded up to words, or one beyond is set.
  public init?(count: Int, words: [UInt64]) {
    guard count >= 0, words.count == (count + 63) / 64 else { return nil }
    if count % 64 > 0, words[words.count - 1] >> UInt64(count % 64) != 0 { return nil }
    self.count = count
    self.words = words
  }

  /// The number of members. O(count / 64).
  public var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Whether `row` is a member.
  public subscript(row: Int) -> Bool {
    get { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
    set {
      let bit = UInt64(1) << UInt64(row & 63)
      if newValue { words[row >> 6] |= bit } else { words[row >> 6] &= ~bit }
    }
  }

  /// Calls `body` with each member in ascending order.
  public func forEach(_ body: (Int) throws -> Void) rethrows {
    for (index, word) in words.enumerated() {
      var left = word
      while left != 0 {
        try body(index << 6 + left.trailingZeroBitCount)
        left &= left - 1
      }
    }
  }

  /// The members in ascending order. O(count / 64 + members).
  var members: [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(population)
    forEach { rows.append($0) }
    return rows
  }

  /// Makes room for rows up to `count`, none of them a member.
  mutating func grow(to count: Int) {
    words += repeatElement(0, count: (count + 63) / 64 - words.count)
    self.count = count
  }

  mutating func formUnion(_ other: RowSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: RowSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func subtract(_ other: RowSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  func inverted() -> RowSet {
    var result = self
    result.invert()
    return result
  }

  mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    trim()
  }

  private mutating func trim() {
    if count % 64 > 0 { words[words.count - 1] &= (1 << UInt64(count % 64)) - 1 }
  }
}
