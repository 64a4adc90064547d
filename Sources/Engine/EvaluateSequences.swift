internal import AkinCatalogue
internal import AkinEvaluation
public import AkinRecommenders
public import Foundation

/// The use case "how well is the next item found": chooses and fits a sequence recommender, ranks
/// every item for every test case, and measures where the item that came stands.
public struct EvaluateSequences {
  /// The names a choice can have beside `auto`.
  public static let names = SequenceRecommenderName.list

  /// What is compared: one name, or what `auto` stands for.
  public var choice: [SequenceRecommenderName]
  /// What is measured beside it on the same cases, in addition.
  public var beside: [SequenceRecommenderName] = []
  /// Lengths of the lists at which metrics are taken.
  public var cuts = [5, 10, 20]
  /// Seconds that choosing and fitting may take, about.
  public var budget = 300.0
  /// What every random choice begins from.
  public var seed: UInt64 = 0
  /// Whether the chosen model learns from the validation items too before it is tested.
  public var learnsFromValidation = true
  private let progress: any ProgressReporter

  /// Evaluates `name`.
  ///
  /// - Throws: ``EngineError`` `badArgument`, which lists the names.
  public init(_ name: String, progress: any ProgressReporter) throws(EngineError) {
    self.progress = progress
    if name == "auto" {
      choice = [.popularity, .markov, .sessionKNN, .sasrec]
    } else {
      choice = [try Self.named(name, beside: ["auto"])]
    }
  }

  /// A recommender by its name.
  ///
  /// - Throws: ``EngineError`` `badArgument`, which lists the names.
  public static func named(_ name: String) throws(EngineError) -> SequenceRecommenderName {
    try named(name, beside: [])
  }

  private static func named(
    _ name: String, beside others: [String]
  ) throws(EngineError) -> SequenceRecommenderName {
    guard let known = SequenceRecommenderName(rawValue: name) else {
      let all = (others + [Self.names]).joined(separator: ", ")
      throw EngineError(
        .badArgument, "no sequence recommender is called '\(name)'; there are \(all)")
    }
    return known
  }

  /// Leave one out, on a file of `user item item …`, oldest item first: the last item of each row
  /// is the test, the one before it validation. Items of the history are not listed.
  ///
  /// - Throws: `BehaviourError` with file and line; ``EngineError`` `badArgument` where no row has
  ///   three items; `RecommenderError`.
  public func run(leavingOneOut file: URL) throws -> EvaluationReport {
    let (all, numbering) = try read(file) { try $0.sequences() }
    let parts = Parts(
      train: all.droppingLast(2), validation: .last(of: all.droppingLast(1)),
      complete: all.droppingLast(1), test: .last(of: all), excludesHistory: true)
    guard parts.validation.count > 0 else {
      throw EngineError(
        .badArgument,
        "\(file.path): no row has three items, one each to learn from, to choose by and to test")
    }
    return try run(parts, itemCount: numbering.count)
  }

  /// Sessions, a line each, items alone: every item of the test sessions but the first is to be
  /// found after those before it. The last tenth of the train sessions is validation. Items of the
  /// session may be listed again.
  ///
  /// - Throws: as ``run(leavingOneOut:)``; ``EngineError`` `badArgument` where validation or test
  ///   has no session of two items.
  public func run(train: URL, test: URL) throws -> EvaluationReport {
    let (complete, numbering) = try read(train) { try $0.sessions() }
    let held = max(1, complete.count / 10)
    let cut = complete.count - held
    let parts = Parts(
      train: complete.rows(0..<cut),
      validation: .everyPrefix(of: complete.rows(cut..<complete.count)), complete: complete,
      test: .everyPrefix(of: numbering.applied(to: try AdjacencyFile(test).sessions())),
      excludesHistory: false)
    for (cases, place) in [(parts.validation, train), (parts.test, test)] where cases.count == 0 {
      throw EngineError(
        .badArgument, "\(place.path): no session to test by has two items; give longer sessions")
    }
    return try run(parts, itemCount: numbering.count)
  }

  private struct Parts {
    var train: Sequences, validation: SequenceCases, complete: Sequences, test: SequenceCases
    var excludesHistory: Bool
  }

  private func read(
    _ file: URL, _ form: (AdjacencyFile) throws -> Sequences
  ) throws -> (Sequences, ItemNumbering) {
    progress.begin("Reading", total: nil, unit: "rows")
    let raw = try form(AdjacencyFile(file))
    let numbering = ItemNumbering(of: raw)
    progress.end(
      "\(raw.count.formatted()) rows, \(raw.items.count.formatted()) events,"
        + " \(numbering.count.formatted()) items")
    return (numbering.applied(to: raw), numbering)
  }

