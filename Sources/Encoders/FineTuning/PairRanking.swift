import Foundation

/// How well scores of pairs agree with their relevance.
enum PairRanking {
  /// Spearman's rank correlation, ties at their mean rank; 0 where either side is constant.
  /// O(n · log n).
  static func spearman(_ scores: [Float], _ relevance: [Float]) -> Double {
    let (left, right) = (ranks(scores), ranks(relevance))
    let mean = Double(left.count - 1) / 2
    var (top, one, other) = (0.0, 0.0, 0.0)
    for (a, b) in zip(left, right) {
      top += (a - mean) * (b - mean)
      one += (a - mean) * (a - mean)
      other += (b - mean) * (b - mean)
    }
    return one > 0 && other > 0 ? top / (one * other).squareRoot() : 0
  }

  private static func ranks(_ values: [Float]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in order[start..<end] { ranks[place] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }

  /// The mean NDCG at 10 over groups whose gains differ, the gain being the relevance above
  /// `least`; `nil` where no group has any. O(n · log n).
  static func ndcg(
    _ scores: [Float], _ relevance: [Float], groups: [[Int]], least: Float
  ) -> Double? {
    var (sum, count) = (0.0, 0)
    for group in groups {
      let gains = group.map { Double(relevance[$0] - least) }
      guard let low = gains.min(), let high = gains.max(), low < high else { continue }
      let order = group.indices.sorted { (scores[group[$1]], $0) < (scores[group[$0]], $1) }
      func discounted(_ gains: some Sequence<Double>) -> Double {
        gains.prefix(10).enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset + 2)) }
      }
      sum += discounted(order.map { gains[$0] }) / discounted(gains.sorted(by: >))
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
