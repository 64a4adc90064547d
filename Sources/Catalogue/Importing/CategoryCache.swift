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

  private static let capacity = (1 << 14) - 1
  /// Longer fields are taken apart each time.
  private static let longest = 1000
  private var slots = HashSlots(capacity: capacity)
  private var entries: [Entry] = []
  /// The fields of all entries, end to end.
  private var bytes: [UInt8] = []

  /// As ``CategoryReader/paths(_:)-(FieldBytes)``.
  mutating func paths(_ field: FieldBytes) -> [[String]] {
    guard field.count <= Self.longest else { return CategoryReader.paths(field) }
    let hash = TextHash.of(field)
    if let known = slots.position(of: hash, where: { holds(field, at: $0) }) {
      return entries[known].paths
    }
    return add(field, hash)
  }

  @inline(__always)
  private func holds(_ field: FieldBytes, at index: Int) -> Bool {
    bytes.withUnsafeBytes {
      FieldBytes(rebasing: $0[entries[index].bytes]).isSame(as: field)
    }
  }

  private mutating func add(_ field: FieldBytes, _ hash: UInt64) -> [[String]] {
    let paths = CategoryReader.paths(field)
    guard entries.count < Self.capacity else {
      self = CategoryCache()
      return paths
    }
    slots.insert(entries.count, hash: hash)
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
