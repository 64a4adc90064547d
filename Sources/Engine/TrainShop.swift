internal import AkinCatalogue
internal import AkinEvaluation
internal import AkinRecommenders
public import AkinStorage
public import Foundation

/// The use case "learn what shoppers want": fits recommenders on a shop's histories, chooses and
/// blends on the shop's own later behaviour, and keeps the best.
///
/// Stages of time keep it honest: what is learnt from lies before what chooses, and that before
/// what is reported. The kept recommender is then fitted on everything. Two blends are kept: one
/// for lists that may hold what the shopper has, one for lists of what is new.
public final class TrainShop {
  /// How a shop is trained.
  public struct Options: Sendable {
    /// What types of events are worth.
    public var weights = EventWeights()
    /// Seconds that fitting may take, about.
    public var budget = 300.0
    /// Length of the lists that are judged.
    public var cut = 10
    /// What every random choice begins from.
    public var seed: UInt64 = 0
    /// Seconds within which a purchase is told by heads that are trained beside the recommenders, in
    /// a quarter of the budget; `nil` for no heads.
    public var horizon: Double?

    /// Sound defaults.
    public init() {}
  }

  private let store: ShopStore
  private let lock: ShopLock
  let options: Options
  let progress: any ProgressReporter
  private let now: @Sendable () -> Date

  /// Opens the shop in `directory` and takes its build lock.
  ///
  /// - Throws: ``StorageError``, also where the folder holds no shop.
  public init(
    directory: URL, options: Options, progress: any ProgressReporter,
    now: @escaping @Sendable () -> Date
  ) throws(StorageError) {
    _ = try ShopStore(directory: directory)
    store = try ShopStore(directory: directory, for: .building)
    lock = try store.lock(for: .build)
    self.options = options
    self.progress = progress
    self.now = now
  }

  /// Trains the shop.
  ///
  /// - Returns: the comparison and what was kept.
  /// - Throws: ``EngineError`` `nothingToDo` for a shop without behaviour; ``StorageError``;
  ///   `RecommenderError`; `CancellationError`. The shop then keeps what it had.
  public func run() throws -> TrainingReport {
    let started = ContinuousClock.now
    progress.begin("Reading histories", total: nil, unit: "shoppers")
    var histories = HistoryCollector(try store.behaviour())
    try store.forEachEvent { histories.add($0) }
    let snapshot = histories.finish()
    let behaviour = try ShopBehaviour(
      snapshot, store.productEntries(), related: store.allNeighbours(.content),
      weights: options.weights)
    progress.end(
      "\(behaviour.shoppers.count.formatted()) shoppers, \(behaviour.items.count.formatted())"
        + " items, \(behaviour.count.formatted()) deeds")
    let facts = try behaviour.items.facts(in: store)
    let choice = try choose(behaviour, facts)
    let test = TrainingTest(behaviour, cut: options.cut, progress: progress)
    let tested = try test.run(
      fit(choice.candidates, to: test.train, "Fitting for the test"), choice)
    let everything = behaviour.history(through: 2)
    let kept = try fit(choice.needed, to: everything, "Fitting on everything")
    let heads = try options.horizon.flatMap { try learnOutcomes(snapshot, within: $0) }
    var report = tested.report(choice, behaviour, cut: options.cut)
    report.heads = heads?.figures
    report.seconds = started.duration(to: .now).seconds
    report.finished = now().timeIntervalSince1970
    try Task.checkCancellation()
    progress.begin("Saving", total: nil, unit: "files")
    try TrainedRecommender.save(
      kept.map { candidate in
        (
          TrainedRecommender.Record.Part(
            name: candidate.name, weight: candidate.all, newWeight: candidate.new,
            form: candidate.form, file: ""), candidate.model
        )
      },
      orders: (
        try choice.all.kept.map { try $0.refitted(kept.whole(\.all), everything, facts: facts) },
        try choice.new.kept.map { try $0.refitted(kept.whole(\.new), everything, facts: facts) }
      ), outcomes: heads.map { ($0.record, $0.model) }, items: behaviour.items.representatives,
      weights: options.weights, report: report,
      in: store)
    progress.end("\(kept.count) recommenders")
    return report
  }
}

// MARK: Choosing

extension TrainShop {
  /// What popularity weighs at least: too little to change an order, enough that strangers, and the
  /// end of lists that the others cannot fill, get what most shoppers take.
  private static let fallbackWeight: Float = 0.001

