internal import Foundation

/// What must be beaten without a network: logistic regression for the purchase and linear regression
/// for the logarithm of the time, both on recency, frequency and size; and single numbers.
struct SimpleOutcomes: Sendable {
  private let numbers: StepNumbers
  private let scale: Standardisation
  private let purchase: [Double]
  private let time: [Double]
  /// The median of all times.
  private let median: Double

  init(_ numbers: StepNumbers, _ train: StepOutcomes) {
    self.numbers = numbers
    let scale = Standardisation(numbers, over: train.purchaseSteps, width: StepNumbers.simple)
    self.scale = scale
    func rows(_ steps: [Int]) -> [[Float]] {
      steps.map { [1] + scale.applied(numbers.row($0, width: StepNumbers.simple)) }
    }
    purchase = Self.logistic(rows(train.purchaseSteps), train.isBought)
    time = Self.linear(rows(train.timeSteps), train.seconds.map { log1p($0) })
    let sorted = train.seconds.sorted()
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// Scores of the ways to tell a purchase, by name.
  func purchases(_ steps: [Int]) -> [String: [Double]] {
    [
      "frequency": steps.map { Double(numbers.row($0)[offset: 8]) },
      "recency": steps.map { -Double(numbers.row($0)[offset: 10]) },
      "logistic": steps.map { dot(purchase, $0) },
    ]
  }

  /// Seconds by the ways to tell a time, by name.
  func times(_ steps: [Int]) -> [String: [Double]] {
    [
      "median": steps.map { _ in median },
      "own-mean": steps.map { numbers.meanGaps[$0].map { expm1($0) } ?? median },
      "linear": steps.map { expm1(min(25, max(0, dot(time, $0)))) },
    ]
  }

  private func dot(_ weights: [Double], _ step: Int) -> Double {
    let row = scale.applied(numbers.row(step, width: StepNumbers.simple))
    return zip(row, weights.dropFirst()).reduce(weights[0]) { $0 + Double($1.0) * $1.1 }
  }

  /// Newton's method with a small ridge.
  private static func logistic(_ rows: [[Float]], _ labels: [Bool]) -> [Double] {
    let width = StepNumbers.simple + 1
    var weights = [Double](repeating: 0, count: width)
    for _ in 0..<25 {
      var normal = NormalEquations(width)
      for (row, label) in zip(rows, labels) {
        let score = zip(row, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
        let p = 1 / (1 + exp(-score))
        normal.add(row, weight: max(1e-6, p * (1 - p)), target: (label ? 1 : 0) - p)
      }
      guard let step = normal.solved(ridge: 1, around: weights) else { return weights }
      weights = zip(weights, step).map { $0 + $1 }
      if step.allSatisfy({ abs($0) < 1e-6 }) { break }
    }
    return weights
  }

  private static func linear(_ rows: [[Float]], _ targets: [Double]) -> [Double] {
    let width = StepNumbers.simple + 1
    var normal = NormalEquations(width)
    for (row, target) in zip(rows, targets) { normal.add(row, weight: 1, target: target) }
    let zero = [Double](repeating: 0, count: width)
    return normal.solved(ridge: 1, around: zero) ?? zero
  }
}

extension ArraySlice {
  /// The element at a distance from the beginning.
  fileprivate subscript(offset distance: Int) -> Element { self[startIndex + distance] }
}

/// Σ weight · row · rowᵀ and Σ row · target.
private struct NormalEquations {
  private let width: Int
  private var matrix: [Double]
  private var right: [Double]

  init(_ width: Int) {
    self.width = width
    matrix = [Double](repeating: 0, count: width * width)
    right = [Double](repeating: 0, count: width)
  }

  mutating func add(_ row: [Float], weight: Double, target: Double) {
    for i in 0..<width {
      right[i] += Double(row[i]) * target
      for j in 0...i { matrix[i * width + j] += weight * Double(row[i]) * Double(row[j]) }
    }
  }

  /// The step that solves them, all weights but the first drawn to 0.
  func solved(ridge: Double, around weights: [Double]) -> [Double]? {
    var (full, target) = (matrix, right)
    for i in 0..<width {
      full[i * width + i] += i == 0 ? 1e-6 : ridge
      if i > 0 { target[i] -= ridge * weights[i] }
      for j in 0..<i { full[j * width + i] = full[i * width + j] }
    }
    guard let factor = Cholesky(full.map(Float.init), size: width) else { return nil }
    let inverse = factor.inverse()
    return (0..<width).map { i in
      (0..<width).reduce(0) { $0 + Double(inverse[i * width + $1]) * target[$1] }
    }
  }
}
