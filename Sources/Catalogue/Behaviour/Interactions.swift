/// Who took what: a sparse matrix `[users, items]`, row by row (CSR).
///
/// Row `u` holds the items of user `u`, ascending and each once, with a weight (1 where none is
/// kept) and a time (where times are kept). Events of several types are one matrix: a purchase is
/// worth more than a view by its weight.
public struct Interactions: Sendable, Equatable {
  /// Ordinals of users and items lie in `0 ... largestIdentifier`.
  public static let largestIdentifier = 100_000_000

  /// The number of rows.
  public let userCount: Int
  /// The number of columns.
  public let itemCount: Int
  /// Start of each row in ``items``, one more than there are users.
  public let offsets: [Int]
  /// Items, all rows one after the other.
  public let items: [Int32]
  /// The weight of each entry of ``items``; `nil` where all are 1.
  public let weights: [Float]?
  /// The time of each entry of ``items``, in seconds since 1970; `nil` where unknown. Of several
  /// events that are one entry the latest.
  public let times: [Double]?
  /// Of the same events the earliest.
  public let firstTimes: [Double]?

  /// The number of interactions.
  public var count: Int { items.count }

  /// The entries of ``items`` that are user `user`'s.
  public func range(of user: Int) -> Range<Int> { offsets[user]..<offsets[user + 1] }

  /// The items of `user`, ascending.
  public subscript(user: Int) -> ArraySlice<Int32> { items[range(of: user)] }

  /// Whether `user` took `item`. O(log row).
  public func contains(user: Int, item: Int) -> Bool {
    let row = self[user]
    var (low, high) = (row.startIndex, row.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if row[middle] < item { low = middle + 1 } else { high = middle }
    }
    return low < row.endIndex && row[low] == item
  }

  /// Takes checked rows over.
  init(
    userCount: Int, itemCount: Int, offsets: [Int], items: [Int32], weights: [Float]?,
    times: [Double]?, firstTimes: [Double]?
  ) {
    self.userCount = userCount
    self.itemCount = itemCount
    self.offsets = offsets
    self.items = items
    self.weights = weights
    self.times = times
    self.firstTimes = firstTimes
  }

  /// Rows given as lists of items, all of weight 1 and without times. O(n · log row).
  ///
  /// - Precondition: items are in `0 ..< itemCount`.
  public init(rows: [[Int]], itemCount: Int) {
    var builder = InteractionsBuilder()
    for (user, row) in rows.enumerated() {
      for item in row { builder.append(user: user, item: item) }
    }
    self = builder.build(userCount: rows.count, itemCount: itemCount)
  }

  /// How many users took each item. O(n).
  public func itemCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: itemCount)
    for item in items { counts[Int(item)] += 1 }
    return counts
  }

  /// Users of each item: the matrix `[items, users]`, with weights and times. O(n).
  public func transposed() -> Interactions {
    var starts = [Int](repeating: 0, count: itemCount + 1)
    for item in items { starts[Int(item) + 1] += 1 }
    for item in 0..<itemCount { starts[item + 1] += starts[item] }
    let offsets = starts
    var users = [Int32](repeating: 0, count: count)
    var weights = self.weights.map { [Float](repeating: 0, count: $0.count) }
    var times = self.times.map { [Double](repeating: 0, count: $0.count) }
    var firstTimes = times
    for user in 0..<userCount {
      for entry in range(of: user) {
        let place = starts[Int(items[entry])]
        starts[Int(items[entry])] += 1
        users[place] = Int32(user)
        if let given = self.weights { weights?[place] = given[entry] }
        if let given = self.times { times?[place] = given[entry] }
        if let given = self.firstTimes { firstTimes?[place] = given[entry] }
      }
    }
    return Interactions(
      userCount: itemCount, itemCount: userCount, offsets: offsets, items: users,
      weights: weights, times: times, firstTimes: firstTimes)
  }

  /// The same users and items with those entries alone for which `isKept(user, entry)`. O(n).
  public func filtered(_ isKept: (_ user: Int, _ entry: Int) -> Bool) -> Interactions {
    var kept: [Int] = []
    var offsets = [0]
    offsets.reserveCapacity(userCount + 1)
    for user in 0..<userCount {
      for entry in range(of: user) where isKept(user, entry) { kept.append(entry) }
      offsets.append(kept.count)
    }
    return Interactions(
      userCount: userCount, itemCount: itemCount, offsets: offsets,
      items: kept.map { items[$0] }, weights: weights.map { all in kept.map { all[$0] } },
      times: times.map { all in kept.map { all[$0] } },
      firstTimes: firstTimes.map { all in kept.map { all[$0] } })
  }

  /// Some consecutive rows as a matrix of their own. O(their entries).
  public func rows(_ range: Range<Int>) -> Interactions {
    let entries = offsets[range.lowerBound]..<offsets[range.upperBound]
    return Interactions(
      userCount: range.count, itemCount: itemCount,
      offsets: offsets[range.lowerBound...range.upperBound].map { $0 - entries.lowerBound },
      items: Array(items[entries]), weights: weights.map { Array($0[entries]) },
      times: times.map { Array($0[entries]) }, firstTimes: firstTimes.map { Array($0[entries]) })
  }

  /// The same entries with other weights; an entry without one counts as 1. O(n).
  public func mapWeights(_ transform: (Float) -> Float) -> Interactions {
    let given = weights ?? [Float](repeating: 1, count: count)
    return Interactions(
      userCount: userCount, itemCount: itemCount, offsets: offsets, items: items,
      weights: given.map(transform), times: times, firstTimes: firstTimes)
  }

  /// The same entries with `weights`, one an entry.
  public func with(weights: [Float]) -> Interactions {
    precondition(weights.count == count, "one weight an entry")
    return Interactions(
      userCount: userCount, itemCount: itemCount, offsets: offsets, items: items,
      weights: weights, times: times, firstTimes: firstTimes)
  }

  /// The same entries in a larger matrix.
  ///
  /// - Precondition: neither number is smaller than before.
  public func widened(userCount: Int, itemCount: Int) -> Interactions {
    precondition(userCount >= self.userCount && itemCount >= self.itemCount, "a smaller matrix")
    let rest = repeatElement(count, count: userCount - self.userCount)
    return Interactions(
      userCount: userCount, itemCount: itemCount, offsets: offsets + rest, items: items,
      weights: weights, times: times, firstTimes: firstTimes)
  }
}
