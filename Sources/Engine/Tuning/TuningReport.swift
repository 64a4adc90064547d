public import AkinRecommenders
public import Foundation

/// What a search over settings found.
public struct TuningReport: Sendable, Encodable {
  /// Settings with what they are worth on what was held out.
  public struct Found: Sendable, Encodable {
    /// Which trial it was.
    public var trial: Int
    /// All settings.
    public var settings: RecommenderSettings
    /// Those that were searched, as people type them.
    public var values: [String: String]
    /// The mean of ``parts``.
    public var score: Double
    /// The score of each held-out part.
    public var parts: [Double]
    /// Seconds of fitting and measuring.
    public var seconds: Double
  }

  /// The recommender.
  public var recommender: String
  /// How settings were sought.
  public var method: TuneRecommender.Method
  /// What they were judged by.
  public var metric: String
  /// What was held out.
  public var validation: String
  /// What was searched.
  public var space: [String]
  /// Trials in all, those of an earlier run included.
  public var trials = 0
  /// Trials taken from the log of an earlier run.
  public var resumed = 0
  /// Trials whose settings could not be fitted.
  public var failed = 0
  /// The settings that were given: what had to be beaten.
  public var beginning: Found?
  /// The best, best first: ten at most.
  public var best: [Found] = []
  /// Why it ended before all trials, where it did.
  public var stopped: String?
  /// Seconds of this run.
  public var seconds = 0.0
  /// How often a test file was opened: never, there is none.
  public let testOpened = 0

  init(
    recommender: String, method: TuneRecommender.Method, metric: String, validation: String,
    space: [String]
  ) {
    (self.recommender, self.method, self.metric) = (recommender, method, metric)
    (self.validation, self.space) = (validation, space)
  }

  private enum CodingKeys: String, CodingKey {
    case recommender, method, metric, validation, space, trials, resumed, failed, beginning, best
    case stopped, seconds
    case testOpened = "test_opened"
  }

  /// Ranks the trials; equal scores keep their order.
  mutating func fill(from log: [TuningTrial], beginning: RecommenderSettings) throws {
    trials = log.count
    failed = log.count { $0.score == nil }
    let found = try log.compactMap { trial in
      try trial.score.map { score in
        Found(
          trial: trial.trial, settings: try beginning.changing(trial.values),
          values: trial.values, score: score, parts: trial.parts ?? [], seconds: trial.seconds)
      }
    }
    self.beginning = found.first { $0.trial == 1 }
    best = Array(found.sorted { ($1.score, $0.trial) < ($0.score, $1.trial) }.prefix(10))
  }

  /// In a line.
  public var summary: String {
    guard let first = best.first else { return "nothing could be fitted" }
    let score = String(format: "%.4f", first.score)
    guard let beginning, beginning.score > 0, first.trial != 1 else {
      return "\(metric) \(score), the settings it began with, in \(trials) trials"
    }
    let gain = (first.score / beginning.score - 1) * 100
    return "\(metric) \(score) in trial \(first.trial) of \(trials), "
      + String(format: "%.1f %% above the settings it began with", gain)
  }

  /// The best settings as a file that `akin evaluate --settings` takes: whole or not at all.
  ///
  /// - Throws: ``EngineError`` `nothingToDo` where nothing could be fitted, `cannotWrite`.
  public func writeBest(to url: URL) throws {
    guard let first = best.first else {
      throw EngineError(.nothingToDo, "no settings could be fitted; there is nothing to write")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try OutputFile.write(try encoder.encode(first.settings), to: url)
  }
}
