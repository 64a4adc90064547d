import Foundation

/// Category fields already taken apart: a shop has few of them and repeats each on every row.
///
/// Shared paths also keep the products small. A feed of endless categories costs no memory without
/// bound: a full cache begins anew.
struct CategoryCache {
  private struct Entry {
    var bytes: Range<Int>
    var paths: [[String]]
  }

  private static let capacity = 1 << 14
  /// Longer fields are taken apart each time.
  private static let longest = 1000
  /// Positions in ``entries`` beside 32 bits of hash, with linear probing; `.max` where free.
  private var slots = [UInt64](repeating: .max, count: 2 * capacity)
  private var entries: [Entry] = []
  /// The fields of all entries, end to end.
  private var bytes: [UInt8] = []

  /// As ``CategoryReader/paths(_:)-(FieldBytes)``.
  mutating func paths(_ field: FieldBytes) -> [[String]] {
    guard field.count <= Self.longest else { return CategoryReader.paths(field) }
    let hash = TextHash.of(field) >> 33
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != .max {
      let index = Int(slots[slot] & 0xFFFF_FFFF)
      if slots[slot] >> 32 == hash, holds(field, at: index) { return entries[index].paths }
      slot = (slot &+ 1) & (slots.count - 1)
    }
    return add(field, hash, at: slot)
  }

  @inline(__always)
  private func holds(_ field: FieldBytes, at index: Int) -> Bool {
    bytes.withUnsafeBytes {
      FieldBytes(rebasing: $0[entries[index].bytes]).isSame(as: field)
    }
  }

  private mutating func add(_ field: FieldBytes, _ hash: UInt64, at slot: Int) -> [[String]] {
    let paths = CategoryReader.paths(field)
    guard entries.count < Self.capacity else {
      self = CategoryCache()
      return paths
    }
    slots[slot] = hash << 32 | UInt64(entries.count)
    entries.append(Entry(bytes: bytes.count..<bytes.count + field.count, paths: paths))
    bytes.append(contentsOf: field)
    return paths
  }
}

extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes.
  @inline(__always)
  func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
    return memcmp(base, otherBase, count) == 0
  }
}
