import AkinSimilarity
import Foundation
import Testing

@testable import AkinEvaluation

@Suite struct ConfidenceSequenceTests {
  private typealias Group = ConfidenceSequence.Group

  /// Worked out beside the paper's formula: 1,000 shoppers a group, of whom 100 and 150 bought.
  @Test func aKnownAnswer() throws {
    let found = try #require(
      ConfidenceSequence(
        Group(successes: 150, of: 1_000), against: Group(successes: 100, of: 1_000)))
    let rho = (-2 * log(0.05) + log(-2 * log(0.05) + 1)) / 2_000
    let (p, q) = (151.0 / 1_002, 101.0 / 1_002)
    let variance = 2 * (p * (1 - p) + q * (1 - q))
    let scale = 2_000 * rho + 1
    let radius = sqrt(variance * 2 * scale / (4e6 * rho) * log(sqrt(scale) / 0.05))
    #expect(abs(found.difference - 0.05) < 1e-12)
    #expect(abs(found.upper - 0.05 - radius) < 1e-12 && abs(found.lower - 0.05 + radius) < 1e-12)
    // Where the mixture martingale reaches 1 / α, found by bisection.
    #expect(abs(radius - 0.044879) < 0.000001, "\(radius)")
    #expect(found.lower > 0 && found.pValue < 0.05)
    // A fixed test is narrower: what it costs to look at any time.
    #expect(radius > 1.96 * sqrt(variance / 2_000))
  }

  @Test func theBoundTouchesNothingWhereThePValueIsAlpha() throws {
    for successes in 100...200 {
      let found = try #require(
        ConfidenceSequence(
          Group(successes: successes, of: 1_000), against: Group(successes: 100, of: 1_000)))
      #expect((found.lower > 0) == (found.pValue < 0.05), "\(successes)")
    }
  }

  @Test func tooFewShoppersSayNothing() {
    #expect(
      ConfidenceSequence(Group(successes: 24, of: 24), against: Group(successes: 0, of: 900)) == nil
    )
    #expect(
      ConfidenceSequence(Group(successes: 0, of: 0), against: Group(successes: 0, of: 0)) == nil)
  }

  /// Looks after every shopper at two groups that are alike, or of which the second buys more.
  /// Whoever buys does so while up to `delay` further shoppers come.
  ///
  /// - Returns: the share of runs in which the bounds left 0 out at some time, and in which the
  ///   fixed test did.
  private func peek(
    at rate: Double, or second: Double, shoppers: Int, runs: Int, seed: UInt64, delay: Int = 0
  ) -> (sequence: Double, fixed: Double) {
    var generator = SplitMix64(seed: seed)
    var (found, fooled) = (0, 0)
    for _ in 0..<runs {
      var (count, bought) = ([0, 0], [0, 0])
      var (isFound, isFooled) = (false, false)
      var later = [[Int]](repeating: [], count: shoppers + delay + 1)
      for shopper in 0..<shoppers {
        let group = Bool.random(using: &generator) ? 1 : 0
        count[group] += 1
        let chance = group == 1 ? second : rate
        if Double.random(in: 0..<1, using: &generator) < chance {
          later[shopper + Int.random(in: 0...delay, using: &generator)].append(group)
        }
        for group in later[shopper] { bought[group] += 1 }
        let (first, other) = (
          Group(successes: bought[0], of: count[0]), Group(successes: bought[1], of: count[1])
        )
        guard let answer = ConfidenceSequence(other, against: first) else { continue }
        isFound = isFound || answer.lower > 0 || answer.upper < 0
        let error =
          (first.variance / Double(first.count) + other.variance / Double(other.count)).squareRoot()
        isFooled = isFooled || abs(answer.difference) > 1.96 * error
      }
      if isFound { found += 1 }
      if isFooled { fooled += 1 }
    }
    return (Double(found) / Double(runs), Double(fooled) / Double(runs))
  }

  @Test(arguments: [0.02, 0.1, 0.5])
  func whoeverLooksAllTheTimeIsHardlyEverFooled(rate: Double) {
    let wrong = peek(at: rate, or: rate, shoppers: 3_000, runs: 200, seed: 7)
    #expect(wrong.sequence <= 0.05)
    // The test that may be read once is read three thousand times.
    #expect(wrong.fixed > 0.2, "\(wrong.fixed)")
  }

  /// An order comes days after the list that led to it.
  @Test func whatComesLaterFoolsNobodyEither() {
    let wrong = peek(at: 0.1, or: 0.1, shoppers: 3_000, runs: 200, seed: 13, delay: 600)
    #expect(wrong.sequence <= 0.05)
  }

  @Test func aDifferenceIsFound() {
    let found = peek(at: 0.1, or: 0.2, shoppers: 3_000, runs: 50, seed: 11)
    #expect(found.sequence > 0.95)
  }
}
