public import AkinCatalogue

/// A sparse matrix in compressed rows: for each row the columns that are not zero, ascending.
///
/// Whether rows are shoppers and columns products, or rows titles and columns words, is the
/// caller's; ``transposed()`` turns one into the other.
public struct SparseMatrix: Sendable, Equatable {
  /// One entry of a row.
  public typealias Entry = (column: Int, value: Float)

  /// The number of columns.
  public let columnCount: Int
  /// Start of each row in ``columns``, one more than there are rows.
  public private(set) var offsets: [Int]
  /// Columns, all rows one after the other, ascending within each.
  public private(set) var columns: [Int32]
  /// The value of each entry of ``columns``.
  public private(set) var values: [Float]

  /// No rows yet, over `columnCount` columns.
  public init(columnCount: Int) {
    precondition(columnCount >= 0 && columnCount <= Int(Int32.max), "columns are 32-bit")
    self.columnCount = columnCount
    offsets = [0]
    columns = []
    values = []
  }

  /// Takes finished parts; `columns` ascend within each row. `values` may be left empty by a
  /// caller that uses the pattern alone.
  init(columnCount: Int, offsets: [Int], columns: [Int32], values: [Float]) {
    assert(offsets.last == columns.count && (values.isEmpty || values.count == columns.count))
    self.columnCount = columnCount
    self.offsets = offsets
    self.columns = columns
    self.values = values
  }

  /// The lists as rows, scores as values.
  ///
  /// - Precondition: neighbours are below `columnCount`.
  public init(_ lists: NeighbourLists, columnCount: Int) {
    self.init(columnCount: columnCount)
    columns.reserveCapacity(lists.ids.count)
    values.reserveCapacity(lists.ids.count)
    for row in 0..<lists.count {
      let sorted = lists[row].sorted { $0.item < $1.item }
      precondition(sorted.last.map { $0.item < columnCount } ?? true, "a neighbour out of range")
      columns.append(contentsOf: sorted.lazy.map { Int32($0.item) })
      values.append(contentsOf: sorted.lazy.map(\.score))
      offsets.append(columns.count)
    }
  }

  /// The number of rows.
  public var rowCount: Int { offsets.count - 1 }

  /// The number of entries that are stored.
  public var entryCount: Int { columns.count }

  /// The place of row `row` in ``columns`` and ``values``.
  public subscript(row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

  /// The entries of row `row`, by column.
  public func entries(ofRow row: Int) -> [Entry] {
    self[row].map { (Int(columns[$0]), values[$0]) }
  }

  /// Adds a row. Entries of one column are added up; what comes to zero is not stored.
  /// O(e · log e), O(e) where the columns ascend.
  ///
  /// - Throws: ``SimilarityError/columnOutOfRange(row:column:columns:)``,
  ///   ``SimilarityError/notFinite(row:)``; the matrix is then as it was.
  public mutating func append(_ row: [Entry]) throws(SimilarityError) {
    var entries = row
    if !zip(entries, entries.dropFirst()).allSatisfy({ $0.column < $1.column }) {
      entries.sort { $0.column < $1.column }
    }
    let start = columns.count
    for entry in entries {
      guard (0..<columnCount).contains(entry.column) else {
        truncate(to: start)
        throw .columnOutOfRange(row: rowCount, column: entry.column, columns: columnCount)
      }
      if columns.count > start, columns[columns.count - 1] == entry.column {
        values[values.count - 1] += entry.value
      } else {
        dropZero(from: start)
        columns.append(Int32(entry.column))
        values.append(entry.value)
      }
      guard values[values.count - 1].isFinite else {
        truncate(to: start)
        throw .notFinite(row: rowCount)
      }
    }
    dropZero(from: start)
    offsets.append(columns.count)
  }

  private mutating func dropZero(from start: Int) {
    if values.count > start, values[values.count - 1] == 0 { truncate(to: values.count - 1) }
  }

  private mutating func truncate(to count: Int) {
    columns.removeSubrange(count...)
    values.removeSubrange(count...)
  }

  /// Rows as columns. O(entries + rows + columns).
  public func transposed() -> SparseMatrix {
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var turned = [Int32](repeating: 0, count: columns.count)
    var moved = [Float](repeating: 0, count: columns.count)
    // On buffers: this is a third of a small matrix's time otherwise.
    next.withUnsafeMutableBufferPointer { next in
      turned.withUnsafeMutableBufferPointer { turned in
        moved.withUnsafeMutableBufferPointer { moved in
          for row in 0..<rowCount {
            for entry in self[row] {
              let column = Int(columns[entry])
              turned[next[column]] = Int32(truncatingIfNeeded: row)
              moved[next[column]] = values[entry]
              next[column] += 1
            }
          }
        }
      }
    }
    return SparseMatrix(columnCount: rowCount, offsets: starts, columns: turned, values: moved)
  }

  /// The Euclidean length of each row. O(entries).
  public func rowNorms() -> [Float] {
    (0..<rowCount).map { row in
      Float(self[row].reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1]) }.squareRoot())
    }
  }

  /// The inner product of two rows. O(their entries).
  public func dotProduct(_ left: Int, _ right: Int) -> Float {
    var (one, other) = (offsets[left], offsets[right])
    let (oneEnd, otherEnd) = (offsets[left + 1], offsets[right + 1])
    var sum: Float = 0
    while one < oneEnd, other < otherEnd {
      let (first, second) = (columns[one], columns[other])
      if first == second {
        sum += values[one] * values[other]
        one += 1
        other += 1
      } else if first < second {
        one += 1
      } else {
        other += 1
      }
    }
    return sum
  }

  /// The same entries with other values, or with none where the pattern is all that is used.
  func replacingValues(_ values: [Float]) -> SparseMatrix {
    SparseMatrix(columnCount: columnCount, offsets: offsets, columns: columns, values: values)
  }
}
