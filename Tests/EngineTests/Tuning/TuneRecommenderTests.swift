import AkinRecommenders
import Foundation
import Testing

@testable import AkinEngine

@Suite struct TuneRecommenderTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: UUID().uuidString, directoryHint: .isDirectory)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let rows = (0..<60).map { user in
      let base = user % 3 * 10
      let own = (0..<10).filter { ($0 * 7 + user * 3) % 5 != 0 }.map { "\(base + $0)" }
      return "\(user) " + own.joined(separator: " ")
    }
    try Data(rows.joined(separator: "\n").utf8).write(to: train)
  }

  private var train: URL { folder.appending(path: "train.txt") }
  private var log: URL { folder.appending(path: "log.jsonl") }

  private func tuning(_ name: RecommenderName = .itemKNN) -> TuneRecommender {
    var tuning = TuneRecommender(name.settings, progress: SilentProgress())
    tuning.metric = "recall@3"
    tuning.trials = 14
    tuning.log = log
    return tuning
  }

  private func lines() throws -> [Substring] {
    try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
  }

  @Test(arguments: TuneRecommender.Method.allCases) func everyMethodTriesAndRanks(
    _ method: TuneRecommender.Method
  ) throws {
    var tuning = tuning()
    tuning.method = method
    tuning.space = ["k=1..50:log", "similarity=cosine,jaccard"]
    let report = try tuning.run(train: train)
    #expect(report.trials == (method == .grid ? 9 : 14))
    #expect(report.testOpened == 0)
    #expect(report.beginning?.settings == RecommenderName.itemKNN.settings)
    #expect(zip(report.best, report.best.dropFirst()).allSatisfy { $0.score >= $1.score })
    #expect((report.best.first?.score ?? 0) >= (report.beginning?.score ?? 1))
    #expect(try lines().count == report.trials + 1)
  }

  /// A run that was cut in the middle of a line ends with the same log as one that was not.
  @Test func aSearchGoesOnWhereItWas() throws {
    var tuning = tuning()
    tuning.trials = 13
    let whole = try tuning.run(train: train)
    let values = whole.best.map(\.values)
    let scores = whole.best.map(\.score)
    let kept = try lines().prefix(12).joined(separator: "\n") + "\n" + #"{"trial":12,"val"#
    try Data(kept.utf8).write(to: log)
    let again = try tuning.run(train: train)
    #expect(again.resumed == 11 && again.trials == 13)
    #expect(again.best.map(\.values) == values && again.best.map(\.score) == scores)
    #expect(try lines().count == 14)
    let third = try tuning.run(train: train)
    #expect(third.resumed == 13 && third.best.map(\.score) == scores)
  }

  @Test func foldsGiveAScoreEach() throws {
    var tuning = tuning(.ease)
    tuning.validation = .folds(3)
    tuning.trials = 2
    let report = try tuning.run(train: train)
    #expect(report.best.allSatisfy { $0.parts.count == 3 })
  }

  @Test func aLogOfAnotherSearchIsRefused() throws {
    _ = try tuning().run(train: train)
    var other = tuning()
    other.metric = "ndcg@3"
    let error = #expect(throws: EngineError.self) { try other.run(train: train) }
    #expect(error?.message.contains("metric: there recall@3, here ndcg@3") == true)
    try Data("k,score\n1,2\n".utf8).write(to: log)
    let none = #expect(throws: EngineError.self) { try other.run(train: train) }
    #expect(none?.code == .unreadableInput)
  }

  static let mistakes: [@Sendable (inout TuneRecommender) -> Void] = [
    { $0.metric = "ndcg" }, { $0.metric = "taste@5" }, { $0.trials = 0 },
    { $0.space = ["k=9..1"] }, { $0.space = ["k=1..9", "k=3,4"] },
    { $0.validation = .folds(1) }, { $0.validation = .share(1.5) },
  ]

  @Test func whatCannotBeMeantIsRefused() {
    for mistake in Self.mistakes {
      var wrong = tuning()
      mistake(&wrong)
      #expect(throws: EngineError.self) { try wrong.run(train: train) }
    }
    var unknown = tuning()
    unknown.space = ["neighbours=1..9"]
    #expect(throws: RecommenderError.self) { try unknown.run(train: train) }
    #expect(throws: EngineError.self) { try tuning(.popularity).run(train: train) }
  }

  /// Settings that cannot be fitted are a line of the log, not the end.
  @Test func failuresAreWrittenDown() throws {
    var tuning = tuning()
    tuning.space = ["shrinkage=-1,5"]
    let report = try tuning.run(train: train)
    #expect(report.failed == 1 && report.trials == 3)
    #expect(report.stopped != nil)
    #expect(try lines().contains { $0.contains("failure") })
  }

  @Test func theBestIsAFileOfSettings() throws {
    let report = try tuning().run(train: train)
    let file = folder.appending(path: "best.json")
    try report.writeBest(to: file)
    let read = try JSONDecoder().decode(RecommenderSettings.self, from: Data(contentsOf: file))
    #expect(read == report.best.first?.settings)
    let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    #expect(json.contains("\"test_opened\":0"))
  }
}
