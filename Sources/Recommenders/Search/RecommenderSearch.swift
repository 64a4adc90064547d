public import AkinCatalogue
internal import AkinEvaluation
internal import Foundation

/// Finds the recommender, or the blend of several, that suits a set of interactions best.
///
/// A share of the interactions is held out by a seed. Every family of recommenders is
/// fitted to the rest as it begins; the better half then climbs, one step of one setting at a time,
/// as long as that helps and the budget lasts. Last, the weights of a blend of the best of each
/// family are sought, and the blend is taken where it is better by more than chance may give.
///
/// What is reached in a budget of time depends on the machine. The parts are deterministic.
public struct RecommenderSearch: Sendable {
  /// One thing that was tried.
  public struct Trial: Sendable {
    /// What.
    public var settings: RecommenderSettings
    /// The mean of recall and NDCG at the cut, on the held-out interactions.
    public var score: Double
    /// Seconds it took to fit and to score.
    public var seconds: Double
  }

  /// What was found.
  public struct Outcome: Sendable {
    /// The recommenders to fit, with their weights: one, or the parts of a blend.
    public var parts: [(settings: RecommenderSettings, weight: Float)]
    /// Whether the blend takes square roots: see ``Blend``.
    public var isDamped = true
    /// The score of what was chosen.
    public var score: Double
    /// The best of each family, best first.
    public var best: [Trial]
    /// How many settings were tried.
    public var trials: Int
    /// Why, in a sentence.
    public var reason: String
  }

  /// The share of the interactions that is held out.
  public var validFraction = 0.1
  /// The length of the lists that are compared.
  public var cut = 20
  /// Seconds that the search may take, about; fitting the choice to everything comes on top.
  public var budget = 300.0
  /// What the held-out interactions are drawn by.
  public var seed: UInt64 = 0
  /// A blend must be better than its best part by this share.
  public var leastGain = 0.005
  /// Recommenders alone worse than the best by more than this are not blended: what they add on
  /// the held-out interactions is often the way these were drawn, and lost on others.
  public var leastShare = 0.88
  /// Seconds since the search began.
  private let elapsed: @Sendable () -> Double

  /// Creates a search.
  ///
  /// - Parameter elapsed: seconds since some beginning; the system's clock by default.
  public init(elapsed: (@Sendable () -> Double)? = nil) {
    let start = ContinuousClock.now
    self.elapsed =
      elapsed ?? {
        let past = start.duration(to: .now).components
        return Double(past.seconds) + Double(past.attoseconds) / 1e18
      }
  }

  /// Called with what is being done, and the score so far.
  public typealias Report = (_ what: String, _ best: Double) throws -> Void

  /// Searches.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` where nothing can be held out; what `report`
  ///   throws.
  public func run(_ interactions: Interactions, report: Report) throws -> Outcome {
    let samples = samples(of: interactions)
    guard let first = samples.first else {
      throw RecommenderError(
        .noInteractions,
        "there are too few interactions to hold \(validFraction) of them out; name a recommender"
          + " instead of auto, or hold out a larger share")
    }
    var climbers: [Climber] = []
    // No single fit may eat the budget.
    for family in RecommenderFamily.all(
      for: first.train, seconds: budget / Double(12 * samples.count))
    {
      var climber = Climber(family)
      for start in family.starts where climber.best == nil || elapsed() < budget * 0.5 {
        try climber.attempt(start, samples, elapsed, report)
      }
      climbers.append(climber)
    }
    try climb(&climbers, samples, report)
    return try choose(climbers, samples, report)
  }

  /// One split of a large set, several of a small one, whose single split would be mostly chance.
  private func samples(of interactions: Interactions) -> [ValidationSample] {
    let held = Double(max(1, interactions.count)) * validFraction
    let splits = max(1, min(5, Int(15_000 / held)))
    // Each interaction by chance, so that users of few interactions count as well.
    return (0..<UInt64(splits)).map { index in
      ValidationSample(
        of: .samplingOut(validFraction, of: interactions, seed: seed &+ index), cut: cut)
    }.filter { $0.split.test.count > 0 }
  }

