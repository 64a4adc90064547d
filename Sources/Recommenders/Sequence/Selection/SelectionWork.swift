internal import AkinCatalogue
internal import AkinNeural
internal import Foundation

/// The steps of a ``SequenceSelection``.
struct SelectionWork {
  /// A model fitted on train, and how to have it on everything.
  struct Candidate {
    var trial: SequenceSelection.Trial
    var model: any SequenceRecommender
    var refit: (_ sequences: Sequences, _ seconds: Double) throws -> any SequenceRecommender
  }

  /// Candidates with their weights.
  struct Choice {
    var parts: [(candidate: Candidate, weight: Float)]
    var reason: String
    var name: String {
      let names = parts.map(\.candidate.trial.name)
      return names.count == 1 ? names[0] : "blend of " + names.joined(separator: ", ")
    }
    var settings: String {
      guard parts.count > 1 else { return parts.first?.candidate.trial.settings ?? "" }
      return parts.map {
        "\($0.weight) · \($0.candidate.trial.name) (\($0.candidate.trial.settings))"
      }
      .joined(separator: " + ")
    }
  }

  private let selection: SequenceSelection
  private let train: Sequences
  private let validation: SequenceCases
  private let report: SequenceSelection.Report

  init(
    _ selection: SequenceSelection, _ train: Sequences, _ validation: SequenceCases,
    _ report: @escaping SequenceSelection.Report
  ) {
    (self.selection, self.train, self.validation) = (selection, train, validation)
    self.report = report
  }

  // MARK: Simple recommenders

  func simple(_ name: SequenceRecommenderName) throws -> Candidate {
    let began = ContinuousClock.now
    try report("Trying \(name.rawValue)", 0, 1)
    switch name {
    case .sessionKNN:
      let found = try SessionNeighbours().tuned(
        on: train, validation, excludesHistory: selection.excludesHistory,
        seconds: selection.budget * 0.15, searchCases: 3_000
      ) { try report("Tuning session-knn", $0, $1) }
      return try candidate(name, found.settings, found.settings.summary, began)
    case .markov:
      let trials = try [(1, 1), (2, 1), (1, 3), (2, 3), (1, 10)].map {
        try candidate(
          name, Markov(order: $0.0, reach: $0.1), "order \($0.0), reach \($0.1)", began)
      }
      return trials.max { $0.trial.score < $1.trial.score } ?? trials[0]
    default: return try candidate(.popularity, Markov(order: 0), "all of train", began)
    }
  }

  private func candidate(
    _ name: SequenceRecommenderName, _ algorithm: some SequenceAlgorithm, _ settings: String,
    _ began: ContinuousClock.Instant
  ) throws -> Candidate {
    let model = try algorithm.fit(train, validation: nil) { _, _ in }
    let score = try measured(model)
    return Candidate(
      trial: .init(
        name: name.rawValue, settings: settings, score: score,
        seconds: began.duration(to: .now).seconds),
      model: model,
      refit: { sequences, _ in try algorithm.fit(sequences, validation: nil) { _, _ in } })
  }

  private func measured(_ model: some SequenceRecommender) throws -> Double {
    try CaseRanks.measure(
      validation.spread(over: selection.largestSample), itemCount: model.itemCount,
      excludesHistory: selection.excludesHistory, scoring: model.score
    ).deciding
  }

  // MARK: Networks

  /// A network, or `nil` where the time is too short for one and it is not needed.
  func network(
    _ name: SequenceRecommenderName, seconds: Double, isNeeded: Bool
  ) throws -> Candidate? {
    guard let architecture = name.architecture, isNeeded || seconds > 5 else { return nil }
    var settings = NextItem(architecture, fitting: train, seconds: seconds)
    settings.excludesHistory = selection.excludesHistory
    settings.seed = selection.seed
    settings.validationCases = selection.largestSample
    guard isNeeded || train.items.count >= 2_000 else { return nil }
    let began = ContinuousClock.now
    let model = try settings.fit(train, validation: validation) { done, total in
      try report("Training \(name.rawValue)", done, total)
    }
    let spent = model.epochs.map(\.seconds).reduce(0, +) / Double(max(1, model.epochs.count))
    return Candidate(
      trial: .init(
        name: name.rawValue,
        settings: settings.summary + ", \(model.keptEpoch) of \(model.epochs.count) epochs",
        score: try measured(model), seconds: began.duration(to: .now).seconds),
      model: model,
      refit: { sequences, seconds in
        let wanted = max(1, Int((Double(model.keptEpoch) * 0.3).rounded()))
        let epochs = max(1, min(wanted, Int(seconds / max(0.01, spent * 1.2))))
        return try settings.continued(from: model, on: sequences, epochs: epochs) { done, total in
          try report("Training \(name.rawValue) on everything", done, total)
        }
      })
  }

  // MARK: The choice

  func blended(_ candidates: [Candidate]) throws -> Choice {
    guard candidates.count > 1 else {
      return Choice(
        parts: [(candidates[0], 1)],
        reason: "it was asked for; its settings are the best on validation")
    }
    try report("Weighing \(candidates.count) recommenders", 0, 1)
    let search = try SequenceBlendSearch(
      candidates.map(\.model), validation, excludesHistory: selection.excludesHistory)
    let found = search.search()
    let parts = zip(candidates, found.weights).filter { $0.1 > 0 }
      .sorted { $0.1 > $1.1 }.map { (candidate: $0.0, weight: $0.1) }
    let single = found.single.max() ?? 0
    let figures = [found.score, single].map { String(format: "%.4f", $0) }
    let best = candidates[found.single.firstIndex(of: single) ?? 0].trial.name
    return Choice(
      parts: parts,
      reason: parts.count > 1
        ? "NDCG@20 on validation \(figures[0]), the best alone, \(best), \(figures[1])"
        : "NDCG@20 on validation \(figures[1]), the best alone; no blend was clearly better")
  }

  /// The chosen models, having learnt from `sequences`.
  func finished(
    _ choice: Choice, on sequences: Sequences, seconds: Double
  ) throws -> any SequenceRecommender {
    let networks = choice.parts.count { $0.candidate.model is NextItemModel }
    let parts = try choice.parts.map { part in
      try report("Fitting \(part.candidate.trial.name) on everything", 0, 1)
      return SequenceBlend.Part(
        name: part.candidate.trial.name, weight: part.weight,
        model: try part.candidate.refit(sequences, seconds / Double(max(1, networks))))
    }
    return parts.count == 1
      ? parts[0].model
      : try SequenceBlend(parts, excludesHistory: selection.excludesHistory)
  }
}

extension SessionNeighbours {
  /// The settings in words.
  public var summary: String {
    "\(neighbours) neighbours of \(candidates) candidates, recency \(recency), rarity \(rarity), "
      + "length \(lengthPenalty), ageing \(ageing), forward \(forward), backward \(backward), "
      + "novelty \(novelty)"
  }
}
