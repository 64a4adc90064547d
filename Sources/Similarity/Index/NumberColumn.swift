/// Numbers of an attribute: by row, and rows by number.
struct NumberColumn: Sendable {
  private let values: Column<Double>
  private let present: RowSet
  /// The rows that have a number, in ascending order of it.
  private let order: Column<UInt32>

  init(_ name: String, in reader: SectionReader, rows: Int) throws(IndexError) {
    values = try reader.column(name + ".values", count: rows)
    present = try reader.rows(name + ".present", count: rows)
    order = try reader.column(name + ".order", count: present.population)
    try order.check(below: rows)
    var left = present
    for place in 0..<order.count {
      let row = Int(order[place])
      guard left[row], values[row].isFinite else {
        throw order.damaged(at: place, "a row has no number, or is there twice")
      }
      left[row] = false
      guard place == 0 || values[Int(order[place - 1])] <= values[row] else {
        throw order.damaged(at: place, "numbers fall")
      }
    }
  }

  func number(_ row: Int) -> Double? { present[row] ? values[row] : nil }

  /// O(log rows + rows found).
  func insertRows(in range: ClosedRange<Double>, into rows: inout RowSet) {
    let first = place { $0 < range.lowerBound }
    let last = place { $0 <= range.upperBound }
    guard first < last else { return }
    for row in order.values[first..<last] { rows[Int(row)] = true }
  }

  /// The number of rows whose value is `before`, which holds for a prefix of ``order``.
  private func place(_ before: (Double) -> Bool) -> Int {
    var (lower, upper) = (0, order.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if before(values[Int(order[middle])]) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  static func sections(
    _ name: String, _ entries: [(row: Int, number: Double)], rows: Int
  ) -> [IndexSection] {
    var values = [Double](repeating: 0, count: rows)
    var present = RowSet(count: rows)
    for (row, number) in entries {
      values[row] = number
      present[row] = true
    }
    let order = entries.sorted { ($0.number, $0.row) < ($1.number, $1.row) }.map { UInt32($0.row) }
    return [
      IndexSection(name: name + ".values", contents: IndexBytes(values)),
      IndexSection(name: name + ".present", contents: IndexBytes(present.words)),
      IndexSection(name: name + ".order", contents: IndexBytes(order)),
    ]
  }
}

/// Flags of an attribute: who has one, and whose is true.
struct FlagColumn: Sendable {
  private let present: RowSet
  private let set: RowSet

  init(_ name: String, in reader: SectionReader, rows: Int) throws(IndexError) {
    present = try reader.rows(name + ".present", count: rows)
    set = try reader.rows(name + ".set", count: rows)
    var outside = set
    outside.subtract(present)
    guard outside.population == 0 else {
      throw .damaged(section: name + ".set", offset: 0, reason: "a row without a flag is true")
    }
  }

  func flag(_ row: Int) -> Bool? { present[row] ? set[row] : nil }

  func rows(with wanted: Bool) -> RowSet {
    if wanted { return set }
    var rows = present
    rows.subtract(set)
    return rows
  }

  static func sections(
    _ name: String, _ entries: [(row: Int, flag: Bool)], rows: Int
  ) -> [IndexSection] {
    var (present, set) = (RowSet(count: rows), RowSet(count: rows))
    for (row, flag) in entries {
      present[row] = true
      set[row] = flag
    }
    return [
      IndexSection(name: name + ".present", contents: IndexBytes(present.words)),
      IndexSection(name: name + ".set", contents: IndexBytes(set.words)),
    ]
  }
}
