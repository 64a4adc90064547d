/// All items of a live index at one moment; immutable, searched from any number of threads.
public struct IndexSnapshot: Sendable {
  /// A segment and which of its rows are gone.
  public struct Part: Sendable {
    /// The rows.
    public let segment: IndexSegment
    /// The rows deleted, or replaced by an item elsewhere.
    public internal(set) var deleted: RowSet

    /// Puts a segment into an index with the rows that were deleted before.
    ///
    /// - Precondition: `deleted` counts the segment's rows.
    public init(segment: IndexSegment, deleted: RowSet? = nil) {
      self.segment = segment
      self.deleted = deleted ?? RowSet(count: segment.count)
      precondition(self.deleted.count == segment.count, "a bit a row")
    }
  }

  struct Recent: Sendable {
    var chunk: TailChunk
    var deleted: RowSet
  }

  /// Components of a vector.
  public let dimension: Int
  /// What nearness is.
  public let measure: IndexMeasure
  /// What new segments keep vectors in.
  public let precision: IndexPrecision
  /// The segments in the order they were made; every live identifier is in one place only.
  public internal(set) var parts: [Part]
  /// Items of no segment yet, in the order they came.
  var tail: [Recent]
  /// Grows by one with every change that was applied and every rewrite that was installed.
  public internal(set) var version: UInt64
  let kernel: Kernel

  /// Live items. O(rows / 64).
  public var count: Int {
    parts.reduce(tailCount) { $0 + $1.segment.count - $1.deleted.population }
  }

  /// Live items of the tail, which is searched item by item. O(tail).
  public var tailCount: Int { tail.reduce(0) { $0 + $1.chunk.count - $1.deleted.population } }

  /// The item of this identifier. O(segments + tail).
  public func item(_ id: String) -> IndexItem? {
    for recent in tail.reversed() {
      for row in 0..<recent.chunk.count where !recent.deleted[row] && recent.chunk.ids[row] == id {
        let vector = recent.chunk.vectors[row * dimension..<(row + 1) * dimension]
        return IndexItem(
          id: recent.chunk.ids[row], vector: Array(vector), attributes: recent.chunk.attributes[row]
        )
      }
    }
    for part in parts {
      if let row = part.segment.row(of: id), !part.deleted[row] { return part.segment.item(row) }
    }
    return nil
  }
}
