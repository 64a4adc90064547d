import Foundation
import Testing

@testable import AkinEncoders

/// Trees, word weights, calibration and measures on problems with known answers.
@Suite struct LearningTests {
  /// "Yes" where two numbers are both positive, which no sum of single thresholds can say, and
  /// where the third is missing.
  private func puzzle(_ count: Int, seed: UInt64) -> (FeatureRows, [Bool]) {
    var generator = SeededGenerator(seed: seed, 0)
    var rows = FeatureRows(width: 3)
    var labels: [Bool] = []
    for _ in 0..<count {
      let (a, b) = (
        Float.random(in: -1...1, using: &generator), Float.random(in: -1...1, using: &generator)
      )
      let isMissing = Bool.random(using: &generator)
      rows.append([a, b, isMissing ? .nan : 0])
      labels.append(isMissing ? true : a > 0 && b > 0)
    }
    return (rows, labels)
  }

  @Test func treesLearnInteractionsAndMissingValues() {
    let (rows, labels) = puzzle(2000, seed: 1)
    let (test, truth) = puzzle(1000, seed: 2)
    var settings = GradientBoostedTrees.Settings()
    settings.trees = 100
    settings.featureShare = 1
    let trees = GradientBoostedTrees(rows, labels, settings: settings)
    let right = zip(trees.logits(test), truth).count { ($0 > 0) == $1 }
    #expect(right > 960)
    #expect(trees.isSound)
    #expect(
      trees == GradientBoostedTrees(rows, labels, settings: settings), "same seed, same trees")
    settings.seed = 1
    #expect(trees != GradientBoostedTrees(rows, labels, settings: settings))
  }

  @Test func oneSplitHasTheClosedForm() throws {
    // Half the rows at 0 (never), half at 1 (always): G = ±n/2, H = n/4 at odds 1.
    let count = 400
    var rows = FeatureRows(width: 1)
    for row in 0..<count { rows.append([row < count / 2 ? 0 : 1]) }
    var settings = GradientBoostedTrees.Settings()
    (settings.trees, settings.leaves, settings.rate) = (1, 2, 1)
    (settings.rowShare, settings.featureShare, settings.l2) = (1.1, 1, 3)
    let trees = GradientBoostedTrees(rows, (0..<count).map { $0 >= count / 2 }, settings: settings)
    #expect(trees.base == 0)
    // −G / (H + λ) = (200 · 0.5) / (200 · 0.25 + 3)
    let logits = trees.logits(FeatureRows(width: 1, values: [0, 1, 0.4, .nan]))
    #expect(abs(logits[1] - 100.0 / 53) < 1e-4)
    #expect(abs(logits[0] + 100.0 / 53) < 1e-4)
    #expect(logits[2] == logits[0])
  }

  @Test func validationChoosesTheNumberOfTrees() {
    let (rows, _) = puzzle(300, seed: 1)
    var generator = SeededGenerator(seed: 5, 0)
    let noise = (0..<300).map { _ in Bool.random(using: &generator) }
    let (valid, truth) = puzzle(300, seed: 2)
    let trees = GradientBoostedTrees(rows, noise, validation: (valid, truth))
    #expect(trees.trees.count < 60, "noise is not worth many trees")
  }

  @Test func wordsTellProductsApart() {
    let pairs = (0..<200).map { index -> (ValueTokens, ValueTokens) in
      let isSame = index % 2 == 0
      return (
        ValueTokens("item \(index) box"), ValueTokens("item \(index) " + (isSame ? "box" : "case"))
      )
    }
    let (model, scores) = WordEvidence.fit(pairs, (0..<200).map { $0 % 2 == 0 }, seed: 3)
    #expect(zip(scores, 0...).allSatisfy { ($0 > 0) == ($1 % 2 == 0) })
    #expect(model.logit(ValueTokens("new box"), ValueTokens("new case")) < 0)
    #expect(model.logit(ValueTokens("new box"), ValueTokens("new box")) > 0)
  }

  @Test func calibrationRecoversTheOdds() {
    // Of 100 pairs at score 1, 75 match; of 100 at −1, 25: weight and bias are ln 3 and 0.
    let scores = (0..<200).map { $0 < 100 ? 1.0 : -1.0 }
    let labels = (0..<200).map { $0 < 75 || (100..<125).contains($0) }
    let fitted = ScoreCalibration([scores], labels, l2: 0)
    #expect(abs(fitted.weights[0] - log(3)) < 1e-6)
    #expect(abs(fitted.bias) < 1e-6)
    #expect(abs(fitted.probability([1]) - 0.75) < 1e-6)
  }

  @Test func calibrationOfSeparablePairsStaysFinite() {
    let fitted = ScoreCalibration([[-5, -4, 4, 5]], [false, false, true, true])
    #expect(fitted.weights[0].isFinite && fitted.weights[0] > 0)
    #expect(fitted.probability([5]) > 0.9)
  }

  @Test func measuresByHand() {
    let measures = MatchMeasures(
      [0.9, 0.8, 0.3, 0.6, 0.1], [true, false, true, true, false], threshold: 0.5)
    #expect(measures.precision == 2.0 / 3 && measures.recall == 2.0 / 3 && measures.f1 == 2.0 / 3)
    // Of the six (match, other) couples, four are in order: .9>.8, .9>.1, .3>.1, .6>.1.
    #expect(abs(measures.auc - 4.0 / 6) < 1e-12)
    // Five bins of one pair each: |.9−1| + |.8−0| + |.3−1| + |.6−1| + |.1−0|, over five.
    #expect(abs(measures.ece - (0.1 + 0.8 + 0.7 + 0.4 + 0.1) / 5) < 1e-12)
    #expect(measures.pairs == 5 && measures.matches == 3)
  }

  @Test func expectedCalibrationErrorOfBins() {
    // Ten pairs at 0.75 of which seven match: |7.5 − 7| / 10.
    let probabilities = [Double](repeating: 0.75, count: 10)
    let labels = (0..<10).map { $0 < 7 }
    #expect(abs(MatchMeasures.expectedCalibrationError(probabilities, labels) - 0.05) < 1e-12)
    #expect(MatchMeasures([], [], threshold: 0.5).ece == 0)
  }

  @Test func thresholdSeparates() {
    let threshold = MatchMeasures.bestThreshold([0.9, 0.8, 0.2, 0.1], [true, true, false, false])
    #expect(threshold > 0.2 && threshold < 0.8)
    #expect(MatchMeasures.bestThreshold([0.4, 0.5], [true, true]) == 0.5)
  }

  @Test func refusesTreesThatCannotBeWalked() throws {
    var settings = GradientBoostedTrees.Settings()
    settings.trees = 3
    let (rows, labels) = puzzle(300, seed: 1)
    var trees = GradientBoostedTrees(rows, labels, settings: settings)
    trees.trees[0].left[0] = 0  // a loop
    #expect(!trees.isSound)
    trees.trees[0].left[0] = 1
    trees.trees[0].feature[0] = 3
    #expect(!trees.isSound)
  }
}
