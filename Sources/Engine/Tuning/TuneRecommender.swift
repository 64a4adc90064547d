internal import AkinCatalogue
internal import AkinEvaluation
public import AkinRecommenders
public import Foundation

/// The use case "which settings suit these interactions": tries settings of one recommender, judged
/// by interactions held out from the file, and keeps a log from which it goes on.
///
/// There is no test file here, so none can be opened: what comes out is judged by `akin evaluate`.
public struct TuneRecommender {
  /// How settings are sought.
  public enum Method: String, Sendable, CaseIterable, Codable {
    /// Every combination of evenly spread values.
    case grid
    /// Even draws.
    case random
    /// The tree-structured Parzen estimator.
    case tpe
  }

  /// What held-out interactions are judged by.
  public enum Validation: Sendable, Equatable {
    /// One split: each interaction is held out with this probability.
    case share(Double)
    /// As many parts, each held out in turn.
    case folds(Int)
  }

  /// What is tuned, with the settings that are not searched.
  public var settings: RecommenderSettings
  /// How.
  public var method = Method.tpe
  /// Settings tried at most, those of an earlier run included.
  public var trials = 40
  /// Seconds that this run may take, about; `nil` for no limit.
  public var budget: Double?
  /// What settings are judged by.
  public var validation = Validation.share(0.1)
  /// The metric, such as `ndcg@20`.
  public var metric = "ndcg@20"
  /// What is searched, as people write it; empty for the space that comes with the recommender.
  public var space: [String] = []
  /// Values of a range in a grid.
  public var levels = 4
  /// What splits and draws follow from.
  public var seed: UInt64 = 0
  /// Where every trial is written, and where an earlier run is taken up.
  public var log: URL?
  private let progress: any ProgressReporter

  /// Tunes `settings`.
  public init(_ settings: RecommenderSettings, progress: any ProgressReporter) {
    self.settings = settings
    self.progress = progress
  }

  /// Reads adjacency lists and searches.
  ///
  /// - Throws: `BehaviourError` for a file that cannot be used; ``EngineError`` `badArgument` for
  ///   a space, a metric or a number that cannot be meant and for the log of another search,
  ///   `unreadableInput` for what is no log, `cannotWrite`; `RecommenderError`;
  ///   `CancellationError`, after which the log is whole.
  public func run(train: URL) throws -> TuningReport {
    let key = try check()
    progress.begin("Reading", total: nil, unit: "interactions")
    let interactions = try AdjacencyFile(train).interactions()
    progress.end(
      "\(interactions.userCount.formatted()) users, \(interactions.itemCount.formatted()) items,"
        + " \(interactions.count.formatted()) interactions")
    let parameters = try searched(interactions)
    let judge = try judge(of: interactions, by: key)
    let journal = try TuningLog(
      url: log, header: header(parameters, interactions))
    defer { journal.close() }
    var report = TuningReport(
      recommender: settings.name.rawValue, method: method, metric: key.description,
      validation: validationText, space: parameters.map(\.description))
    report.resumed = journal.trials.count
    progress.begin("Tuning \(settings.name.rawValue)", total: trials, unit: "trials")
    progress.advance(to: journal.trials.count)
    let clock = ContinuousClock()
    let start = clock.now
    let search = search(parameters)
    while journal.trials.count < trials {
      try Task.checkCancellation()
      if let budget, start.duration(to: clock.now).seconds >= budget {
        report.stopped = "the time was over"
        break
      }
      guard let values = next(search, journal.trials) else {
        report.stopped = "the whole space has been tried"
        break
      }
      let trial = try attempt(values, judge, number: journal.trials.count + 1)
      try journal.append(trial)
      progress.advance(to: journal.trials.count)
    }
    report.seconds = start.duration(to: clock.now).seconds
    try report.fill(from: journal.trials, beginning: settings)
    progress.end(report.summary)
    return report
  }

