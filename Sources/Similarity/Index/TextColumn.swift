/// Texts of an attribute: distinct texts, distinct lists of them, and the rows of each list.
///
/// Catalogues repeat themselves: ten thousand products share a hundred category paths, so a filter
/// is settled once a distinct list, and its rows are copied from the list's postings.
struct TextColumn: Sendable {
  /// Distinct texts in the order of their bytes.
  private let texts: TextTable
  /// List l is `codes[listOffsets[l] ..< listOffsets[l + 1]]`, places in ``texts``.
  private let listOffsets: Column<UInt64>
  private let codes: Column<UInt32>
  /// List + 1 of each row, 0 for a row without.
  private let lists: Column<UInt32>
  /// The rows of list l, ascending, are `postings[postingOffsets[l] ..< postingOffsets[l + 1]]`.
  private let postingOffsets: Column<UInt64>
  private let postings: Column<UInt32>

  private var listCount: Int { listOffsets.count - 1 }

  init(_ name: String, in reader: SectionReader, rows: Int) throws(IndexError) {
    texts = try TextTable(name + ".texts", in: reader)
    listOffsets = try reader.column(name + ".lists.offsets")
    codes = try reader.column(name + ".lists.codes")
    lists = try reader.column(name + ".rows", count: rows)
    let count = listOffsets.count - 1
    guard count >= 0 else { throw listOffsets.damaged(at: 0, "it is empty") }
    postingOffsets = try reader.column(name + ".postings.offsets", count: count + 1)
    postings = try reader.column(name + ".postings.rows")
    try texts.checkSorted()
    try listOffsets.checkOffsets(end: codes.count)
    try codes.check(below: texts.count)
    try lists.check(below: count + 1)
    try postingOffsets.checkOffsets(end: postings.count)
    try postings.check(below: rows)
    try checkPostings()
  }

  private func checkPostings() throws(IndexError) {
    let present = lists.values.reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    guard present == postings.count else {
      throw postings.damaged(at: postings.count, "its rows are not those that have a list")
    }
    for list in 0..<listCount {
      var last = -1
      for place in range(postingOffsets, list) {
        let row = Int(postings[place])
        guard row > last, Int(lists[row]) == list + 1 else {
          throw postings.damaged(at: place, "a row is not of this list")
        }
        last = row
      }
    }
  }

  private func range(_ offsets: Column<UInt64>, _ index: Int) -> Range<Int> {
    Int(offsets[index])..<Int(offsets[index + 1])
  }

  func texts(_ row: Int) -> [String]? {
    let list = Int(lists[row])
    return list == 0 ? nil : range(listOffsets, list - 1).map { texts.text(Int(codes[$0])) }
  }

  /// O(lists' length + rows found).
  func insertRows(holding values: Set<String>, into rows: inout RowSet) {
    let wanted = Set(values.compactMap { texts.place(of: $0) }.map { UInt32($0) })
    guard let only = wanted.first else { return }
    for list in 0..<listCount {
      let codes = codes.values[range(listOffsets, list)]
      if wanted.count == 1 ? codes.contains(only) : codes.contains(where: wanted.contains) {
        insert(list, into: &rows)
      }
    }
  }

  /// O(lists + rows found).
  func insertRows(under prefix: [String], into rows: inout RowSet) {
    let wanted = prefix.compactMap { texts.place(of: $0) }.map { UInt32($0) }
    guard wanted.count == prefix.count else { return }
    for list in 0..<listCount where codes.values[range(listOffsets, list)].starts(with: wanted) {
      insert(list, into: &rows)
    }
  }

  private func insert(_ list: Int, into rows: inout RowSet) {
    for row in postings.values[range(postingOffsets, list)] { rows[Int(row)] = true }
  }

  static func sections(
    _ name: String, _ entries: [(row: Int, texts: [String])], rows: Int
  ) -> [IndexSection] {
    var places: [String: UInt32] = [:]
    for text in entries.lazy.flatMap(\.texts) { places[text.canonical] = 0 }
    let sorted = places.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (place, text) in sorted.enumerated() { places[text] = UInt32(place) }
    var listIndex: [[UInt32]: Int] = [:]
    var listOffsets: [UInt64] = [0]
    var codes: [UInt32] = []
    var lists = [UInt32](repeating: 0, count: rows)
    var members: [[UInt32]] = []
    for (row, texts) in entries {
      let list = texts.map { places[$0] ?? 0 }
      let index = listIndex[list] ?? listIndex.count
      if index == listIndex.count {
        listIndex[list] = index
        codes += list
        listOffsets.append(UInt64(codes.count))
        members.append([])
      }
      lists[row] = UInt32(index + 1)
      members[index].append(UInt32(row))
    }
    var postingOffsets: [UInt64] = [0]
    for rows in members { postingOffsets.append((postingOffsets.last ?? 0) + UInt64(rows.count)) }
    return TextTable.sections(name + ".texts", sorted)
      + [
        IndexSection(name: name + ".lists.offsets", contents: IndexBytes(listOffsets)),
        IndexSection(name: name + ".lists.codes", contents: IndexBytes(codes)),
        IndexSection(name: name + ".rows", contents: IndexBytes(lists)),
        IndexSection(name: name + ".postings.offsets", contents: IndexBytes(postingOffsets)),
        IndexSection(
          name: name + ".postings.rows", contents: IndexBytes(members.flatMap(\.self))),
      ]
  }
}
