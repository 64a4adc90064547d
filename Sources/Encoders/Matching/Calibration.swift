internal import Foundation

/// Joins the scores of several models into one probability: `σ(Σ weightᵢ · scoreᵢ + bias)`.
///
/// With one score this is Platt's calibration (*Probabilistic outputs for support vector machines*,
/// 1999), with several it is stacking by logistic regression (Wolpert, 1992). Fitted by Newton's
/// method with a small penalty that pulls the weights to equal shares, so that a small validation
/// set cannot make one model's weight negative without good reason.
public struct ScoreCalibration: Sendable, Codable, Equatable {
  /// What each score weighs.
  public internal(set) var weights: [Double]
  /// The log-odds where all scores are 0.
  public internal(set) var bias: Double

  /// Given weights.
  public init(weights: [Double], bias: Double) { (self.weights, self.bias) = (weights, bias) }

  /// Fits scores to labels. O(rows · scores² · steps).
  ///
  /// - Parameters:
  ///   - scores: one list a model, log-odds or the like, all of the labels' length.
  ///   - l2: the penalty on the weights' distance from equal shares of 1.
  public init(_ scores: [[Double]], _ labels: [Bool], l2: Double = 1) {
    precondition(scores.allSatisfy { $0.count == labels.count }, "one score a label")
    let count = scores.count + 1
    let prior = [Double](repeating: 1 / Double(max(1, scores.count)), count: scores.count) + [0]
    var solution = prior
    for _ in 0..<50 {
      var gradient = (0..<count).map { index in
        index < scores.count ? l2 * (solution[index] - prior[index]) : 0
      }
      var curvature = (0..<count).map { row in
        (0..<count).map { $0 == row ? (row < scores.count ? l2 : 1e-9) : 0.0 }
      }
      for (row, label) in labels.enumerated() {
        let x = scores.map { $0[row] } + [1]
        let p = Self.sigmoid(zip(x, solution).reduce(0) { $0 + $1.0 * $1.1 })
        for i in 0..<count {
          gradient[i] += (p - (label ? 1 : 0)) * x[i]
          for j in 0..<count { curvature[i][j] += max(p * (1 - p), 1e-9) * x[i] * x[j] }
        }
      }
      let step = Self.solve(curvature, gradient)
      // A full Newton step can overshoot where classes are far apart.
      let longest = step.map(abs).max() ?? 0
      let scale = longest > 2 ? 2 / longest : 1
      for index in 0..<count { solution[index] -= scale * step[index] }
      if longest < 1e-9 { break }
    }
    weights = Array(solution.dropLast())
    bias = solution[count - 1]
  }

