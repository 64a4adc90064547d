internal import AkinRecommenders
internal import AkinStorage
internal import Foundation

extension TrainShop {
  /// The heads that a training keeps.
  struct Heads {
    var record: ShopOutcomes.Record
    var model: OutcomeModel
    var figures: TrainingReport.HeadFigures
  }

  /// Learns what shoppers do after a step; `nil` where their deeds tell too little.
  ///
  /// - Throws: `CancellationError`, and what training throws.
  func learnOutcomes(_ snapshot: BehaviourSnapshot, within horizon: Double) throws -> Heads? {
    progress.begin("Learning purchases and visits", total: nil, unit: "steps")
    do {
      let (steps, products) = try EvaluateOutcomes.steps(snapshot)
      var selection = OutcomeSelection()
      selection.architectures = [.gru4rec, .sasrec]
      (selection.horizon, selection.seed) = (horizon, options.seed)
      selection.budget = options.budget / 4
      let outcome = try selection.run(steps) { [progress] _, done, _ in
        try Task.checkCancellation()
        progress.advance(to: done)
      }
      let figures = TrainingReport.HeadFigures(outcome, horizon: horizon)
      progress.end(figures.summary)
      return Heads(
        record: .init(file: "", horizon: horizon, products: products), model: outcome.model,
        figures: figures)
    } catch let error as RecommenderError where error.code == .noInteractions {
      progress.end("left out: \(error.message)")
      return nil
    } catch let error as EngineError where error.code == .nothingToDo {
      progress.end("left out: \(error.message)")
      return nil
    }
  }
}

extension TrainingReport.HeadFigures {
  init(_ outcome: OutcomeSelection.Outcome, horizon: Double) {
    let (areas, errors) = (outcome.purchases, outcome.times)
    self.init(
      network: outcome.model.settings.architecture.rawValue,
      settings: outcome.model.settings.summary, horizon: horizon, area: areas[0].test,
      simpleArea: areas[1].test, absoluteError: errors[0].test,
      simpleAbsoluteError: errors[1].test, purchaseSteps: outcome.purchaseSteps,
      timeSteps: outcome.timeSteps, seconds: outcome.trials.reduce(0) { $0 + $1.seconds })
  }

  /// In a line.
  public var summary: String {
    func days(_ seconds: Double) -> String { String(format: "%.2f", seconds / 86_400) }
    return "\(network): AUC " + String(format: "%.3f beside %.3f", area, simpleArea)
      + ", next visit off by \(days(absoluteError)) days beside \(days(simpleAbsoluteError))"
  }
}
