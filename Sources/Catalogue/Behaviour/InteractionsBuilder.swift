/// Collects single events in any order and makes ``Interactions`` of them.
///
/// Events of one user with one item become one entry: weights add up, the latest time stays, and the
/// earliest beside it.
public struct InteractionsBuilder: Sendable {
  private var users: [Int32] = []
  private var items: [Int32] = []
  private var weights: [Float] = []
  private var times: [Double] = []
  private var isWeighted = false
  private var isTimed = false

  /// No events.
  public init() {}

  /// The number of events so far.
  public var count: Int { users.count }

  /// Adds an event.
  ///
  /// - Parameters:
  ///   - weight: what the event is worth; 1 for a plain fact.
  ///   - time: seconds since 1970.
  /// - Precondition: ordinals are in `0 ... Interactions.largestIdentifier`.
  public mutating func append(user: Int, item: Int, weight: Float = 1, time: Double? = nil) {
    let bounds = 0...Interactions.largestIdentifier
    precondition(bounds.contains(user) && bounds.contains(item), "an ordinal out of range")
    users.append(Int32(user))
    items.append(Int32(item))
    if weight != 1 && !isWeighted {
      isWeighted = true
      weights = [Float](repeating: 1, count: users.count - 1)
    }
    if isWeighted { weights.append(weight) }
    if time != nil && !isTimed {
      isTimed = true
      times = [Double](repeating: -.infinity, count: users.count - 1)
    }
    if isTimed { times.append(time ?? -.infinity) }
  }

  /// The matrix; its size by default just holds all ordinals. O(n + Σ row · log row).
  ///
  /// - Parameter keepsRepeats: whether an item taken three times weighs 3 (for files that state
  ///   facts, not events, it weighs 1).
  public func build(userCount: Int? = nil, itemCount: Int? = nil, keepsRepeats: Bool = false)
    -> Interactions
  {
    let userCount = userCount ?? users.max().map { Int($0) + 1 } ?? 0
    let itemCount = itemCount ?? items.max().map { Int($0) + 1 } ?? 0
    precondition(items.allSatisfy { $0 < itemCount }, "an item out of range")
    let rows = order(userCount: userCount)
    let weighted = isWeighted || keepsRepeats
    var (kept, keptWeights): ([Int32], [Float]) = ([], [])
    var (keptTimes, firstTimes): ([Double], [Double]) = ([], [])
    kept.reserveCapacity(count)
    var offsets = [0]
    for user in 0..<userCount {
      let start = kept.count
      let row = rows.events[rows.offsets[user]..<rows.offsets[user + 1]]
      let isSorted = zip(row, row.dropFirst()).allSatisfy { items[$0] < items[$1] }
      for event in isSorted ? row : row.sorted(by: { items[$0] < items[$1] })[...] {
        let weight = isWeighted ? weights[event] : 1
        if kept.count > start, kept[kept.count - 1] == items[event] {
          if weighted { keptWeights[kept.count - 1] += weight }
          if isTimed {
            keptTimes[kept.count - 1] = max(keptTimes[kept.count - 1], times[event])
            firstTimes[kept.count - 1] = min(firstTimes[kept.count - 1], times[event])
          }
          continue
        }
        kept.append(items[event])
        if weighted { keptWeights.append(weight) }
        if isTimed {
          keptTimes.append(times[event])
          firstTimes.append(times[event])
        }
      }
      offsets.append(kept.count)
    }
    return Interactions(
      userCount: userCount, itemCount: itemCount, offsets: offsets, items: kept,
      weights: weighted ? keptWeights : nil, times: isTimed ? keptTimes : nil,
      firstTimes: isTimed ? firstTimes : nil)
  }

  /// Events by user, by counting.
  private func order(userCount: Int) -> (offsets: [Int], events: [Int]) {
    var starts = [Int](repeating: 0, count: userCount + 1)
    for user in users { starts[Int(user) + 1] += 1 }
    for user in 0..<userCount { starts[user + 1] += starts[user] }
    let offsets = starts
    var events = [Int](repeating: 0, count: count)
    for event in 0..<count {
      events[starts[Int(users[event])]] = event
      starts[Int(users[event])] += 1
    }
    return (offsets, events)
  }
}
