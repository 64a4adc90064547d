/// Segments and recent items on their way to become one segment; see ``VectorIndex``.
public struct IndexRewrite: Sendable {
  private let snapshot: IndexSnapshot
  private let parts: [IndexSnapshot.Part]
  private let tail: [IndexSnapshot.Recent]

  init(snapshot: IndexSnapshot, parts: [IndexSnapshot.Part], tail: [IndexSnapshot.Recent]) {
    (self.snapshot, self.parts, self.tail) = (snapshot, parts, tail)
  }

  /// Whether it takes recent items, so that a log that held them is not needed after it.
  public var includesTail: Bool { !tail.isEmpty }

  /// The segments that the result replaces.
  public var sources: [IndexSegment] { parts.map(\.segment) }

  /// Live items that the segment will hold.
  public var count: Int {
    parts.reduce(0) { $0 + $1.segment.count - $1.deleted.population }
      + tail.reduce(0) { $0 + $1.chunk.count - $1.deleted.population }
  }

  /// Builds the segment from the items that were live when the rewrite began; `nil` where none
  /// was. Takes as much memory as the segment would with vectors in float32, and vectors in bfloat16
  /// beside that.
  ///
  /// - Throws: ``GraphError``, and `CancellationError` where the task was cancelled.
  public func build() throws -> IndexSegment? {
    let count = count
    guard count > 0 else { return nil }
    var builder = SegmentBuilder(
      count: count, dimension: snapshot.dimension, measure: snapshot.measure,
      precision: snapshot.precision, kernel: snapshot.kernel)
    for part in parts {
      let (segment, rows) = (part.segment, part.deleted.inverted().members)
      try builder.append(rows.count) { place in
        (segment.id(rows[place]), segment.attributes.attributes(rows[place]))
      } vectors: { place, copy in
        segment.vectors.withRow(rows[place], dimension: snapshot.dimension, copy)
      }
    }
    let recent = tail.flatMap { recent in
      recent.deleted.inverted().members.map { (chunk: recent.chunk, row: $0) }
    }
    try builder.append(recent.count) { place in
      let (chunk, row) = recent[place]
      return (chunk.ids[row], chunk.attributes[row])
    } vectors: { place, copy in
      let (chunk, row) = recent[place]
      chunk.vectors.withUnsafeBufferPointer {
        let start = row * snapshot.dimension
        copy(UnsafeBufferPointer(rebasing: $0[start..<start + snapshot.dimension]))
      }
    }
    return try builder.finish()
  }

  /// - Returns: whether all sources were there.
  func replaceSources(
    in snapshot: inout IndexSnapshot, by part: IndexSnapshot.Part?,
    _ directory: inout TailDirectory
  ) -> Bool {
    let now = parts.compactMap { part in
      snapshot.parts.firstIndex { $0.segment === part.segment }
    }
    guard now.count == parts.count, tail.count <= snapshot.tail.count,
      zip(tail, snapshot.tail).allSatisfy({ $0.chunk === $1.chunk })
    else { return false }
    var part = part
    for (old, place) in zip(parts, now) {
      let current = snapshot.parts[place].deleted
      for row in 0..<old.segment.count where current[row] && !old.deleted[row] {
        part?.delete(old.segment.id(row))
      }
    }
    for (old, current) in zip(tail, snapshot.tail) {
      for row in 0..<old.chunk.count where current.deleted[row] && !old.deleted[row] {
        part?.delete(old.chunk.ids[row])
      }
    }
    for place in now.sorted(by: >) { snapshot.parts.remove(at: place) }
    directory.depart(tail.count, from: &snapshot)
    if let part, part.deleted.population < part.segment.count {
      snapshot.parts.insert(part, at: min(now.min() ?? snapshot.parts.count, snapshot.parts.count))
    }
    return true
  }
}

extension IndexSnapshot.Part {
  mutating func delete(_ id: String) {
    if let row = segment.row(of: id) { deleted[row] = true }
  }
}

/// Collects rows and makes a segment of them.
struct SegmentBuilder {
  private let header: SegmentHeader
  private let kernel: Kernel
  private let workers = Workers(count: Workers.processors)
  private let vectors: Memory<Float>
  private var ids: [String] = []
  private var attributes: [[String: IndexAttribute]] = []

  init(
    count: Int, dimension: Int, measure: IndexMeasure, precision: IndexPrecision = .float32,
    kernel: Kernel
  ) {
    header = SegmentHeader(
      count: count, dimension: dimension, measure: measure, precision: precision)
    self.kernel = kernel
    vectors = Memory(count * dimension)
    ids.reserveCapacity(count)
    attributes.reserveCapacity(count)
  }

  /// Adds `count` rows, each of which `vectors` lends once, from whatever thread.
  /// O(count · dimension).
  ///
  /// - Throws: `CancellationError`.
  mutating func append(
    _ count: Int, _ row: (_ place: Int) -> (id: String, attributes: [String: IndexAttribute]),
    vectors lend: (_ place: Int, _ copy: (UnsafeBufferPointer<Float>) -> Void) -> Void
  ) throws {
    precondition(ids.count + count <= header.count, "no more rows than announced")
    let (first, dimension) = (vectors.start + ids.count * header.dimension, header.dimension)
    for start in stride(from: 0, to: count, by: 1 << 16) {
      try Task.checkCancellation()
      let piece = start..<min(start + 1 << 16, count)
      workers.run(piece, by: 1_024) { places, _ in
        for place in places {
          lend(place) { vector in
            precondition(vector.count == dimension, "a vector of the index")
            guard let from = vector.baseAddress else { return }
            (first + place * dimension).update(from: from, count: dimension)
          }
        }
      }
      for place in piece {
        let (id, properties) = row(place)
        ids.append(id)
        attributes.append(properties)
      }
    }
  }

  /// Puts the rows into lists and makes a segment of them.
  ///
  /// - Precondition: as many rows as announced.
  func finish() throws -> IndexSegment {
    precondition(ids.count == header.count, "all rows are there")
    let (count, dimension) = (header.count, header.dimension)
    let builder = ListBuilder(kernel: kernel, dimension: dimension, measure: header.measure)
    let (order, lists) = try builder.build(vectors.start, count: count)
    var header = header
    header.hasSketches = ListedSketches.areAmong(lists)
    let columns = Slots<[IndexSection]>(count: 3)
    workers.run(3) { [header] task, _ in
      switch task {
      case 0: columns[task] = IdentifierColumn.sections(order.map { ids[Int($0)] })
      case 1: columns[task] = AttributeColumns.sections(order.map { attributes[Int($0)] })
      default:
        permute(order)
        columns[task] = [
          StoredRows.section(vectors, count: count * dimension, header.precision)
        ]
      }
    }
    return try IndexSegment(
      sections: [header.section] + columns.values.compactMap(\.self).joined() + lists)
  }

  /// Brings row `order[r]` to place `r`, in place: along each cycle of the permutation one row is
  /// set aside. O(rows · dimension).
  private func permute(_ order: [Int32]) {
    let dimension = header.dimension
    func row(_ place: Int) -> UnsafeMutablePointer<Float> { vectors.start + place * dimension }
    var done = RowSet(count: order.count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { aside in
      guard let aside = aside.baseAddress else { return }
      for first in order.indices where !done[first] {
        aside.update(from: row(first), count: dimension)
        var place = first
        while true {
          done[place] = true
          let source = Int(order[place])
          guard source != first else { break }
          row(place).update(from: row(source), count: dimension)
          place = source
        }
        row(place).update(from: aside, count: dimension)
      }
    }
  }
}
