import Testing

@testable import AkinEvaluation

@Suite struct SignificanceTests {
  @Test func intervalHoldsTheMeanAndNarrowsWithMoreValues() {
    let few = (0..<50).map { Float($0 % 2) }
    let many = (0..<5_000).map { Float($0 % 2) }
    let wide = ConfidenceInterval(bootstrapping: few, seed: 1)
    let narrow = ConfidenceInterval(bootstrapping: many, seed: 1)
    #expect(wide.mean == 0.5 && wide.lower < 0.5 && wide.upper > 0.5)
    // A mean of n fair coins has a standard error of ½/√n: ±1.96 of it is .139 and .0139.
    #expect(abs(wide.upper - wide.lower - 0.277) < 0.06)
    #expect(abs(narrow.upper - narrow.lower - 0.0277) < 0.006)
  }

  @Test func tTestOfKnownDifferences() {
    // Differences 1, 2, 3, 4: mean 2.5, standard error √(5/3/4), t = 3.873, normal p = .0001075.
    let result = PairedTest.tTest([2, 4, 6, 8], [1, 2, 3, 4])
    #expect(result.difference == 2.5)
    #expect(abs(result.pValue - 0.0001075) < 1e-6)
    #expect(PairedTest.tTest([1, 2], [1, 2]).pValue == 1)
  }

  @Test func randomisationCountsSigns() {
    // All of 2⁵ sign changes: only the two of equal signs are as far from 0: p = 1/16.
    let result = PairedTest.randomisation(
      [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], samples: 20_000, seed: 5)
    #expect(abs(result.pValue - 1.0 / 16) < 0.01)
    let none = PairedTest.randomisation([1, 0, 1, 0], [0, 1, 0, 1], samples: 500, seed: 5)
    #expect(none.difference == 0)
    #expect(none.pValue == 1)
  }
}
