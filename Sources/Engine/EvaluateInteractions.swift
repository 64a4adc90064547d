internal import AkinCatalogue
internal import AkinEvaluation
public import AkinRecommenders
public import Foundation

/// The use case "how good is a recommender on these interactions": fits on a train file, ranks
/// every item for every user, and compares with a test file.
public struct EvaluateInteractions {
  /// What is measured.
  public enum Choice: Sendable, Equatable {
    /// One recommender.
    case one(RecommenderSettings)
    /// The best on a validation split carved from train.
    case automatic

    /// - Throws: ``EngineError`` `badArgument`, which lists the names.
    public init(_ name: String) throws(EngineError) {
      if name == "auto" {
        self = .automatic
      } else {
        self = .one(try EvaluateInteractions.named(name, beside: ["auto"]))
      }
    }
  }

  /// The settings that a recommender begins with.
  ///
  /// - Throws: ``EngineError`` `badArgument`, which lists the names.
  public static func named(_ name: String) throws(EngineError) -> RecommenderSettings {
    try named(name, beside: [])
  }

  private static func named(
    _ name: String, beside others: [String]
  ) throws(EngineError) -> RecommenderSettings {
    guard let known = RecommenderName(rawValue: name) else {
      let names = (others + [RecommenderName.list]).joined(separator: ", ")
      throw EngineError(.badArgument, "no recommender is called '\(name)'; there are \(names)")
    }
    return known.settings
  }

  /// The names a choice can have beside `auto`.
  public static let names = RecommenderName.list

  /// What is measured.
  public var choice: Choice
  /// Lengths of the lists at which metrics are taken.
  public var cuts = [10, 20, 50]
  /// The share of the train interactions that the choice is made on.
  public var validFraction = 0.1
  /// Seconds that the choice may take, about.
  public var budget = 300.0
  /// What every random choice begins from.
  public var seed: UInt64 = 0
  /// Settings of the one recommender that are to be others, as people type them.
  public var changes: [String: String] = [:]
  /// What is measured beside it on the same users, in addition.
  public var beside: [RecommenderSettings] = []
  /// Whether the area under the ROC curve is computed, which takes several times longer.
  public var measuresArea = false
  /// Rows of items that belong together, put below the users for the one recommender.
  public var side: URL?
  /// What those rows weigh; chosen on validation where `nil`.
  public var sideWeight: Float?
  private let progress: any ProgressReporter

  /// Evaluates `choice`.
  public init(_ choice: Choice, progress: any ProgressReporter) {
    self.choice = choice
    self.progress = progress
  }

  /// Reads adjacency lists (`user item item …`) and measures. The test file is opened once, for
  /// what was chosen without it.
  ///
  /// - Throws: `BehaviourError` for files that cannot be used, with file and line, and for a test
  ///   interaction that is in train; ``EngineError`` `badArgument`; `RecommenderError`.
  public func run(train: URL, test: URL) throws -> EvaluationReport {
    try check()
    progress.begin("Reading", total: nil, unit: "interactions")
    let split = try Split(
      train: AdjacencyFile(train).interactions(), test: AdjacencyFile(test).interactions())
    progress.end(
      "\(split.train.userCount.formatted()) users, \(split.train.itemCount.formatted()) items,"
        + " \(split.train.count.formatted()) interactions to learn from")
    let choice = try choose(for: split.train)
    var report = EvaluationReport(
      chosen: choice.parts.map(\.settings.name.rawValue).joined(separator: " + "),
      settings: choice.summary)
    report.reason = choice.reason
    report.candidates = choice.candidates
    report.choiceSeconds = choice.seconds
    let clock = ContinuousClock()
    var parts: [Blend.Part] = []
    report.fitSeconds = try clock.measure {
      for part in choice.parts {
        parts.append(
          .init(
            name: part.settings.name.rawValue, weight: part.weight,
            model: try fit(part.settings, choice.side, to: split.train)))
      }
    }.seconds
    let blend = try Blend(parts, isDamped: choice.isDamped)
    let start = clock.now
    let chosen = try measure(blend, on: split)
    report.evaluateSeconds = start.duration(to: clock.now).seconds
    report.take(chosen)
    report.sizes = [
      "users": split.train.userCount, "items": split.train.itemCount,
      "evaluated_users": chosen.metrics.rows.count, "train": split.train.count,
      "test": split.test.count,
    ]
    for settings in beside { try measure(settings, on: split, beside: chosen, &report) }
    return report
  }

