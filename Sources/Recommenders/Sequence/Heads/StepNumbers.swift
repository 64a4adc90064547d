internal import Foundation

/// What is known at a step without looking at the items: when the shopper came before, how often, how
/// evenly, when something was bought last, the hour and the day. Read by the networks beside the
/// items; the first ``simple`` of them are the simple baselines'.
struct StepNumbers: Sendable {
  static let names = [
    "first", "gap", "steps", "mean-gap", "gap-spread", "day", "week", "month", "purchases",
    "purchase", "since-purchase", "items", "hour-sine", "hour-cosine", "weekday-sine",
    "weekday-cosine",
  ]
  /// Recency, frequency and size, without the calendar.
  static let simple = 12

  /// `[steps, names]`, row-major.
  private(set) var values: [Float] = []
  /// Of each step the mean gap of its shopper so far, in log₁₊ seconds; `nil` at a first step.
  private(set) var meanGaps: [Double?] = []

  private static let day = 86_400.0

  /// O(steps).
  init(_ steps: ShopperSteps) {
    values.reserveCapacity(steps.steps.count * Self.names.count)
    for shopper in 0..<steps.count { append(steps, steps.range(of: shopper)) }
  }

  private mutating func append(_ steps: ShopperSteps, _ range: Range<Int>) {
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    var windows = [range.lowerBound, range.lowerBound, range.lowerBound]
    var (purchases, lastPurchase): ([Int], Double?) = ([0], nil)
    for index in range {
      let step = steps.steps[index]
      let gap = index > range.lowerBound ? step.time - steps.steps[index - 1].time : nil
      if let gap {
        let size = log1p(gap)
        (sum, squares, count) = (sum + size, squares + size * size, count + 1)
      }
      for (window, days) in [1.0, 7, 30].enumerated() {
        while steps.steps[windows[window]].time < step.time - days * Self.day {
          windows[window] += 1
        }
      }
      purchases.append(purchases[purchases.count - 1] + (step.isPurchase ? 1 : 0))
      if step.isPurchase { lastPurchase = step.time }
      let place = index - range.lowerBound
      let lately = purchases[place + 1] - purchases[windows[2] - range.lowerBound]
      let mean = count > 0 ? sum / count : nil
      meanGaps.append(mean)
      let spread = count > 1 ? max(0, squares / count - (mean ?? 0) * (mean ?? 0)).squareRoot() : 0
      let hour = step.time / Self.day * 2 * .pi
      let own: [Double] = [
        gap == nil ? 1 : 0, gap.map { log1p($0) } ?? 0, log1p(Double(place)), mean ?? 0, spread,
        log1p(Double(index - windows[0])), log1p(Double(index - windows[1])),
        log1p(Double(index - windows[2])), log1p(Double(lately)), step.isPurchase ? 1 : 0,
        lastPurchase.map { log1p(step.time - $0) } ?? 20, log1p(Double(step.items.count)),
        sin(hour), cos(hour), sin(hour / 7), cos(hour / 7),
      ]
      values += own.map(Float.init)
    }
  }

  /// The first `width` numbers of a step.
  func row(_ step: Int, width: Int = names.count) -> ArraySlice<Float> {
    let start = step * Self.names.count
    return values[start..<start + width]
  }
}

/// Means and deviations, so that all numbers are of one size.
struct Standardisation: Sendable, Equatable, Codable {
  let means: [Float]
  let deviations: [Float]

  init(means: [Float], deviations: [Float]) {
    (self.means, self.deviations) = (means, deviations)
  }

  /// Over some steps.
  init(_ numbers: StepNumbers, over steps: [Int], width: Int) {
    var (sums, squares) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    for step in steps {
      for (column, value) in numbers.row(step, width: width).enumerated() {
        sums[column] += Double(value)
        squares[column] += Double(value) * Double(value)
      }
    }
    let count = Double(max(1, steps.count))
    means = sums.map { Float($0 / count) }
    deviations = zip(sums, squares).map { sum, square in
      let variance = square / count - sum / count * (sum / count)
      return variance > 1e-10 ? Float(variance.squareRoot()) : 1
    }
  }

  func applied(_ row: ArraySlice<Float>) -> [Float] {
    row.enumerated().map { ($1 - means[$0]) / deviations[$0] }
  }
}
