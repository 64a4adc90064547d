import Foundation

/// Category fields already taken apart: a shop has few of them and repeats each on every row.
///
/// Direct-mapped, so that a feed of endless categories costs no memory. Shared paths also keep
/// the products small. The table is wide, because two paths in one slot oust each other row by row.
struct CategoryCache {
  private struct Entry {
    var bytes: [UInt8] = []
    var paths: [[String]] = []
  }

  private var entries = [Entry](repeating: Entry(), count: 1 << 15)

  /// As ``CategoryReader/paths(_:)-(FieldBytes)``.
  mutating func paths(_ field: FieldBytes) -> [[String]] {
    let slot = Int(truncatingIfNeeded: TextHash.of(field) >> 49)
    let isKnown = entries[slot].bytes.withUnsafeBytes { $0.isSame(as: field) }
    if !isKnown { entries[slot] = Entry(bytes: Array(field), paths: CategoryReader.paths(field)) }
    return entries[slot].paths
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
