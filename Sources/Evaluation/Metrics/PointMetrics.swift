internal import Foundation

/// Measures of single predictions against what happened.
public enum PointMetrics {
  /// mean |prediction - truth|, in the units of both. `nil` for no predictions.
  public static func meanAbsoluteError(_ predictions: [Double], _ truth: [Double]) -> Double? {
    mean(predictions, truth) { abs($0 - $1) }
  }

  /// mean (prediction - truth)². `nil` for no predictions.
  public static func meanSquaredError(_ predictions: [Double], _ truth: [Double]) -> Double? {
    mean(predictions, truth) { ($0 - $1) * ($0 - $1) }
  }

  /// -mean (y·ln p + (1 - y)·ln(1 - p)) in nats; probabilities are kept `margin` away from 0 and
  /// 1, so that one wrong certainty does not make it infinite. `nil` for no predictions.
  public static func logLoss(
    _ probabilities: [Double], _ labels: [Bool], margin: Double = 1e-15
  ) -> Double? {
    mean(probabilities, labels.map { $0 ? 1 : 0 }) { probability, label in
      let p = min(max(probability, margin), 1 - margin)
      return label == 1 ? -log(p) : -log(1 - p)
    }
  }

  /// The share of predictions `probability >= threshold` that agree with the label.
  public static func accuracy(
    _ probabilities: [Double], _ labels: [Bool], threshold: Double = 0.5
  ) -> Double? {
    mean(probabilities, labels.map { $0 ? 1 : 0 }) {
      ($0 >= threshold) == ($1 == 1) ? 1 : 0
    }
  }

  /// The probability that a positive scores higher than a negative, ties counting half: the area
  /// under the ROC curve (Mann–Whitney). `nil` without both kinds. O(n · log n).
  public static func area(_ scores: [Double], _ labels: [Bool]) -> Double? {
    precondition(scores.count == labels.count, "one label a score")
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    var (rankSum, start) = (0.0, 0)
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let middle = Double(start + end + 1) / 2
      rankSum += middle * Double(order[start..<end].count { labels[$0] })
      start = end
    }
    let (p, n) = (Double(positives), Double(negatives))
    return (rankSum - p * (p + 1) / 2) / (p * n)
  }

  private static func mean(
    _ predictions: [Double], _ truth: [Double], _ loss: (Double, Double) -> Double
  ) -> Double? {
    precondition(predictions.count == truth.count, "one truth a prediction")
    guard !predictions.isEmpty else { return nil }
    return zip(predictions, truth).reduce(0) { $0 + loss($1.0, $1.1) } / Double(truth.count)
  }
}
