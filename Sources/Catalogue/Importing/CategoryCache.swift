/// Category fields already taken apart: a shop has few of them and repeats each on every row.
///
/// Direct-mapped, so that a feed of endless categories costs no memory. Shared paths also keep
/// the products small.
struct CategoryCache {
  private struct Entry {
    var bytes: [UInt8] = []
    var paths: [[String]] = []
  }

  private var entries = [Entry](repeating: Entry(), count: 4096)

  /// As ``CategoryReader/paths(_:)-(FieldBytes)``.
  mutating func paths(_ field: FieldBytes) -> [[String]] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in field { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let slot = Int(truncatingIfNeeded: ((hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15) >> 52)
    let isKnown = entries[slot].bytes.withUnsafeBytes { known in
      known.count == field.count && known.elementsEqual(field)
    }
    if !isKnown { entries[slot] = Entry(bytes: Array(field), paths: CategoryReader.paths(field)) }
    return entries[slot].paths
  }
}
