package import AkinRanking
package import AkinStorage
internal import Foundation
internal import Synchronization

extension LiveShop {
  /// All experiments, in the order in which they were made.
  package var experiments: [Experiment] { experimentTable.withLock { $0 } }

  /// Reads the experiments from the store; one that this version cannot read is left out and told.
  package func reloadExperiments() throws {
    let all = try store.experiments().compactMap { stored -> Experiment? in
      do {
        let plan = try JSONDecoder().decode(Experiment.Plan.self, from: Data(stored.body.utf8))
        return Experiment(
          id: stored.id, plan: plan, created: stored.created, started: stored.started,
          stopped: stored.stopped)
      } catch {
        failures.withLock { $0 = "the experiment \(stored.id) cannot be read and is not run" }
        return nil
      }
    }
    experimentTable.withLock { $0 = all }
  }

  /// Adds an experiment, or replaces the draft of its id.
  ///
  /// - Throws: ``ExperimentIssue``; `StorageError`.
  package func save(_ id: String, _ plan: Experiment.Plan) throws -> Experiment {
    try writer.sync {
      var experiment = Experiment(id: id, plan: plan, created: now())
      try experiment.check(rankers: rankerNames)
      if let before = try known(id) {
        guard before.state == .draft else {
          throw ExperimentIssue(message: "it has begun and cannot be changed; make another one")
        }
        experiment.created = before.created
      }
      return try put(experiment)
    }
  }

  /// Begins an experiment. One runs at a time: what a second one does to the first would count for
  /// neither.
  ///
  /// - Returns: `nil` where there is none of this id.
  /// - Throws: ``ExperimentIssue``; `StorageError`.
  package func startExperiment(_ id: String) throws -> Experiment? {
    try writer.sync {
      guard var experiment = try known(id) else { return nil }
      guard experiment.state == .draft else {
        throw ExperimentIssue(message: "it has begun already")
      }
      if let other = experiments.first(where: { $0.state == .running }) {
        throw ExperimentIssue(message: "\(other.id) is running; stop it first")
      }
      try experiment.check(rankers: rankerNames)
      experiment.started = now()
      return try put(experiment)
    }
  }

  /// Ends an experiment: everybody gets what everybody else gets.
  package func stopExperiment(_ id: String) throws -> Experiment? {
    try writer.sync {
      guard var experiment = try known(id) else { return nil }
      guard experiment.state == .running else {
        throw ExperimentIssue(message: "it is not running")
      }
      experiment.stopped = now()
      return try put(experiment)
    }
  }

  /// Removes an experiment and who was exposed to it.
  ///
  /// - Returns: whether there was one of this id.
  package func removeExperiment(_ id: String) throws -> Bool {
    try writer.sync {
      if try known(id)?.state == .running {
        throw ExperimentIssue(message: "it is running; stop it first")
      }
      exposures.forget(id)
      let isGone = try store.removeExperiment(id: id)
      try reloadExperiments()
      return isGone
    }
  }

  private func known(_ id: String) throws -> Experiment? {
    try reloadExperiments()
    return experiments.first { $0.id == id }
  }

  private func put(_ experiment: Experiment) throws -> Experiment {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try store.save(
      StoredExperiment(
        id: experiment.id,
        body: String(decoding: try encoder.encode(experiment.plan), as: UTF8.self),
        created: experiment.created, started: experiment.started, stopped: experiment.stopped))
    try reloadExperiments()
    return experiment
  }

  /// The variant in which a shopper sees a list, and that he saw it; `nil` where no experiment is
  /// running, where it makes no difference to such a list, or where nobody says who he is.
  ///
  /// - Parameters:
  ///   - names: the shopper's names; of several the user's comes first, then the visitor's.
  ///   - isShown: whether he sees the list; else somebody looks on, and it does not count.
  package func trial(for names: [ShopperName], kind: String, isShown: Bool = true)
    -> (experiment: String, variant: Experiment.Variant)?
  {
    guard let shopper = names.first,
      let experiment = experimentTable.withLock({ $0.first { $0.state == .running } }),
      experiment.affects(kind), let variant = experiment.variant(of: shopper)
    else { return nil }
    guard isShown else { return (experiment.id, variant) }
    exposures.add(
      Exposure(experiment: experiment.id, variant: variant.id, shopper: shopper, first: now()))
    return (experiment.id, variant)
  }

  /// Writes down who saw what since the last time.
  package func saveExposures() throws { try exposures.writing.sync { try writeExposures() } }

  private func writeExposures() throws {
    let waiting = exposures.take()
    guard !waiting.isEmpty else { return }
    do { try store.add(waiting) } catch {
      exposures.putBack(waiting)
      throw error
    }
  }

  func eraseExposures(of names: [ShopperName]) throws -> Int {
    try exposures.writing.sync {
      // What waits is found and counted, too.
      try writeExposures()
      exposures.forget(names)
      return try store.eraseExposures(of: names)
    }
  }

  /// Who ranks lists for a shopper of `variant`, first asked first.
  func rankers(for variant: Experiment.Variant?) -> [any ShopperRanker] {
    let all = rankers
    switch variant?.usedRanker {
    case nil: return all
    case "popular"?: return []
    // One that is gone since the experiment began leaves the usual ones.
    case let name?: return all.first { $0.name == name }.map { [$0] } ?? all
    }
  }

  /// The rules that `variant` leaves.
  package func rules(_ rules: [Rule], for variant: Experiment.Variant?) -> [Rule] {
    guard let off = variant?.rulesOff else { return rules }
    return rules.filter { !off.covers($0.id) }
  }
}
