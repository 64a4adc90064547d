/// Joins ranked lists without looking at their scores: Σ over lists of weight / (k + rank).
///
/// G. Cormack, C. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
/// Rank Learning Methods", SIGIR 2009.
public struct RankFusion: Sendable {
  /// How slowly the worth of a rank falls; the paper's 60.
  public var k: Float
  /// The worth of each list; equal where empty.
  public var weights: [Float]

  /// Fuses with the paper's constant.
  public init(k: Float = 60, weights: [Float] = []) {
    self.k = k
    self.weights = weights
  }

  /// The items of all lists, best first; ties in the order of first appearance. O(n · log n).
  public func fuse<Item: Hashable>(_ lists: [[Item]]) -> [(item: Item, score: Float)] {
    var order: [Item] = []
    var scores: [Item: Float] = [:]
    for (number, list) in lists.enumerated() {
      let weight = weights.indices.contains(number) ? weights[number] : 1
      for (rank, item) in list.enumerated() {
        if scores[item] == nil { order.append(item) }
        scores[item, default: 0] += weight / (k + Float(rank + 1))
      }
    }
    return order.enumerated().map { ($0.offset, $0.element, scores[$0.element] ?? 0) }
      .sorted { ($1.2, $0.0) < ($0.2, $1.0) }.map { ($0.1, $0.2) }
  }
}
