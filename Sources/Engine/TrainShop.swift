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

    /// Sound defaults.
    public init() {}
  }

  private let store: ShopStore
  private let lock: ShopLock
  private let options: Options
  private let progress: any ProgressReporter
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
    let behaviour = try ShopBehaviour(
      histories.finish(), store.productEntries(), related: store.allNeighbours(.content),
      weights: options.weights)
    progress.end(
      "\(behaviour.shoppers.count.formatted()) shoppers, \(behaviour.items.count.formatted())"
        + " items, \(behaviour.count.formatted()) deeds")
    let choice = try choose(behaviour)
    let test = TrainingTest(behaviour, cut: options.cut, progress: progress)
    let tested = try test.run(
      fit(choice.candidates, to: test.train, "Fitting for the test"), choice)
    let kept = try fit(
      choice.candidates.filter { $0.all > 0 || $0.new > 0 }, to: behaviour.history(through: 2),
      "Fitting on everything")
    var report = tested.report(choice, behaviour, cut: options.cut)
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
      }, items: behaviour.items.representatives, weights: options.weights, report: report,
      in: store)
    progress.end("\(kept.count) recommenders")
    return report
  }
}

/// A recommender that was fitted, and its weights in the two blends.
struct FittedCandidate: Sendable {
  var candidate: ShopCandidate
  var model: any Recommender
  var seconds: Double
  /// Weight in lists that may hold what the shopper has.
  var all: Float = 0
  /// Weight in lists of what is new to the shopper.
  var new: Float = 0

  var name: String { candidate.name }
  var form: WeightForm { candidate.form }
}

extension [FittedCandidate] {
  /// Their blend by one kind of weight, without those of weight 0.
  func blend(_ weight: (FittedCandidate) -> Float) throws -> Blend {
    try Blend(
      filter { weight($0) > 0 }.map {
        Blend.Part(name: $0.name, weight: weight($0), model: $0.model, form: $0.form)
      })
  }
}

/// What validation chose.
struct TrainingChoice: Sendable {
  var candidates: [FittedCandidate]
  var all: BlendSearch.Outcome
  var new: BlendSearch.Outcome
  var allowsRepeats: Bool
}

// MARK: Choosing

extension TrainShop {
  /// What popularity weighs at least: too little to change an order, enough that strangers, and the
  /// end of lists that the others cannot fill, get what most shoppers take.
  private static let fallbackWeight: Float = 0.001

  private func choose(_ behaviour: ShopBehaviour) throws -> TrainingChoice {
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
    return TrainingChoice(
      candidates: candidates, all: all, new: new,
      allowsRepeats: search.prefersRepeats(all, over: new))
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
    return candidates
  }

  private func fit(_ candidate: ShopCandidate, to train: Interactions, _ what: String) throws
    -> FittedCandidate
  {
    let started = ContinuousClock.now
    progress.begin("\(what): \(candidate.name)", total: nil, unit: "steps")
    let model = try candidate.fit(train) { [progress] done, _ in
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
      var fitted = try fit(candidate.candidate, to: forms[candidate.form] ?? train, what)
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