  /// The best families first and longest.
  private func climb(
    _ climbers: inout [Climber], _ samples: [ValidationSample], _ report: Report
  ) throws {
    let limit = budget * 0.7
    while elapsed() < limit {
      let top = climbers.map(\.score).max() ?? 0
      // The family that has the most to gain for its time: good, and not yet at its summit.
      let next = climbers.indices.filter { !climbers[$0].isDone && climbers[$0].score > top * 0.6 }
        .min { climbers[$0].spent / climbers[$0].worth < climbers[$1].spent / climbers[$1].worth }
      guard let next, elapsed() + climbers[next].lastSeconds < limit else { return }
      try climbers[next].step(samples, elapsed, report)
    }
  }

  private func choose(
    _ climbers: [Climber], _ samples: [ValidationSample], _ report: Report
  ) throws -> Outcome {
    let ranked = climbers.sorted { $0.score > $1.score }
    guard let first = ranked.first, let best = first.best else {
      throw RecommenderError(.noInteractions, "no recommender could be fitted")
    }
    let trials = climbers.reduce(0) { $0 + $1.trials }
    let held = samples.reduce(0) { $0 + $1.split.test.count }
    var outcome = Outcome(
      parts: [(best.settings, 1)], score: best.score, best: ranked.compactMap(\.best),
      trials: trials, reason: "the best of \(trials) tried on \(held) held-out interactions")
    let candidates = Array(ranked.filter { $0.score > best.score * leastShare }.prefix(5))
    guard candidates.count > 1 else { return outcome }
    var found: Blended?
    for isDamped in [false, true] where found == nil || elapsed() < budget {
      let blended = try blend(candidates, samples, isDamped) {
        try report("blending", best.score)
      }
      if let blended, blended.score > found?.score ?? 0 { found = blended }
    }
    guard let found else { return outcome }
    let (chosen, score) = (found.parts, found.score)
    guard score > best.score * (1 + leastGain) else {
      outcome.reason += "; no blend was better by more than \(leastGain * 100) %"
      return outcome
    }
    outcome.parts = chosen.compactMap { climber, weight in
      climber.best.map { ($0.settings, weight) }
    }
    outcome.score = score
    outcome.isDamped = found.isDamped
    let gain = (score / best.score - 1) * 100
    outcome.reason += "; the blend is \((gain * 10).rounded() / 10) % better than its best part"
    return outcome
  }

  /// A blend that was sought.
  private struct Blended {
    var parts: [(climber: Climber, weight: Float)]
    var isDamped: Bool
    var score: Double
  }

  /// The best blend of the candidates' models in one form; `nil` where one alone is best.
  private func blend(
    _ candidates: [Climber], _ samples: [ValidationSample], _ isDamped: Bool,
    progress: () throws -> Void
  ) throws -> Blended? {
    func joined(_ parts: [(climber: Climber, weight: Float)], _ index: Int) throws -> Blend {
      try Blend(
        parts.map { climber, weight in
          .init(
            name: climber.family.name.rawValue, weight: weight, model: climber.models[index])
        }, isDamped: isDamped)
    }
    var search: BlendSearch?
    for (index, sample) in samples.enumerated() {
      let part = try BlendSearch(
        joined(candidates.map { ($0, 1) }, index), train: sample.train,
        relevant: sample.split.test, cut: cut,
        sample: 3_000 / samples.count, progress: { _, _ in try progress() })
      if search == nil { search = part } else { search?.add(part) }
    }
    guard var search else { return nil }
    search.metrics = [.recall, .ndcg]
    let weights = search.search(allowsRepeats: false).weights
    let parts = zip(candidates, weights).filter { $0.1 > 0 }.map { (climber: $0.0, weight: $0.1) }
    guard parts.count > 1 else { return nil }
    var score = 0.0
    for (index, sample) in samples.enumerated() {
      let blend = try joined(parts, index)
      score += try sample.score(blend.itemCount, by: blend.score) / Double(samples.count)
    }
    return Blended(parts: parts, isDamped: isDamped, score: score)
  }
}
