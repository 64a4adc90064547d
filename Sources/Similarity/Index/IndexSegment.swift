internal import CKernels
internal import Synchronization

/// An immutable part of a live index: vectors, identifiers, attributes, and what finds near vectors
/// without looking at all of them.
///
/// A segment is its sections and nothing else: ``sections`` are what a file keeps, and
/// ``init(sections:)`` takes them from there, in place, without copying the vectors. Rows are
/// numbered `0 ..< count` and keep their numbers as long as the segment lives; who of them was
/// deleted or replaced since is not the segment's matter but the snapshot's
/// (``IndexSnapshot/Part/deleted``).
public final class IndexSegment: Sendable {
  /// The latest format of sections that is read: 1; 2 where codes lie row after row, beside sketches;
  /// 3 where vectors are bfloat16. A segment is written in the first that says what it is.
  public static let format: UInt32 = 3

  /// Rows, deleted ones included.
  public let count: Int
  /// Components of a vector.
  public let dimension: Int
  /// What nearness is.
  public let measure: IndexMeasure
  /// What a file of the segment holds, in order; each begins at a multiple of 64.
  public let sections: [IndexSection]

  /// What the vectors are kept in.
  public let precision: IndexPrecision
  let vectors: StoredRows
  let lists: InvertedLists
  let identifiers: IdentifierColumn
  let attributes: AttributeColumns
  private let passing = Mutex(PassingRows())

  /// Takes the sections of a segment and believes none of it: every number that leads somewhere is
  /// checked, so that no search of a segment that was accepted can read outside of it. Vectors are
  /// left where they are, unread: a NaN among them is nearer to nothing, and checksums are the
  /// file's matter.
  ///
  /// The bytes must not change while the segment lives. O(rows).
  ///
  /// - Throws: ``IndexError/damaged(section:offset:reason:)``, ``IndexError/tooNew(format:)``.
  public init(sections: [IndexSection]) throws(IndexError) {
    let reader = try SectionReader(sections)
    let header = try SegmentHeader(reader)
    (count, dimension, measure) = (header.count, header.dimension, header.measure)
    precision = header.precision
    self.sections = sections
    vectors = try StoredRows(reader, precision, count: count * dimension)
    lists = try InvertedLists(reader, count: count, dimension: dimension)
    guard header.hasSketches == (lists.sketches != nil) else {
      throw .damaged(section: "header", offset: 4, reason: "its format is not that of the lists")
    }
    identifiers = try IdentifierColumn(reader, count: count)
    attributes = try AttributeColumns(reader, rows: count)
  }

  /// The item in `row`, as it was put, but for a cosine's scale and ``precision``. O(dimension).
  ///
  /// - Precondition: `row` is in `0 ..< count`.
  public func item(_ row: Int) -> IndexItem {
    precondition((0..<count).contains(row), "a row of the segment")
    return IndexItem(
      id: identifiers.id(row), vector: vectors.withRow(row, dimension: dimension) { Array($0) },
      attributes: attributes.attributes(row))
  }

  /// The identifier of `row`.
  ///
  /// - Precondition: `row` is in `0 ..< count`.
  public func id(_ row: Int) -> String {
    precondition((0..<count).contains(row), "a row of the segment")
    return identifiers.id(row)
  }

  /// The row of an identifier, deleted or not. O(1).
  public func row(of id: String) -> Int? { identifiers.row(of: id) }

  /// The rows that pass `filter`, and how many of them each list has; the last few filters are
  /// remembered, since a segment never changes.
  func rows(passing filter: IndexFilter) -> PassingRows.Entry {
    if let known = passing.withLock({ $0.entry(filter) }) { return known }
    let rows = attributes.rows(passing: filter, identifiers: identifiers)
    let entry = PassingRows.Entry(rows: rows, weights: lists.populations(of: rows))
    passing.withLock { $0.remember(filter, entry) }
    return entry
  }
}

/// Section `header`: eight 32-bit numbers.
struct SegmentHeader {
  var count: Int
  var dimension: Int
  var measure: IndexMeasure
  var hasSketches = false
  var precision = IndexPrecision.float32

  private static let magic: UInt32 = 0x4953_4B41  // "AKSI"

  init(count: Int, dimension: Int, measure: IndexMeasure, precision: IndexPrecision = .float32) {
    (self.count, self.dimension, self.measure) = (count, dimension, measure)
    self.precision = precision
  }

  init(_ reader: SectionReader) throws(IndexError) {
    let header: Column<UInt32> = try reader.column("header")
    guard header.count >= 2, header[0] == Self.magic else {
      throw header.damaged(at: 0, "it is no segment's header")
    }
    guard header[1] <= IndexSegment.format else { throw .tooNew(format: header[1]) }
    guard header.count == 8, header[1] > 0 else { throw header.damaged(at: 1, "no such format") }
    guard header[2] <= IndexLimits.segmentRows else { throw header.damaged(at: 2, "too many rows") }
    guard (1...UInt32(IndexLimits.dimension)).contains(header[3]) else {
      throw header.damaged(at: 3, "no dimension of a vector")
    }
    guard let measure = IndexMeasure(rawValue: header[4]) else {
      throw header.damaged(at: 4, "no such measure")
    }
    self.init(count: Int(header[2]), dimension: Int(header[3]), measure: measure)
    hasSketches = header[1] == 2
    guard header[1] == 3 else { return }
    guard header[5] <= 1 else { throw header.damaged(at: 5, "neither with nor without sketches") }
    guard let precision = IndexPrecision(rawValue: header[6]) else {
      throw header.damaged(at: 6, "no such precision")
    }
    (self.hasSketches, self.precision) = (header[5] == 1, precision)
  }

  private var format: UInt32 { precision == .bfloat16 ? 3 : hasSketches ? 2 : 1 }

  var section: IndexSection {
    let numbers = [
      Self.magic, format, UInt32(count), UInt32(dimension), measure.rawValue,
      format == 3 && hasSketches ? 1 : 0, precision.rawValue, 0,
    ]
    return IndexSection(name: "header", contents: IndexBytes(numbers))
  }
}

/// The rows that passed the last filters.
struct PassingRows {
  struct Entry: Sendable {
    let rows: RowSet
    let weights: [Int32]
    let population: Int

    init(rows: RowSet, weights: [Int32]) {
      (self.rows, self.weights) = (rows, weights)
      population = weights.reduce(0) { $0 + Int($1) }
    }
  }

  private static let capacity = 16
  private var entries: [(filter: IndexFilter, entry: Entry)] = []

  func entry(_ filter: IndexFilter) -> Entry? { entries.first { $0.filter == filter }?.entry }

  mutating func remember(_ filter: IndexFilter, _ entry: Entry) {
    if entries.count == Self.capacity { entries.removeFirst() }
    entries.append((filter, entry))
  }
}
