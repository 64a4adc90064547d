public import AkinCatalogue

/// What came next before: a Markov chain over the last one or two items that backs off to shorter
/// contexts.
///
/// The probability after a context of n items is that of its counts, mixed with the one after the
/// n − 1 last of them in proportion to how many different items followed (Witten & Bell, 1991):
///
///     P(j | c) = (count(c, j) + t(c) · P(j | shorter c)) / (count(c) + t(c))
///
/// with t(c) the number of different items after c. Without any context it is the popularity.
/// Where ``reach`` is above 1, an item also counts for those that came 2, 3 … places later, each
/// with `1 / distance`: baskets and browsing are only roughly in order.
///
/// Fitting: O(n · reach · log n). Scoring: O(items + followers) a history.
public struct Markov: SequenceAlgorithm, Equatable, Codable {
  /// Items of the context: 0 is popularity, 1 a bigram, 2 a trigram.
  public var order = 2
  /// Places ahead that count for a context of one item.
  public var reach = 1

  /// The usual settings.
  public init(order: Int = 2, reach: Int = 1) { (self.order, self.reach) = (order, reach) }

  /// Counts.
  ///
  /// - Throws: ``RecommenderError`` `badSetting`, `noInteractions`.
  public func fit(
    _ sequences: Sequences, validation: SequenceCases?, progress: FitProgress
  ) throws -> MarkovModel {
    guard (0...2).contains(order), (1...100).contains(reach) else {
      throw RecommenderError(.badSetting, "the order is 0 to 2 and the reach 1 to 100")
    }
    guard !sequences.items.isEmpty else {
      throw RecommenderError(.noInteractions, "the sequences hold no items")
    }
    var popularity = [Float](repeating: 0, count: sequences.itemCount)
    for item in sequences.items { popularity[Int(item)] += 1 }
    var tables: [FollowerTable] = []
    for length in 0..<order {
      try progress(length, order)
      tables.append(FollowerTable(pairs(of: sequences, contextLength: length + 1)))
    }
    return try MarkovModel(self, popularity: popularity, tables: tables)
  }

  /// Every context with an item that follows it, and what that counts.
  private func pairs(of sequences: Sequences, contextLength: Int) -> [FollowerTable.Pair] {
    var pairs: [FollowerTable.Pair] = []
    pairs.reserveCapacity(sequences.items.count * (contextLength == 1 ? reach : 1))
    for row in 0..<sequences.count {
      let range = sequences.offsets[row]..<sequences.offsets[row + 1]
      for place in range.dropFirst(contextLength - 1) {
        let context = FollowerTable.context(sequences.items[(place - contextLength + 1)...place])
        for distance in 1...(contextLength == 1 ? reach : 1)
        where place + distance < range.upperBound {
          pairs.append(
            .init(
              context: context, next: sequences.items[place + distance],
              weight: 1 / Float(distance)))
        }
      }
    }
    return pairs
  }
}

/// What followed each context, and how often.
struct FollowerTable: Equatable {
  struct Pair {
    var context: UInt64
    var next: Int32
    var weight: Float
  }

  /// Ascending.
  private(set) var contexts: [UInt64] = []
  private(set) var offsets: [Int32] = [0]
  private(set) var items: [Int32] = []
  private(set) var counts: [Float] = []

  /// One or two items as a number.
  static func context(_ items: ArraySlice<Int32>) -> UInt64 {
    items.reduce(UInt64(0)) { $0 << 32 | UInt64(UInt32(bitPattern: $1)) }
  }

  init(_ pairs: [Pair]) {
    for pair in pairs.sorted(by: { ($0.context, $0.next) < ($1.context, $1.next) }) {
      if contexts.last != pair.context {
        contexts.append(pair.context)
        offsets.append(offsets[offsets.count - 1])
      } else if items.last == pair.next {
        counts[counts.count - 1] += pair.weight
        continue
      }
      items.append(pair.next)
      counts.append(pair.weight)
      offsets[offsets.count - 1] += 1
    }
  }

  /// Takes parts that fit together.
  init?(contexts: [UInt64], offsets: [Int32], items: [Int32], counts: [Float]) {
    guard offsets.count == contexts.count + 1, offsets.first == 0,
      offsets.last.map(Int.init) == items.count, counts.count == items.count,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(contexts, contexts.dropFirst()).allSatisfy({ $0 < $1 }),
      counts.allSatisfy({ $0 > 0 })
    else { return nil }
    (self.contexts, self.offsets, self.items, self.counts) = (contexts, offsets, items, counts)
  }

  /// Where the followers of a context stand. O(log contexts).
  func range(of context: UInt64) -> Range<Int>? {
    var (low, high) = (0, contexts.count)
    while low < high {
      let middle = (low + high) / 2
      if contexts[middle] < context { low = middle + 1 } else { high = middle }
    }
    guard low < contexts.count, contexts[low] == context else { return nil }
    return Int(offsets[low])..<Int(offsets[low + 1])
  }
}