  private func choose(_ behaviour: ShopBehaviour, _ facts: ItemFacts) throws -> TrainingChoice {
    let started = ContinuousClock.now
    let train = behaviour.history(through: 0)
    let relevant = behaviour.targets(in: 1)
    guard train.count > 0, relevant.count > 0 else {
      throw EngineError(
        .nothingToDo,
        "the histories are too short to learn from and to check what was learnt; a few hundred"
          + " events of shoppers who came more than once are a beginning")
    }
    var candidates = try fitCandidates(train, behaviour.items.content)
    progress.begin("Blending on validation", total: nil, unit: "shoppers")
    let search = try BlendSearch(
      candidates.blend { _ in 1 }, train: train, relevant: relevant, cut: options.cut
    ) { [progress] done, _ in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    let all = search.search(allowsRepeats: true)
    let new = search.search(allowsRepeats: false)
    for index in candidates.indices {
      let least = candidates[index].name == ShopCandidate.fallback ? Self.fallbackWeight : 0
      candidates[index].all = max(least, all.weights[index])
      candidates[index].new = max(least, new.weights[index])
    }
    progress.end(
      "\(Self.words(candidates, \.all)); new products: \(Self.words(candidates, \.new))")
    func learned(_ mayRepeat: Bool, _ weight: (FittedCandidate) -> Float) throws
      -> LearnedOrderTraining.Outcome?
    {
      // Learning costs about as much as scoring the candidates did, twice.
      guard started.duration(to: .now).seconds < options.budget / 2 else { return nil }
      return try learn(
        candidates.whole(weight), facts, train, relevant, mayRepeat: mayRepeat)
    }
    return TrainingChoice(
      candidates: candidates, facts: facts,
      all: .init(blend: all, learned: try learned(true, \.all)),
      new: .init(blend: new, learned: try learned(false, \.new)),
      allowsRepeats: search.prefersRepeats(all, over: new))
  }

  private func learn(
    _ blend: Blend, _ facts: ItemFacts, _ train: Interactions, _ relevant: Interactions,
    mayRepeat: Bool
  ) throws -> LearnedOrderTraining.Outcome? {
    progress.begin(
      mayRepeat ? "Learning the order" : "Learning the order of new products", total: nil,
      unit: "shoppers")
    var training = LearnedOrderTraining()
    (training.cut, training.seed) = (options.cut, options.seed)
    let outcome = try training.learn(
      blend, facts: facts, train: train, relevant: relevant, mayRepeat: mayRepeat
    ) { [progress] done, _ in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    progress.end(
      outcome.map {
        "\($0.order.treeCount) trees; validation "
          + String(format: "%.4f", $0.score) + String(format: " beside %.4f", $0.blend)
          + ($0.isBetter ? "" : ": the blend stays")
      } ?? "too few shoppers to learn from")
    return outcome
  }

  /// Candidates in the order of their cost, as many as the budget lasts for; popularity always.
  private func fitCandidates(
    _ train: Interactions, _ content: NeighbourLists?
  ) throws -> [FittedCandidate] {
    let started = ContinuousClock.now
    var candidates: [FittedCandidate] = []
    for candidate in ShopCandidate.all(for: train, content: content, seed: options.seed) {
      let spent = started.duration(to: .now).seconds
      // A fit costs about as much again for the test, and again for good.
      if !candidates.isEmpty, spent > options.budget / 3 { break }
      do {
        candidates.append(
          try fit(candidate, to: candidate.form.applied(to: train), "Fitting"))
      } catch let error as RecommenderError where error.code == .tooLarge {
        progress.end("left out: \(error.message)")
      }
    }
    let networks = ShopCandidate.networks(for: train)
    for (index, architecture) in networks.enumerated() {
      let spent = started.duration(to: .now).seconds
      let seconds = (options.budget * Self.networkShare - spent) / Double(networks.count - index)
      guard seconds > Self.leastNetworkSeconds else { break }
      let candidate = ShopCandidate(
        architecture, fitting: train, seconds: seconds, seed: options.seed)
      candidates.append(try fit(candidate, to: candidate.form.applied(to: train), "Training"))
    }
    return candidates
  }

  /// The share of the budget after which no network trains, and the seconds below which none does.
  private static let networkShare = 0.45
  private static let leastNetworkSeconds = 5.0

  private func fit(
    _ candidate: ShopCandidate, to train: Interactions, from former: (any Recommender)? = nil,
    _ what: String
  ) throws -> FittedCandidate {
    let started = ContinuousClock.now
    progress.begin("\(what): \(candidate.name)", total: nil, unit: "steps")
    let model = try candidate.fit(train, from: former) { [progress] done, _ in
      try Task.checkCancellation()
      progress.advance(to: done)
    }
    progress.end(candidate.summary)
    return FittedCandidate(
      candidate: candidate, model: model, seconds: started.duration(to: .now).seconds)
  }

  private func fit(_ candidates: [FittedCandidate], to train: Interactions, _ what: String) throws
    -> [FittedCandidate]
  {
    let forms = [WeightForm.counts: train, .logarithm: WeightForm.logarithm.applied(to: train)]
    return try candidates.map { candidate in
      var fitted = try fit(
        candidate.candidate, to: forms[candidate.form] ?? train, from: candidate.model, what)
      (fitted.all, fitted.new) = (candidate.all, candidate.new)
      return fitted
    }
  }

  private static func words(
    _ candidates: [FittedCandidate], _ weight: (FittedCandidate) -> Float
  ) -> String {
    candidates.filter { weight($0) > 0 }
      .map { "\($0.name) " + String(format: "%g", weight($0)) }.joined(separator: " + ")
  }
}