  private func run(_ parts: Parts, itemCount: Int) throws -> EvaluationReport {
    try checkCuts()
    let outcome = try choose(among: choice, parts)
    var report = EvaluationReport(chosen: outcome.name, settings: outcome.settings)
    report.reason = outcome.reason + (learnsFromValidation ? Self.refitNote : "")
    report.candidates = outcome.trials.map {
      .init(
        recommender: $0.name, settings: $0.settings, score: $0.score, fitSeconds: $0.seconds)
    }
    (report.choiceSeconds, report.fitSeconds) = (outcome.choiceSeconds, outcome.fitSeconds)
    let clock = ContinuousClock()
    let start = clock.now
    let chosen = try measure(outcome.model, parts, itemCount)
    report.evaluateSeconds = start.duration(to: clock.now).seconds
    report.take(chosen)
    report.sizes = [
      "train_rows": parts.complete.count, "items": itemCount,
      "train_events": parts.complete.items.count, "validation_cases": parts.validation.count,
      "test_cases": parts.test.count,
    ]
    for name in beside {
      let other = try choose(among: [name], parts)
      let fitted = clock.now
      let measured = try measure(other.model, parts, itemCount)
      report.add(
        other.name, settings: other.settings, measured, beside: chosen,
        fitSeconds: other.fitSeconds, evaluateSeconds: fitted.duration(to: clock.now).seconds,
        seed: seed)
    }
    return report
  }

  private func choose(
    among names: [SequenceRecommenderName], _ parts: Parts
  ) throws -> SequenceSelection.Outcome {
    var selection = SequenceSelection(excludesHistory: parts.excludesHistory)
    (selection.budget, selection.seed) = (budget, seed)
    selection.learnsFromValidation = learnsFromValidation
    var stage: String?
    let outcome = try selection.choose(
      among: names, train: parts.train, validation: parts.validation, complete: parts.complete
    ) { what, done, total in
      try Task.checkCancellation()
      if stage != what {
        if stage != nil { progress.end("") }
        progress.begin(what, total: total, unit: "steps")
        stage = what
      }
      progress.advance(to: done)
    }
    if stage != nil { progress.end(outcome.reason) }
    return outcome
  }

  private static let refitNote =
    ". The chosen model then learnt from the validation items too, before the test was opened"

  private func checkCuts() throws(EngineError) {
    guard !cuts.isEmpty, cuts.allSatisfy({ (1...1000).contains($0) }) else {
      throw EngineError(.badArgument, "cuts are numbers from 1 to 1000")
    }
  }

  private func measure(
    _ model: any SequenceRecommender, _ parts: Parts, _ itemCount: Int
  ) throws -> Measurement {
    progress.begin("Ranking", total: parts.test.count, unit: "cases")
    let ranking = FullRanking(
      k: cuts.max() ?? 20, threads: ProcessInfo.processInfo.activeProcessorCount)
    let lists = try model.rankAll(
      parts.test, with: ranking, excludesHistory: parts.excludesHistory)
    // One item is to be found: the hit rate is what session papers call P@k, and the recall.
    var measured = Measurement(
      of: lists, relevant: parts.test.targets(itemCount: itemCount),
      metrics: [.hitRate, .recall, .ndcg, .mrr], cuts: cuts, seed: seed)
    measured.strata = strata(of: measured.metrics, parts.test)
    progress.end("\(parts.test.count.formatted()) cases")
    return measured
  }

  /// Cases by how much is known of the shopper.
  private func strata(of metrics: RowMetrics, _ test: SequenceCases)
    -> [EvaluationReport.Stratum]
  {
    let cut = cuts.contains(20) ? 20 : cuts[0]
    let keys = [RowMetrics.Key(.hitRate, at: cut), RowMetrics.Key(.mrr, at: cut)]
    let bounds: [(String, ClosedRange<Int>)] = [
      ("after 1 item", 1...1), ("after 2 to 4", 2...4), ("after 5 to 9", 5...9),
      ("after 10 or more", 10...Int.max),
    ]
    return bounds.compactMap { name, lengths in
      let members = metrics.rows.indices.filter {
        lengths.contains(test.history(of: metrics.rows[$0]).count)
      }
      guard !members.isEmpty else { return nil }
      return .init(
        name: name, users: members.count,
        means: Dictionary(
          uniqueKeysWithValues: keys.map { ($0.description, metrics.mean($0, over: members)) }))
    }
  }
}
