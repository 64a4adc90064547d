internal import AkinSimilarity

/// The interval that a mean over users would fall into, had other users been asked.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
  /// The mean.
  public var mean: Double
  /// The lower end.
  public var lower: Double
  /// The upper end.
  public var upper: Double

  /// The percentile bootstrap (Efron 1979): `samples` means of as many values drawn with
  /// replacement. O(samples · n).
  ///
  /// - Parameters:
  ///   - level: the share of samples inside, such as 0.95.
  /// - Precondition: `values` is not empty.
  public init(
    bootstrapping values: [Float], level: Double = 0.95, samples: Int = 1_000, seed: UInt64
  ) {
    precondition(!values.isEmpty && samples > 0, "no values")
    var generator = SplitMix64(seed: seed)
    var means: [Double] = []
    for _ in 0..<samples {
      var sum = 0.0
      for _ in values.indices {
        sum += Double(values[Int.random(in: values.indices, using: &generator)])
      }
      means.append(sum / Double(values.count))
    }
    means.sort()
    let tail = (1 - level) / 2
    mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    lower = means[Int(tail * Double(samples))]
    upper = means[min(samples - 1, Int((1 - tail) * Double(samples)))]
  }
}
