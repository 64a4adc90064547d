/// Counts of values in bins of equal width.
public struct Histogram: Sendable, Hashable, Codable {
  /// Where the first bin starts.
  public var lower: Double
  /// Where the last bin ends.
  public var upper: Double
  /// Values a bin; the last bin includes ``upper``.
  public var bins: [Int]
  /// The middle value.
  public var median: Double
  /// The arithmetic mean.
  public var mean: Double

  /// Counts `values`, O(n log n); `nil` when none of them is finite.
  ///
  /// - Parameters:
  ///   - values: Scores in any order; those that are not finite are left out.
  ///   - count: Number of bins, at least 1.
  ///   - range: Ends of the bins; the values' own smallest and largest by default. Values outside
  ///     are counted in the outer bins.
  public init?(of values: [Double], bins count: Int = 40, range: ClosedRange<Double>? = nil) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let count = max(count, 1)
    lower = range?.lowerBound ?? first
    upper = range?.upperBound ?? last
    bins = [Int](repeating: 0, count: count)
    let width = (upper - lower) / Double(count)
    for value in sorted {
      let position = width > 0 ? (value - lower) / width : 0
      bins[Int(min(max(position, 0), Double(count - 1)))] += 1
    }
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2)
      ? sorted[middle - 1] / 2 + sorted[middle] / 2 : sorted[middle]
    mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
  }
}
