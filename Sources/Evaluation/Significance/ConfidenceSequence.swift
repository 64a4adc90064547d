internal import Foundation

/// How two groups of shoppers differ, with bounds that hold at every look.
///
/// A fixed test may be read once; whoever looks daily and stops at the first p < 0.05 is wrong far
/// more often than once in twenty. The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha,
/// Kennedy and Ramdas (*Time-uniform central limit theory and asymptotic confidence sequences*,
/// Annals of Statistics 52, 2024, equation 5, after Robbins' mixture) covers the difference at all
/// times together with probability 1 - α: after `t` shoppers the radius is
///
/// σ · √( 2 (t ρ² + 1) / (t² ρ²) · log( √(t ρ² + 1) / α ) )
///
/// where σ² = v₁/π₁ + v₀/π₀ is the variance that one shopper brings into the difference of the means
/// of both groups, of variances v and shares π. ρ is fixed beforehand, so that the bounds are
/// narrowest at ``planned`` shoppers. Solving for α where the bound reaches 0 gives a p-value that is
/// valid at every look in the same sense.
///
/// The bounds are asymptotic: below ``least`` shoppers a group there are none.
public struct ConfidenceSequence: Sendable, Equatable, Codable {
  /// One group: how many shoppers, the mean and the variance of what is counted of them.
  public struct Group: Sendable, Equatable {
    /// Shoppers.
    public var count: Int
    /// The mean over them.
    public var mean: Double
    /// The variance over them.
    public var variance: Double

    /// Creates a group.
    public init(count: Int, mean: Double, variance: Double) {
      self.count = count
      self.mean = mean
      self.variance = variance
    }

    /// `successes` of `count` shoppers did something. The variance is that of the rate with one more
    /// success and one more failure, so that a group in which nobody did it yet is not taken for
    /// certain.
    public init(successes: Int, of count: Int) {
      let smoothed = Double(successes + 1) / Double(count + 2)
      self.init(
        count: count, mean: count > 0 ? Double(successes) / Double(count) : 0,
        variance: smoothed * (1 - smoothed))
    }
  }

  /// Shoppers at which the bounds are narrowest.
  public static let planned = 2_000.0
  /// Shoppers that a group must have.
  public static let least = 25

  /// The second group's mean minus the first one's.
  public var difference: Double
  /// The lower bound of the difference.
  public var lower: Double
  /// The upper bound of the difference.
  public var upper: Double
  /// The probability of ever seeing so much where there is no difference; valid at every look.
  public var pValue: Double

  /// Compares a group with the one that everything is compared with. O(1).
  ///
  /// - Parameter alpha: the probability of ever being wrong, such as 0.05.
  /// - Returns: `nil` where a group is too small to say anything.
  public init?(_ group: Group, against control: Group, alpha: Double = 0.05) {
    precondition((0..<1).contains(alpha) && alpha > 0, "alpha is a probability")
    guard min(group.count, control.count) >= Self.least else { return nil }
    let total = Double(group.count + control.count)
    let variance =
      group.variance * total / Double(group.count)
      + control.variance * total / Double(control.count)
    difference = group.mean - control.mean
    guard variance > 0 else { return nil }
    let mixture = Self.mixture(alpha)
    let spread = total * mixture + 1
    let radius =
      (variance * 2 * spread / (total * total * mixture) * log(spread.squareRoot() / alpha))
      .squareRoot()
    lower = difference - radius
    upper = difference + radius
    let exponent = difference * difference * total * total * mixture / (2 * variance * spread)
    pValue = min(1, spread.squareRoot() * exp(-exponent))
  }

  /// ρ² at which the radius after ``planned`` shoppers is least, by the approximation of the same
  /// paper's appendix B.2.
  private static func mixture(_ alpha: Double) -> Double {
    let base = -2 * log(alpha)
    return (base + log(base + 1)) / planned
  }
}
