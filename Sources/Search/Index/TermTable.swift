internal import AkinCatalogue

/// Distinct strings of bytes, numbered in order of first appearance.
struct TermTable {
  private(set) var bytes: [UInt8] = []
  private var ends: [UInt32] = [0]
  private var slots = HashSlots()

  var count: Int { ends.count - 1 }

  /// The number of `term`, which is added when new. Amortised O(length).
  mutating func insert(_ term: UnsafeRawBufferPointer) -> Int {
    let hash = TextHash.of(term)
    if let known = slots.position(of: hash, where: { matches($0, term) }) { return known }
    let number = count
    slots.insert(number, hash: hash)
    bytes.append(contentsOf: term)
    ends.append(UInt32(bytes.count))
    return number
  }

  /// As ``insert(_:)-(UnsafeRawBufferPointer)``, for a string.
  mutating func insert(_ term: String) -> Int { term.withFieldBytes { insert($0) } }

  func contains(_ term: String) -> Bool {
    term.withFieldBytes { bytes in
      slots.position(of: TextHash.of(bytes), where: { matches($0, bytes) }) != nil
    }
  }

  func range(_ number: Int) -> Range<Int> { Int(ends[number])..<Int(ends[number + 1]) }

  /// The numbers in the order of their strings' bytes. O(n · log n).
  func sortedNumbers() -> [Int] {
    bytes.withUnsafeBytes { bytes in
      (0..<count).sorted { left, right in
        StringList.compare(
          UnsafeRawBufferPointer(rebasing: bytes[range(left)]),
          UnsafeRawBufferPointer(rebasing: bytes[range(right)])) < 0
      }
    }
  }

  private func matches(_ number: Int, _ term: UnsafeRawBufferPointer) -> Bool {
    let range = range(number)
    guard range.count == term.count else { return false }
    return bytes.withUnsafeBytes {
      StringList.compare(UnsafeRawBufferPointer(rebasing: $0[range]), term) == 0
    }
  }
}
