public import AkinCatalogue
internal import AkinNeural

/// Chooses a sequence recommender, its settings and a blend by validation cases, within a time.
///
/// Simple ones come first: they take seconds, and are what a network has to beat. A network trains
/// until it stops getting better or its share of the time is over. All of them are then offered to
/// a blend. What was chosen learns from everything in the end: counts are taken again, a network
/// goes on for a few epochs on all sequences, validation included, its rate falling to 0.
public struct SequenceSelection: Sendable {
  /// A model that was tried on the validation cases.
  public struct Trial: Sendable {
    /// What people call it, and its settings.
    public var name: String, settings: String
    /// NDCG@20 of the validation cases.
    public var score: Double
    /// Seconds for search and fitting.
    public var seconds: Double
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// Fitted on everything.
    public var model: any SequenceRecommender
    /// Its name, such as `sasrec` or `blend of sasrec and session-knn`, and settings.
    public var name: String, settings: String
    /// Why this one.
    public var reason: String
    /// What was compared, best first.
    public var trials: [Trial]
    /// Seconds until the choice was made, and for fitting on everything.
    public var choiceSeconds: Double, fitSeconds: Double
  }

  /// Called with what is being done, and steps done and in all.
  public typealias Report = (_ what: String, _ done: Int, _ total: Int) throws -> Void

  /// Seconds for everything, about.
  public var budget = 300.0
  /// What all random choices follow from.
  public var seed: UInt64 = 0
  /// Whether items of the history are never next.
  public var excludesHistory: Bool
  /// Validation cases that are ranked for a comparison, at most.
  public var largestSample = 6_000
  /// Whether what was chosen learns from the validation cases in the end.
  public var learnsFromValidation = true

  /// Chooses under one rule for repeats.
  public init(excludesHistory: Bool) { self.excludesHistory = excludesHistory }

  /// Chooses among `names`.
  ///
  /// - Parameters:
  ///   - names: one to fit just that, with its settings from validation.
  ///   - train: what is learnt from while choosing.
  ///   - validation: cases that are no part of `train`.
  ///   - complete: train and what the validation cases were taken from.
  /// - Throws: ``RecommenderError``, and what `report` throws.
  public func choose(
    among names: [SequenceRecommenderName], train: Sequences, validation: SequenceCases,
    complete: Sequences, report: @escaping Report = { _, _, _ in }
  ) throws -> Outcome {
    let clock = ContinuousClock()
    let began = clock.now
    let work = SelectionWork(self, train, validation, report)
    var candidates = try names.filter { $0.architecture == nil }.map { try work.simple($0) }
    let networks = names.filter { $0.architecture != nil }
    for (index, name) in networks.enumerated() {
      // What is left, shared among the networks to come; a quarter is for the end.
      let left = budget - began.duration(to: clock.now).seconds
      let share = left * 0.75 / Double(networks.count - index)
      if let candidate = try work.network(name, seconds: share, isNeeded: candidates.isEmpty) {
        candidates.append(candidate)
      }
    }
    guard !candidates.isEmpty else {
      throw RecommenderError(.badSetting, "no recommender was named")
    }
    let choice = try work.blended(candidates)
    let chosen = clock.now
    let target = learnsFromValidation ? complete : train
    let left = max(0, budget - began.duration(to: chosen).seconds)
    let model = try work.finished(choice, on: target, seconds: left)
    return Outcome(
      model: model, name: choice.name, settings: choice.settings, reason: choice.reason,
      trials: candidates.map(\.trial).sorted { $0.score > $1.score },
      choiceSeconds: began.duration(to: chosen).seconds,
      fitSeconds: chosen.duration(to: clock.now).seconds)
  }
}