  private func check() throws(EngineError) -> RowMetrics.Key {
    guard trials > 0, levels > 0 else {
      throw EngineError(.badArgument, "trials and levels are 1 or more")
    }
    switch validation {
    case .share(let share):
      guard share > 0, share < 1 else {
        throw EngineError(.badArgument, "the validation fraction is between 0 and 1")
      }
    case .folds(let folds):
      guard (2...100).contains(folds) else {
        throw EngineError(.badArgument, "folds are 2 to 100")
      }
    }
    let parts = metric.split(separator: "@").map(String.init)
    guard parts.count == 2, let known = RankingMetric(rawValue: parts[0]),
      let cut = Int(parts[1]), (1...1000).contains(cut)
    else {
      let names = RankingMetric.allCases.map(\.rawValue).joined(separator: ", ")
      throw EngineError(
        .badArgument, "'\(metric)' is no metric; write one of \(names), then @ and a cut: ndcg@20")
    }
    return .init(known, at: cut)
  }

  /// The parameters, each of which the recommender must know.
  private func searched(_ interactions: Interactions) throws -> [SearchParameter] {
    var parameters: [SearchParameter] = []
    for text in space {
      do {
        parameters.append(try SearchParameter(parsing: text))
      } catch {
        throw EngineError(.badArgument, "\(error)")
      }
    }
    if space.isEmpty { parameters = settings.name.searchSpace(for: interactions) }
    guard !parameters.isEmpty, Set(parameters.map(\.name)).count == parameters.count else {
      throw EngineError(
        .badArgument,
        parameters.isEmpty
          ? "\(settings.name.rawValue) has nothing to tune on these interactions"
          : "a setting is searched twice")
    }
    // A mistyped setting is to cost seconds, not the first trial of every fold.
    if let values = GridSearch(parameters, levels: 1).next(after: []) {
      _ = try settings.changing(values)
    }
    return parameters
  }

  private func judge(
    of interactions: Interactions, by key: RowMetrics.Key
  ) throws -> SettingsValidation {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    switch validation {
    case .share(let share):
      return try SettingsValidation(
        holdingOut: share, of: interactions, by: key, threads: threads, seed: seed)
    case .folds(let folds):
      return try SettingsValidation(
        folds: folds, of: interactions, by: key, threads: threads, seed: seed)
    }
  }

  private var validationText: String {
    switch validation {
    case .share(let share): "\(share) of the interactions held out"
    case .folds(let folds): "\(folds) folds"
    }
  }

  private func header(
    _ parameters: [SearchParameter], _ interactions: Interactions
  ) -> TuningLog.Header {
    TuningLog.Header(
      recommender: settings.name.rawValue, method: method.rawValue, metric: metric,
      validation: validationText, seed: seed, space: parameters.map(\.description),
      levels: method == .grid ? levels : nil, settings: settings.summary,
      users: interactions.userCount, items: interactions.itemCount,
      interactions: interactions.count)
  }

  private func search(_ parameters: [SearchParameter]) -> any ParameterSearch {
    switch method {
    case .grid: GridSearch(parameters, levels: levels)
    case .random: RandomSearch(parameters, seed: seed)
    case .tpe: TreeParzenSearch(parameters, seed: seed)
    }
  }

  /// The settings given come first: what is found must beat them.
  private func next(
    _ search: some ParameterSearch, _ trials: [TuningTrial]
  ) -> [String: String]? {
    guard !trials.isEmpty else { return [:] }
    return search.next(
      after: trials.dropFirst().map { SearchTrial(values: $0.values, score: $0.score) })
  }

  private func attempt(
    _ values: [String: String], _ judge: SettingsValidation, number: Int
  ) throws -> TuningTrial {
    var trial = TuningTrial(trial: number, values: values)
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let score = try judge.score(settings.changing(values)) { try Task.checkCancellation() }
      (trial.score, trial.parts) = (score.mean, score.parts)
    } catch let error as RecommenderError {
      // Settings that are no good for this set; others may be. A wrong name was found before.
      guard [.diverged, .tooLarge, .badSetting].contains(error.code), number > 1 else {
        throw error
      }
      trial.failure = error.message
    }
    trial.seconds = start.duration(to: clock.now).seconds
    return trial
  }
}
