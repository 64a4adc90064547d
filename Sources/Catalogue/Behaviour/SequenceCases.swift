/// Questions to a sequence recommender: "what comes after these?", each with its answer.
public struct SequenceCases: Sendable, Equatable {
  /// Where the histories stand.
  public let sequences: Sequences
  /// The row of each case.
  public private(set) var rows: [Int32] = []
  /// How many items of the row are the history; the next one is the target.
  public private(set) var lengths: [Int32] = []

  /// No cases yet, over `sequences`.
  private init(over sequences: Sequences) { self.sequences = sequences }

  /// The number of cases.
  public var count: Int { rows.count }

  /// The items before the target, oldest first.
  public func history(of index: Int) -> ArraySlice<Int32> {
    sequences[Int(rows[index])].prefix(Int(lengths[index]))
  }

  /// The item to be found.
  public func target(of index: Int) -> Int32 {
    let row = sequences[Int(rows[index])]
    return row[row.startIndex + Int(lengths[index])]
  }

  /// The targets as a matrix of one item a row, for metrics.
  ///
  /// - Parameter itemCount: at least that of the sequences.
  public func targets(itemCount: Int) -> Interactions {
    var builder = InteractionsBuilder()
    for index in 0..<count { builder.append(user: index, item: Int(target(of: index))) }
    return builder.build(userCount: count, itemCount: max(itemCount, sequences.itemCount))
  }

  /// The last item of each row with at least two is the target: the test of leave-one-out.
  public static func last(of sequences: Sequences) -> SequenceCases {
    var cases = SequenceCases(over: sequences)
    for row in 0..<sequences.count where sequences[row].count > 1 {
      cases.append(row, sequences[row].count - 1)
    }
    return cases
  }

  /// Every item but the first is a target: the protocol of session recommenders.
  public static func everyPrefix(of sequences: Sequences) -> SequenceCases {
    var cases = SequenceCases(over: sequences)
    for row in 0..<sequences.count {
      for length in 1..<max(1, sequences[row].count) { cases.append(row, length) }
    }
    return cases
  }

  /// At most `limit` of these cases, evenly spread over them.
  public func spread(over limit: Int) -> SequenceCases {
    guard count > limit, limit > 0 else { return self }
    var chosen = SequenceCases(over: sequences)
    for index in 0..<limit {
      let from = index * count / limit
      chosen.append(Int(rows[from]), Int(lengths[from]))
    }
    return chosen
  }

  private mutating func append(_ row: Int, _ length: Int) {
    rows.append(Int32(row))
    lengths.append(Int32(length))
  }
}

extension Sequences {
  /// Each row without its last `count` items; rows that short become empty.
  public func droppingLast(_ count: Int) -> Sequences {
    var result = Sequences(itemCount: itemCount)
    for row in 0..<self.count { result.append(self[row].dropLast(count)) }
    result.identifiers = identifiers
    return result
  }
}
