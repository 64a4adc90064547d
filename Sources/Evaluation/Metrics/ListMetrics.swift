public import AkinCatalogue
internal import Foundation

/// What the lists look like as a whole, whether or not they hit: how much of the catalogue they
/// show, and how far they lean on what is popular anyway.
public struct ListMetrics: Sendable, Equatable, Codable {
  /// The share of all items that stand in at least one list.
  public var coverage: Double
  /// The inequality of how often items are shown: 0 where all are shown equally often, near 1
  /// where a few get everything. Items never shown count.
  public var gini: Double
  /// The mean of -log₂(share of users who took the item in train), in bits; items nobody took
  /// count as taken once. Castells, Vargas and Wang, *Novelty and diversity metrics* (2011).
  public var novelty: Double
  /// 1 - the mean cosine of pairs within a list, by who took them in train, in `0 ... 1`.
  public var diversity: Double
  /// The mean popularity of what is shown, divided by that of what the same users took, minus 1:
  /// above 0 the lists are more popular than the users' own taste. Abdollahpouri et al. (2019).
  public var popularityLift: Double

  /// Measures the first `cut` of each list of `rows`. O(rows · cut² · row length).
  ///
  /// - Parameters:
  ///   - train: what the recommender learnt from; row r's list is user r's.
  ///   - diversitySample: diversity is taken over at most so many lists, evenly spread.
  public init(
    of lists: RankedLists, rows: [Int], train: Interactions, cut: Int,
    diversitySample: Int = 500
  ) {
    let counts = train.itemCounts()
    var shown = [Int](repeating: 0, count: train.itemCount)
    var (bits, entries, lift, lifted) = (0.0, 0, 0.0, 0)
    for row in rows {
      let list = lists[row].prefix(cut)
      for item in list {
        shown[Int(item)] += 1
        bits -= log2(Double(max(1, counts[Int(item)])) / Double(max(1, train.userCount)))
      }
      entries += list.count
      let own = Self.popularity(train[row], counts)
      if own > 0, !list.isEmpty {
        lift += Self.popularity(list, counts) / own
        lifted += 1
      }
    }
    coverage = Double(shown.count { $0 > 0 }) / Double(max(1, train.itemCount))
    gini = Self.gini(shown)
    novelty = entries > 0 ? bits / Double(entries) : 0
    popularityLift = lifted > 0 ? lift / Double(lifted) - 1 : 0
    let step = max(1, rows.count / max(1, diversitySample))
    let sample = stride(from: 0, to: rows.count, by: step).map { lists[rows[$0]].prefix(cut) }
    diversity = Self.diversity(sample, takers: train.transposed())
  }

  private static func popularity(_ items: ArraySlice<Int32>, _ counts: [Int]) -> Double {
    guard !items.isEmpty else { return 0 }
    return Double(items.reduce(0) { $0 + counts[Int($1)] }) / Double(items.count)
  }

  /// The Gini coefficient of counts; 0 where all are 0.
  static func gini(_ counts: [Int]) -> Double {
    let total = counts.reduce(0, +)
    guard total > 0 else { return 0 }
    let n = Double(counts.count)
    var sum = 0.0
    for (index, count) in counts.sorted().enumerated() {
      sum += (2 * Double(index + 1) - n - 1) * Double(count)
    }
    return sum / (n * Double(total))
  }

  /// 1 - mean cosine over the pairs of each list, averaged over lists of at least two.
  private static func diversity(_ lists: [ArraySlice<Int32>], takers: Interactions) -> Double {
    var (sum, count) = (0.0, 0)
    for list in lists where list.count > 1 {
      var (similarity, pairs) = (0.0, 0)
      for (index, first) in list.enumerated() {
        for second in list.dropFirst(index + 1) {
          similarity += cosine(takers[Int(first)], takers[Int(second)])
          pairs += 1
        }
      }
      sum += 1 - similarity / Double(pairs)
      count += 1
    }
    return count > 0 ? sum / Double(count) : 0
  }

  /// |a ∩ b| / √(|a|·|b|) of ascending sets. O(|a| + |b|).
  static func cosine(_ first: ArraySlice<Int32>, _ second: ArraySlice<Int32>) -> Double {
    guard !first.isEmpty, !second.isEmpty else { return 0 }
    var (left, right, shared) = (first.startIndex, second.startIndex, 0)
    while left < first.endIndex && right < second.endIndex {
      if first[left] == second[right] {
        (left, right, shared) = (left + 1, right + 1, shared + 1)
      } else if first[left] < second[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return Double(shared) / (Double(first.count) * Double(second.count)).squareRoot()
  }
}
