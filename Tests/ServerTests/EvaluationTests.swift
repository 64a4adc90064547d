import AkinEvaluation
import AkinRecommenders
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine
@testable import AkinServer

/// What the shop knows of how good its answers are, over HTTP.
@Suite struct EvaluationTests {
  /// Keeps an evaluation of two recommenders, as `akin evaluate --keep` does.
  static func keepEvaluation(in shop: TestShop) throws {
    var report = EvaluationReport(chosen: "ease", settings: "λ 100")
    report.reason = "best on validation"
    report.means = ["ndcg@20": 0.25, "recall@20": 0.3]
    report.intervals = ["ndcg@20": ConfidenceInterval(bootstrapping: [0.2, 0.3, 0.25], seed: 1)]
    report.strata = [.init(name: "new users", users: 3, means: ["ndcg@20": 0.1])]
    report.curve = [.init(cut: 1, recall: 0.1), .init(cut: 20, recall: 0.3)]
    report.sizes = ["evaluated_users": 3]
    var other = EvaluationReport.Other(recommender: "popularity", settings: "")
    (other.means, other.intervals) = (["ndcg@20": 0.1], report.intervals)
    (other.strata, other.curve) = (report.strata, report.curve)
    report.others = [other]
    try report.kept(files: ["train.txt", "test.txt"], at: Date(timeIntervalSince1970: 5))
      .keep(in: shop.directory)
  }

  @Test func aShopThatWasNeverTrainedSaysWhatAnswers() async throws {
    let answer = try await TestShop().ask(.get, "/v1/evaluation")
    #expect(answer.status == 200)
    #expect(answer.json["serving"] as? [String] == ["neighbours"])
    #expect(answer.json.count == 1, "\(answer.text)")
  }

  @Test func aTrainingIsThereWithIntervalsAndStrata() async throws {
    let shop = try TestShop.withHistories()
    _ = try shop.shop.train(progress: SilentProgress())
    let answer = try await shop.ask(.get, "/v1/evaluation")
    #expect(answer.json["serving"] as? [String] == ["trained", "neighbours"])
    let training = try #require(answer.json["training"] as? [String: Any], "\(answer.text)")
    let new = try #require(training["new"] as? [String: Any])
    let test = try #require(new["test"] as? [String: Any])
    let interval = try #require(test["interval"] as? [String: Double])
    let mean = try #require(test["ndcg"] as? Double)
    let (lower, upper) = (interval["lower"] ?? 2, interval["upper"] ?? -2)
    #expect(lower <= mean && mean <= upper && upper <= 1, "\(interval) around \(mean)")
    let strata = try #require(new["strata"] as? [[String: Any]])
    #expect(
      strata.compactMap { $0["name"] as? String }
        == ["new users", "established users", "head items", "tail items"])
    let users = strata.compactMap { $0["users"] as? Int }
    #expect(users[0] + users[1] == new["test_shoppers"] as? Int)
    let candidates = try #require(training["candidates"] as? [[String: Any]])
    #expect(candidates.count > 3)
    let overview = try await shop.ask(.get, "/v1/overview")
    let trained = try #require(overview.json["trained"] as? Double)
    #expect(abs(trained - (training["finished"] as? Double ?? 0)) < 1)
  }

  /// Keeps a search over settings, as `akin tune --keep` does.
  static func keepTuning(in shop: TestShop, _ name: RecommenderName = .ease, at time: Double) throws
  {
    var report = TuningReport(
      recommender: name.rawValue, method: .tpe, metric: "ndcg@20", validation: "a tenth",
      space: ["regularisation=0.5..160:log"])
    report.trials = 2
    let found = TuningReport.Found(
      trial: 2, settings: name.settings, values: ["regularisation": "\(time)"], score: 0.2,
      parts: [0.2], seconds: 1)
    (report.best, report.beginning) = ([found], found)
    try report.kept(file: "train.txt", at: Date(timeIntervalSince1970: time))
      .keep(in: shop.directory)
  }

  @Test func theLastTuningOfEachRecommenderIsReadBack() async throws {
    let shop = try TestShop()
    try Self.keepTuning(in: shop, .ease, at: 1)
    try Self.keepTuning(in: shop, .ials, at: 2)
    try Self.keepTuning(in: shop, .ease, at: 3)
    let answer = try await shop.ask(.get, "/v1/evaluation")
    let tunings = try #require(answer.json["tunings"] as? [[String: Any]], "\(answer.text)")
    #expect(tunings.map { $0["recommender"] as? String } == ["ease", "ials"])
    #expect(tunings.map { $0["finished"] as? Double } == [3, 2])
    let best = try #require(tunings[0]["best"] as? [[String: Any]])
    #expect(best[0]["values"] as? String == "regularisation=3.0")
    #expect(best[0]["score"] as? Double == 0.2 && tunings[0]["beginning"] != nil)
  }

  @Test func aKeptEvaluationIsReadBack() async throws {
    let shop = try TestShop()
    try Self.keepEvaluation(in: shop)
    let answer = try await shop.ask(.get, "/v1/evaluation")
    let kept = try #require(answer.json["evaluation"] as? [String: Any], "\(answer.text)")
    #expect(kept["files"] as? [String] == ["train.txt", "test.txt"])
    #expect(kept["rows"] as? Int == 3 && kept["finished"] as? Double == 5)
    let lines = try #require(kept["lines"] as? [[String: Any]])
    #expect(lines.compactMap { $0["recommender"] as? String } == ["ease", "popularity"])
    // Names of metrics are data, not members: they keep their spelling.
    #expect((lines[0]["means"] as? [String: Double])?["ndcg@20"] == 0.25)
  }

  @Test func aFolderWithoutAShopKeepsNothing() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let report = EvaluationReport(chosen: "ease", settings: "")
    #expect(throws: (any Error).self) {
      try report.kept(files: [], at: Date()).keep(in: folder)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