  /// Fits and measures another recommender on the same users.
  private func measure(
    _ settings: RecommenderSettings, on split: Split, beside chosen: Measurement,
    _ report: inout EvaluationReport
  ) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try fit(settings, to: split.train)
    let fitted = clock.now
    let measured = try measure(
      Blend([.init(name: settings.name.rawValue, weight: 1, model: model)]), on: split)
    report.add(
      settings.name.rawValue, settings: settings.summary, measured, beside: chosen,
      fitSeconds: start.duration(to: fitted).seconds,
      evaluateSeconds: fitted.duration(to: clock.now).seconds, seed: seed)
  }

  private func check() throws(EngineError) {
    guard !cuts.isEmpty, cuts.allSatisfy({ (1...1000).contains($0) }) else {
      throw EngineError(.badArgument, "cuts are numbers from 1 to 1000")
    }
    guard validFraction > 0, validFraction < 1 else {
      throw EngineError(.badArgument, "the validation fraction is between 0 and 1")
    }
  }

  /// What is measured in the end, and how it was found.
  private struct Chosen {
    var parts: [(settings: RecommenderSettings, weight: Float)]
    var isDamped = true
    var reason: String?
    /// What is put below the users of a single recommender, and its weight.
    var side: (rows: Interactions, weight: Float)?
    var candidates: [EvaluationReport.Candidate] = []
    var seconds: Double?

    var summary: String {
      guard parts.count > 1 else {
        let beside = side.map { "; \($0.rows.userCount) side rows of weight \($0.weight)" } ?? ""
        return (parts.first?.settings.summary ?? "") + beside
      }
      let form = isDamped ? "" : ", as shares of each one's largest score"
      return parts.map { "\($0.weight) × \($0.settings.name.rawValue) (\($0.settings.summary))" }
        .joined(separator: " + ") + form
    }
  }

  private func choose(for train: Interactions) throws -> Chosen {
    switch choice {
    case .one(let settings):
      let settings = try settings.changing(changes)
      guard let side else { return Chosen(parts: [(settings, 1)]) }
      return try choose(settings, side: Self.rows(of: side, below: train.itemCount), train)
    case .automatic: break
    }
    var search = RecommenderSearch()
    search.validFraction = validFraction
    search.budget = budget
    search.seed = seed
    progress.begin("Choosing", total: nil, unit: "steps")
    var steps = 0
    var outcome: RecommenderSearch.Outcome?
    let seconds = try ContinuousClock().measure {
      outcome = try search.run(train) { _, _ in
        try Task.checkCancellation()
        steps += 1
        progress.advance(to: steps)
      }
    }.seconds
    guard let outcome else { return Chosen(parts: []) }
    progress.end(
      outcome.parts.map(\.settings.name.rawValue).joined(separator: " + ") + ": " + outcome.reason)
    return Chosen(
      parts: outcome.parts, isDamped: outcome.isDamped, reason: outcome.reason,
      candidates: outcome.best.map {
        .init(
          recommender: $0.settings.name.rawValue, settings: $0.settings.summary, score: $0.score,
          fitSeconds: $0.seconds)
      }, seconds: seconds)
  }

  /// The rows of a side without items that are neither in train nor in test.
  private static func rows(of side: URL, below itemCount: Int) throws(BehaviourError)
    -> Interactions
  {
    let all = try AdjacencyFile(side).interactions()
    return Interactions(
      rows: (0..<all.userCount).map { row in all[row].map(Int.init).filter { $0 < itemCount } },
      itemCount: itemCount)
  }

  /// What the rows of the side weigh: the best of a few on what is held out of train, or what was
  /// asked for. The candidate of weight 0 is the recommender alone; where it is best, it is taken.
  private func choose(
    _ settings: RecommenderSettings, side: Interactions, _ train: Interactions
  ) throws -> Chosen {
    if let sideWeight {
      return Chosen(parts: [(settings, 1)], side: (side, sideWeight))
    }
    let clock = ContinuousClock()
    let start = clock.now
    let held = try SettingsValidation(
      holdingOut: validFraction, of: train, by: .init(.ndcg, at: 20),
      threads: ProcessInfo.processInfo.activeProcessorCount, seed: seed)
    var chosen = Chosen(parts: [(settings, 1)])
    progress.begin("Choosing the side's weight", total: Self.sideWeights.count, unit: "weights")
    for (index, weight) in Self.sideWeights.enumerated() {
      let fitted = clock.now
      let score = try held.score {
        try fit(settings, weight > 0 ? (side, weight) : nil, to: $0, isQuiet: true)
      }.mean
      chosen.candidates.append(
        .init(
          recommender: settings.name.rawValue, settings: "side weight \(weight)", score: score,
          fitSeconds: fitted.duration(to: clock.now).seconds))
      if score > chosen.candidates.dropLast().map(\.score).max() ?? -1 {
        chosen.side = weight > 0 ? (side, weight) : nil
      }
      progress.advance(to: index + 1)
    }
    chosen.candidates.sort { $0.score > $1.score }
    chosen.reason = "\(chosen.candidates[0].settings) was best by NDCG@20 on validation"
    progress.end(chosen.reason ?? "")
    chosen.seconds = start.duration(to: clock.now).seconds
    return chosen
  }

  /// Weights of a side that are tried.
  static let sideWeights: [Float] = [0, 0.03, 0.1, 0.3, 1, 3]

  private func fit(
    _ settings: RecommenderSettings, _ side: (rows: Interactions, weight: Float)? = nil,
    to train: Interactions, isQuiet: Bool = false
  ) throws -> any Recommender {
    func step(_ done: Int, _ total: Int) throws {
      try Task.checkCancellation()
      if !isQuiet { progress.advance(to: done) }
    }
    func model() throws -> any Recommender {
      guard let side else { return try settings.fit(train, progress: step) }
      return try Collective(settings, side: side.rows, weight: side.weight)
        .fit(train, progress: step)
    }
    if isQuiet { return try model() }
    progress.begin("Fitting \(settings.name.rawValue)", total: nil, unit: "steps")
    let model = try model()
    progress.end("\(settings.summary)")
    return model
  }

  private func measure(_ blend: Blend, on split: Split) throws -> Measurement {
    progress.begin("Ranking", total: split.train.userCount, unit: "users")
    let ranking = FullRanking(
      k: cuts.max() ?? 20, threads: ProcessInfo.processInfo.activeProcessorCount)
    let lists = try rank(blend, split, with: ranking)
    var measured = Measurement(
      of: lists, relevant: split.test, metrics: RankingMetric.allCases, cuts: cuts, seed: seed)
    let cut = cuts.contains(20) ? 20 : cuts[0]
    measured.lists = ListMetrics(
      of: lists, rows: measured.metrics.rows, train: split.train, cut: cut)
    measured.strata = EvaluationReport.Stratum.all(
      of: lists, measured.metrics, train: split.train, test: split.test, cut: cut)
    progress.end("\(measured.metrics.rows.count.formatted()) users have test items")
    return measured
  }

  private func rank(_ blend: Blend, _ split: Split, with ranking: FullRanking) throws
    -> RankedLists
  {
    if blend.parts.count == 1 {
      return try blend.parts[0].model.rankAll(
        split.train, with: ranking, areasOf: measuresArea ? split.test : nil)
    }
    let (train, test) = (split.train, split.test)
    var rows = FullRanking.Rows(count: train.userCount, excluded: { train[$0] })
    if measuresArea { rows.relevant = { test[$0] } }
    return try ranking.rank(rows, itemCount: blend.itemCount) { rows, scores in
      try blend.score(Shoppers(known: rows, of: train), into: scores)
    }
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
