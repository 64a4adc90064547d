internal import CKernels

/// Coded rows of a segment in lists of near ones, so that a search looks at the nearest lists only.
///
/// This is the inverted file of Jégou, Douze and Schmid (2011), with one byte a component instead
/// of a product code: rows are grouped around centroids by spherical k-means, a list's rows lie
/// side by side, and a search scores the centroids, then the rows of the best lists, then the best
/// rows in float32. How many lists it takes is not guessed: ``recall`` was measured when the
/// segment was built.
///
/// Rows are numbered in the order of the lists: list `l` is rows `starts[l] ..< starts[l + 1]`.
struct InvertedLists: Sendable {
  /// Rows of a list on average.
  static let rowsPerList = 64
  /// Below this, all rows are one list.
  static let leastRows = 2_048

  /// Bytes of a row's codes.
  let stride: Int
  let starts: Column<Int32>
  /// Centroids and rows, as `akin_codes` has them; rows one after the other where there are
  /// ``sketches``.
  let centroids: Coded
  let rows: Coded
  let recall: RecallCurve
  let sketches: ListedSketches?
  /// Rows of each list.
  let sizes: [Int32]

  var count: Int { starts.count - 1 }

  /// Codes and scales of rows, in groups of 16.
  struct Coded: Sendable {
    let codes: Column<UInt8>
    let scales: Column<Float>

    init(_ name: String, in reader: SectionReader, rows: Int, stride: Int) throws(IndexError) {
      let padded = Self.padded(rows)
      codes = try reader.column(name + ".codes", count: padded * stride)
      scales = try reader.column(name + ".scales", count: padded)
      if let place = scales.values.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
        throw scales.damaged(at: place, "it is no scale")
      }
    }

    /// As the loops take them; valid while this value lives.
    func view(stride: Int) -> akin_codes {
      akin_codes(
        stride: stride, codes: codes.values.baseAddress, scale: scales.values.baseAddress)
    }

    /// Rows rounded up to whole groups.
    static func padded(_ rows: Int) -> Int {
      (rows + Int(AKIN_GROUP) - 1) / Int(AKIN_GROUP) * Int(AKIN_GROUP)
    }
  }

  /// Components rounded up to whole cache lines.
  static func stride(_ dimension: Int) -> Int { (dimension + 63) / 64 * 64 }

  init(_ reader: SectionReader, count: Int, dimension: Int) throws(IndexError) {
    stride = Self.stride(dimension)
    starts = try reader.column("lists.starts")
    guard starts.count > 1 else { throw starts.damaged(at: 0, "there is no list") }
    try starts.checkOffsets(end: count)
    centroids = try Coded("lists", in: reader, rows: starts.count - 1, stride: stride)
    sketches = try ListedSketches(reader, count: count, dimension: dimension, stride: stride)
    rows = try Coded(
      sketches == nil ? "rows" : "lines", in: reader, rows: count, stride: stride)
    recall = try RecallCurve(reader)
    let starts = starts
    sizes = (1..<starts.count).map { starts[$0] - starts[$0 - 1] }
  }

  /// How many of `allowed` are in each list. O(rows / 64 + lists).
  func populations(of allowed: RowSet) -> [Int32] {
    (0..<count).map { list in
      Int32(allowed.population(in: Int(starts[list])..<Int(starts[list + 1])))
    }
  }
}

extension RowSet {
  /// The number of members among `rows`. O(rows / 64).
  func population(in rows: Range<Int>) -> Int {
    guard !rows.isEmpty else { return 0 }
    let (first, last) = (rows.lowerBound >> 6, (rows.upperBound - 1) >> 6)
    let head = UInt64.max << UInt64(rows.lowerBound & 63)
    let tail = UInt64.max >> UInt64(63 - (rows.upperBound - 1) & 63)
    if first == last { return (words[first] & head & tail).nonzeroBitCount }
    var total = (words[first] & head).nonzeroBitCount + (words[last] & tail).nonzeroBitCount
    for word in words[(first + 1)..<last] { total += word.nonzeroBitCount }
    return total
  }
}
