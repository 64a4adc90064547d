/// When a tail becomes a segment, and which segments become one.
public struct MaintenancePolicy: Sendable, Equatable {
  /// Items of the tail from which it is frozen: below, searching it costs less than one more
  /// segment.
  public var tailLimit: Int
  /// Segments of one order of size that are merged; at least 2.
  public var mergeWidth: Int
  /// The share of deleted rows from which a segment is written anew.
  public var deletedShare: Double

  /// Rows beyond which segments are not merged, so that a rewrite stays within a memory limit.
  public var largestSegment: Int

  /// The defaults hold about as many segments as the index has powers of `mergeWidth` times
  /// `tailLimit`, each row being written once a power.
  public init(
    tailLimit: Int = 1_024, mergeWidth: Int = 4, deletedShare: Double = 0.25,
    largestSegment: Int = IndexLimits.segmentRows
  ) {
    precondition(tailLimit > 0 && mergeWidth > 1, "a tail, and at least two segments to merge")
    self.largestSegment = largestSegment
    self.tailLimit = tailLimit
    self.mergeWidth = mergeWidth
    self.deletedShare = deletedShare
  }

  /// The parts to merge next, in their order; none where all is well.
  func merge(_ parts: [IndexSnapshot.Part]) -> [IndexSnapshot.Part] {
    if let worn = parts.first(where: {
      Double($0.deleted.population) > deletedShare * Double($0.segment.count)
    }) {
      return [worn]
    }
    let rows = parts.map { $0.segment.count - $0.deleted.population }
    return merge(rows).map { parts[$0] }
  }

  /// The same by the numbers of live rows: places, ascending.
  func merge(_ rows: [Int]) -> [Int] {
    let levels = Dictionary(grouping: rows.indices) { level(rows[$0]) }
    for (_, places) in levels.sorted(by: { $0.key < $1.key }) where places.count >= mergeWidth {
      var total = 0
      let fitting = places.prefix {
        total += rows[$0]
        return total <= largestSegment
      }
      if fitting.count > 1 { return Array(fitting) }
    }
    return []
  }

  private func level(_ rows: Int) -> Int {
    var (level, size) = (0, tailLimit * mergeWidth)
    while rows >= size {
      level += 1
      size *= mergeWidth
    }
    return level
  }
}
