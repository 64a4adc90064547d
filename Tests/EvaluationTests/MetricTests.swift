import AkinCatalogue
import Foundation
import Testing

@testable import AkinEvaluation

@Suite struct MetricTests {
  /// Hits at ranks 1 and 3 of five, three relevant items.
  let hits = [true, false, true, false, false]

  static let answers: [(RankingMetric, Double)] = {
    let secondRank = 1 / log2(3.0)
    let ndcg: Double = 1.5 / (1.5 + secondRank)
    let meanPrecision: Double = (1 + 2.0 / 3) / 3
    return [
      (.recall, 2.0 / 3), (.precision, 0.4), (.f1, 0.5), (.hitRate, 1), (.ndcg, ndcg), (.mrr, 1),
      (.map, meanPrecision),
    ]
  }()

  @Test(arguments: answers) func knownAnswers(metric: RankingMetric, expected: Double) {
    let value = metric.value(hits: hits, relevant: 3, cut: 5)
    #expect(abs(value - expected) < 1e-12)
  }

  @Test func theCutHidesWhatComesAfterIt() {
    let late = [false, false, true]
    #expect(RankingMetric.recall.value(hits: late, relevant: 1, cut: 2) == 0)
    #expect(RankingMetric.mrr.value(hits: late, relevant: 1, cut: 3) == 1.0 / 3)
    #expect(RankingMetric.precision.value(hits: [true], relevant: 9, cut: 10) == 0.1)
  }

  @Test(arguments: RankingMetric.allCases) func perfectListsScoreOne(metric: RankingMetric) {
    #expect(metric.value(hits: [true, true], relevant: 2, cut: 2) == 1)
    #expect(metric.value(hits: [false, false], relevant: 2, cut: 2) == 0)
  }

  @Test func rowsWithoutRelevantItemsDoNotCount() {
    let lists = RankedLists([[0, 1], [2, 3], [1, 0]], k: 2)
    let relevant = Interactions(rows: [[0], [], [2]], itemCount: 4)
    let metrics = RowMetrics(of: lists, relevant: relevant, cuts: [1, 2])
    #expect(metrics.rows == [0, 2])
    #expect(metrics.mean(.init(.recall, at: 1)) == 0.5)
    #expect(metrics[.init(.recall, at: 2)] == [1, 0])
  }

  @Test func f1IsOfTheMeans() {
    let lists = RankedLists([[0, 1], [2, 3]], k: 2)
    let relevant = Interactions(rows: [[0, 1], [0, 1, 2, 3]], itemCount: 4)
    let metrics = RowMetrics(of: lists, relevant: relevant, cuts: [2])
    // Precision 1 and 1, recall 1 and ½: 2 · 1 · ¾ / 1.75.
    #expect(abs(metrics.mean(.init(.f1, at: 2)) - 1.5 / 1.75) < 1e-7)
  }

  @Test func pointMeasures() throws {
    #expect(PointMetrics.meanAbsoluteError([1, 4], [2, 2]) == 1.5)
    #expect(PointMetrics.meanSquaredError([1, 4], [2, 2]) == 2.5)
    let loss = try #require(PointMetrics.logLoss([0.8, 0.4], [true, false]))
    #expect(abs(loss + (log(0.8) + log(0.6)) / 2) < 1e-12)
    #expect(PointMetrics.accuracy([0.8, 0.4, 0.5], [true, true, false]) == 1.0 / 3)
    #expect(PointMetrics.logLoss([0], [true])?.isFinite == true)
    #expect(PointMetrics.meanAbsoluteError([], []) == nil)
  }

  @Test func areaCountsPairs() {
    // Positives .9 and .4, negatives .4 and .1: right, right, half, right.
    #expect(PointMetrics.area([0.9, 0.4, 0.4, 0.1], [true, true, false, false]) == 3.5 / 4)
    #expect(PointMetrics.area([1, 2], [true, true]) == nil)
  }

  @Test func giniOfKnownCounts() {
    #expect(ListMetrics.gini([3, 3, 3]) == 0)
    #expect(abs(ListMetrics.gini([0, 0, 0, 8]) - 0.75) < 1e-12)
    #expect(ListMetrics.gini([0, 0]) == 0)
  }

  @Test func listsAsAWhole() {
    // Item 0 was taken by both users, 1 by the first, 2 by the second, 3 by nobody.
    let train = Interactions(rows: [[0, 1], [0, 2]], itemCount: 4)
    let lists = RankedLists([[2, 3], [1, 3]], k: 2)
    let metrics = ListMetrics(of: lists, rows: [0, 1], train: train, cut: 2)
    #expect(metrics.coverage == 0.75)
    #expect(metrics.novelty == 1)
    #expect(metrics.diversity == 1)
    // Shown: (1 + 0) / 2 on average; own: (2 + 1) / 2.
    #expect(abs(metrics.popularityLift - (0.5 / 1.5 - 1)) < 1e-12)
    #expect(ListMetrics.cosine([1, 2, 5], [2, 5]) == 2 / 6.0.squareRoot())
  }
}
