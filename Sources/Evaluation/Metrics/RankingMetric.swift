internal import Foundation

/// A measure of one ranked list against the set of relevant items, in `0 ... 1`, larger is better.
///
/// T is the set of relevant items, k the cut, hits the relevant items among the first k.
/// Averages are over rows with at least one relevant item.
public enum RankingMetric: String, Sendable, CaseIterable, Codable {
  /// hits / |T|.
  case recall
  /// hits / k, also where a list is shorter.
  case precision
  /// 2·P·R / (P + R) of one row. Over many rows ``RankingReport`` takes it of the *averaged*
  /// precision and recall, as UltraGCN's and RecZoo's published figures do.
  case f1
  /// 1 if there is a hit.
  case hitRate = "hit"
  /// Discounted gain Σ [hit at rank r] / log₂(r + 1), divided by that of the ideal list, which has
  /// min(|T|, k) hits in front. Järvelin and Kekäläinen (2002), binary gains.
  case ndcg
  /// 1 / rank of the first hit, 0 without one.
  case mrr
  /// Σ [hit at r] · (hits up to r) / r, divided by min(|T|, k).
  case map

  /// The measure of one list.
  ///
  /// - Parameters:
  ///   - hits: whether each rank holds a relevant item, best rank first.
  ///   - relevant: |T|, at least 1.
  ///   - cut: k.
  public func value(hits: some Collection<Bool>, relevant: Int, cut: Int) -> Double {
    let considered = hits.prefix(cut)
    let found = Double(considered.count { $0 })
    let (precision, recall) = (found / Double(cut), found / Double(relevant))
    switch self {
    case .recall: return recall
    case .precision: return precision
    case .f1: return Self.harmonicMean(precision, recall)
    case .hitRate: return found > 0 ? 1 : 0
    case .ndcg:
      var gain = 0.0
      for (rank, hit) in considered.enumerated() where hit { gain += Self.discount(rank) }
      var ideal = 0.0
      for rank in 0..<min(relevant, cut) { ideal += Self.discount(rank) }
      return gain / ideal
    case .mrr:
      for (rank, hit) in considered.enumerated() where hit { return 1 / Double(rank + 1) }
      return 0
    case .map:
      var (sum, seen) = (0.0, 0.0)
      for (rank, hit) in considered.enumerated() where hit {
        seen += 1
        sum += seen / Double(rank + 1)
      }
      return sum / Double(min(relevant, cut))
    }
  }

  /// 2·a·b / (a + b), 0 where both are.
  public static func harmonicMean(_ first: Double, _ second: Double) -> Double {
    first + second > 0 ? 2 * first * second / (first + second) : 0
  }

  /// The weight of rank `rank`, counted from 0.
  static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank) + 2) }
}
