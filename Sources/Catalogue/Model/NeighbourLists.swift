/// For each of `count` items the best others, best first: the result every similarity measure and
/// recommender hands on.
///
/// Rows are ragged: row `i` is `offsets[i] ..< offsets[i + 1]`.
public struct NeighbourLists: Sendable, Equatable {
  /// Start of each row in ``ids``, one more than there are rows.
  public private(set) var offsets: [Int]
  /// Neighbours' ordinals, all rows one after the other.
  public private(set) var ids: [Int32]
  /// The score of each entry of ``ids``.
  public private(set) var scores: [Float]

  /// An empty collection of lists to append to.
  public init() {
    offsets = [0]
    ids = []
    scores = []
  }

  /// The number of rows.
  public var count: Int { offsets.count - 1 }

  /// The entries of row `row`, best first. O(row's length).
  public subscript(row: Int) -> [Neighbour] {
    (offsets[row]..<offsets[row + 1]).map { Neighbour(item: Int(ids[$0]), score: scores[$0]) }
  }

  /// Adds the next row. O(row's length).
  public mutating func append(_ row: some Sequence<Neighbour>) {
    for neighbour in row {
      ids.append(Int32(neighbour.item))
      scores.append(neighbour.score)
    }
    offsets.append(ids.count)
  }

  /// Adds several rows of the given lengths at once. O(their entries).
  package mutating func append(lengths: [Int], ids: [Int32], scores: [Float]) {
    precondition(lengths.reduce(0, +) == ids.count && ids.count == scores.count, "rows do not fit")
    for length in lengths { offsets.append(offsets[offsets.count - 1] + length) }
    self.ids.append(contentsOf: ids)
    self.scores.append(contentsOf: scores)
  }
}

/// One item near another.
public struct Neighbour: Sendable, Equatable {
  /// The neighbour's ordinal in its catalogue.
  public var item: Int
  /// The measure's value, larger is nearer.
  public var score: Float

  /// Creates an entry of a list.
  public init(item: Int, score: Float) {
    self.item = item
    self.score = score
  }

  /// Whether `self` stands before `other`: by score, then by ordinal, so that order is total.
  public func precedes(_ other: Neighbour) -> Bool {
    score != other.score ? score > other.score : item < other.item
  }
}
