/// The identifiers of a segment's rows, and the row of an identifier: an open-addressed table of
/// row + 1, 0 where empty, probed linearly from the identifier's hash.
struct IdentifierColumn: Sendable {
  private static let section = "ids"
  private let texts: TextTable
  private let table: Column<UInt32>

  var count: Int { texts.count }

  /// Looks every identifier up, so that a damaged table is found now. O(bytes).
  init(_ reader: SectionReader, count: Int) throws(IndexError) {
    texts = try TextTable(Self.section, in: reader, count: count)
    table = try reader.column(Self.section + ".table")
    guard table.count == Self.tableSize(count) else {
      throw table.damaged(at: table.count, "it has not the size for \(count) rows")
    }
    try table.check(below: count + 1)
    for row in 0..<count where self.row(of: texts.utf8(row)) != row {
      throw table.damaged(at: 0, "row \(row) is not found by its identifier")
    }
  }

  func id(_ row: Int) -> String { texts.text(row) }

  /// O(1).
  func row(of id: String) -> Int? {
    var id = id.canonical
    return id.withUTF8 { row(of: $0) }
  }

  private func row(of utf8: UnsafeBufferPointer<UInt8>) -> Int? {
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: Self.hash(utf8)) & mask
    for _ in 0..<table.count {
      let entry = Int(table[place])
      if entry == 0 { return nil }
      if texts.utf8(entry - 1).elementsEqual(utf8) { return entry - 1 }
      place = (place + 1) & mask
    }
    return nil
  }

  /// - Precondition: no identifier is there twice.
  static func sections(_ ids: [String]) -> [IndexSection] {
    var table = [UInt32](repeating: 0, count: tableSize(ids.count))
    for (row, id) in ids.enumerated() {
      var id = id.canonical
      var place = Int(truncatingIfNeeded: id.withUTF8(hash)) & (table.count - 1)
      while table[place] != 0 { place = (place + 1) & (table.count - 1) }
      table[place] = UInt32(row + 1)
    }
    return TextTable.sections(section, ids)
      + [IndexSection(name: section + ".table", contents: IndexBytes(table))]
  }

  /// A power of two that leaves at least half of the places empty.
  private static func tableSize(_ count: Int) -> Int {
    var size = 2
    while size < 2 * count { size *= 2 }
    return size
  }

  /// FNV-1a (Fowler, Noll and Vo) with SplitMix64's finaliser, which spreads it over the low bits.
  /// Part of the format.
  private static func hash(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
