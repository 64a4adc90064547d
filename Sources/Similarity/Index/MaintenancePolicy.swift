/// When a tail becomes a segment, and which segments become one.
public struct MaintenancePolicy: Sendable, Equatable {
  /// Items of the tail from which it is frozen: below, searching it costs less than one more
  /// segment.
  public var tailLimit: Int
  /// Segments of one order of size that are merged; at least 2.
  public var mergeWidth: Int
  /// The share of deleted rows from which a segment is written anew.
  public var deletedShare: Double

  /// The defaults hold about as many segments as the index has powers of `mergeWidth` times
  /// `tailLimit`, each row being written once a power.
  public init(tailLimit: Int = 1_024, mergeWidth: Int = 4, deletedShare: Double = 0.25) {
    precondition(tailLimit > 0 && mergeWidth > 1, "a tail, and at least two segments to merge")
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
    var levels: [Int: [IndexSnapshot.Part]] = [:]
    for part in parts { levels[level(part.segment.count), default: []].append(part) }
    return levels.sorted { $0.key < $1.key }.first { $0.value.count >= mergeWidth }?.value ?? []
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
