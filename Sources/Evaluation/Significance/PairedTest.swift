internal import AkinSimilarity
internal import Foundation

/// Whether two recommenders differ for the same users, or only by luck.
public struct PairedTest: Sendable, Equatable, Codable {
  /// The mean of first - second.
  public var difference: Double
  /// The probability of a difference at least so large if there were none, two-sided.
  public var pValue: Double

  /// Student's paired t-test, for large n by the normal distribution (n ≥ 30 is close enough).
  ///
  /// - Precondition: as many of the one as of the other, at least two.
  public static func tTest(_ first: [Float], _ second: [Float]) -> PairedTest {
    let differences = Self.differences(first, second)
    let n = Double(differences.count)
    let mean = differences.reduce(0, +) / n
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    guard variance > 0 else { return PairedTest(difference: mean, pValue: mean == 0 ? 1 : 0) }
    let t = abs(mean) / (variance / n).squareRoot()
    return PairedTest(difference: mean, pValue: erfc(t / 2.0.squareRoot()))
  }

  /// The randomisation test: the share of `samples` random sign changes of the differences whose
  /// mean is at least as far from 0. Assumes nothing of their distribution.
  ///
  /// Smucker, Allan and Carterette, *A comparison of statistical significance tests for
  /// information retrieval evaluation* (CIKM 2007). O(samples · n).
  public static func randomisation(
    _ first: [Float], _ second: [Float], samples: Int = 10_000, seed: UInt64
  ) -> PairedTest {
    let differences = Self.differences(first, second)
    var generator = SplitMix64(seed: seed)
    let observed = differences.reduce(0, +)
    var extreme = 0
    for _ in 0..<samples {
      var (sum, bits, left): (Double, UInt64, Int) = (0, 0, 0)
      for difference in differences {
        if left == 0 { (bits, left) = (generator.next(), 64) }
        sum += bits & 1 == 1 ? difference : -difference
        (bits, left) = (bits >> 1, left - 1)
      }
      if abs(sum) >= abs(observed) - 1e-12 { extreme += 1 }
    }
    // The observed assignment is one of the possible ones: p is never 0.
    return PairedTest(
      difference: observed / Double(differences.count),
      pValue: Double(extreme + 1) / Double(samples + 1))
  }

  private static func differences(_ first: [Float], _ second: [Float]) -> [Double] {
    precondition(first.count == second.count && first.count > 1, "pairs are needed")
    return zip(first, second).map { Double($0) - Double($1) }
  }
}