  /// The probability for one row's scores.
  public func probability(_ scores: [Double]) -> Double {
    Self.sigmoid(zip(scores, weights).reduce(bias) { $0 + $1.0 * $1.1 })
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Gaussian elimination with pivots; a singular direction gets 0.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let count = rows.count
    for column in 0..<count {
      guard
        let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-12
      else { continue }
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        for index in column...count { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return (0..<count).map { abs(rows[$0][$0]) > 1e-12 ? rows[$0][count] / rows[$0][$0] : 0 }
  }
}

/// How well probabilities of a match agree with the labels.
public struct MatchMeasures: Sendable, Codable, Equatable {
  /// At the threshold: the harmonic mean of precision and recall of "same".
  public var f1: Double
  /// Of the pairs called the same, the share that is.
  public var precision: Double
  /// Of the pairs that are the same, the share that is called so.
  public var recall: Double
  /// The probability that a pair of one product scores above a pair of two; 0.5 without both.
  public var auc: Double
  /// The expected calibration error (see ``expectedCalibrationError(_:_:bins:)``).
  public var ece: Double
  /// From which probability on a pair is called the same.
  public var threshold: Double
  /// The pairs, and those of one product among them.
  public var pairs: Int, matches: Int

  /// Measures probabilities. O(n · log n).
  public init(_ probabilities: [Double], _ labels: [Bool], threshold: Double) {
    precondition(probabilities.count == labels.count, "one label a probability")
    self.threshold = threshold
    pairs = labels.count
    matches = labels.count { $0 }
    let called = probabilities.map { $0 >= threshold }
    let right = zip(called, labels).count { $0 && $1 }
    let calls = called.count { $0 }
    precision = calls > 0 ? Double(right) / Double(calls) : 0
    recall = matches > 0 ? Double(right) / Double(matches) : 0
    f1 = calls + matches > 0 ? 2 * Double(right) / Double(calls + matches) : 0
    auc = Self.area(probabilities, labels)
    ece = Self.expectedCalibrationError(probabilities, labels)
  }

  /// The mean distance between probability and frequency over bins of equal width, weighted by
  /// their rows (Naeini et al., 2015; Guo et al., 2017): the confidence is that of "same".
  public static func expectedCalibrationError(
    _ probabilities: [Double], _ labels: [Bool], bins: Int = 10
  ) -> Double {
    var sums = [(probability: Double, matches: Double)](repeating: (0, 0), count: bins)
    for (probability, label) in zip(probabilities, labels) {
      let bin = min(bins - 1, max(0, Int(probability * Double(bins))))
      sums[bin].probability += probability
      sums[bin].matches += label ? 1 : 0
    }
    let apart = sums.reduce(0.0) { $0 + abs($1.probability - $1.matches) }
    return apart / Double(max(1, labels.count))
  }

  /// The area under the ROC curve, ties counting half (Mann–Whitney).
  static func area(_ scores: [Double], _ labels: [Bool]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let positives = Double(labels.count { $0 })
    let negatives = Double(labels.count) - positives
    guard positives > 0, negatives > 0 else { return 0.5 }
    var (sum, start) = (0.0, 0)
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      sum += Double(start + end + 1) / 2 * Double(order[start..<end].count { labels[$0] })
      start = end
    }
    return (sum - positives * (positives + 1) / 2) / (positives * negatives)
  }

  /// The threshold with the best F1. Between neighbouring scores of which one is the last called
  /// the same, their middle; among thresholds of nearly equal F1, the middle of the longest
  /// stretch, which depends less on single pairs than the best point does. O(n · log n).
  public static func bestThreshold(_ probabilities: [Double], _ labels: [Bool]) -> Double {
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    let matches = labels.count { $0 }
    guard matches > 0, matches < labels.count else { return 0.5 }
    var right = 0
    var cuts: [(f1: Double, threshold: Double)] = []
    for (place, row) in order.enumerated() {
      right += labels[row] ? 1 : 0
      let next = place + 1 < order.count ? probabilities[order[place + 1]] : 0
      guard next < probabilities[row] else { continue }
      cuts.append(
        (2 * Double(right) / Double(place + 1 + matches), (probabilities[row] + next) / 2))
    }
    guard let best = cuts.map(\.f1).max() else { return 0.5 }
    // The cuts whose F1, smoothed over the neighbourhood, is best.
    let reach = max(1, matches / 40)
    func smoothed(_ index: Int) -> Double {
      let part = cuts[max(0, index - reach)...min(cuts.count - 1, index + reach)]
      return part.reduce(0) { $0 + $1.f1 } / Double(part.count)
    }
    let close = cuts.indices.filter { cuts[$0].f1 >= best - 0.02 }
    let chosen = close.max { smoothed($0) < smoothed($1) }
    return chosen.map { cuts[$0].threshold } ?? 0.5
  }
}

extension MatchMeasures {
  /// The area under the precision-recall curve: the mean precision at each match, by falling
  /// score; 0 without matches. O(n · log n).
  static func averagePrecision(_ scores: [Double], _ labels: [Bool]) -> Double {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var (right, sum) = (0, 0.0)
    for (place, row) in order.enumerated() where labels[row] {
      right += 1
      sum += Double(right) / Double(place + 1)
    }
    return right > 0 ? sum / Double(right) : 0
  }
}
