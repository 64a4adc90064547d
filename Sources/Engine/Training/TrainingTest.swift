internal import AkinCatalogue
internal import AkinEvaluation
internal import AkinRecommenders
internal import Foundation

/// The one look at the last span of a shop's time: every candidate and the blends, on lists that
/// may hold what the shopper has and on lists of what is new.
struct TrainingTest {
  /// What candidates are fitted on for the test: all that came before its span.
  let train: Interactions
  private let relevant: Interactions
  private let cut: Int
  private let progress: any ProgressReporter

  init(_ behaviour: ShopBehaviour, cut: Int, progress: any ProgressReporter) {
    train = behaviour.history(through: 1)
    relevant = behaviour.targets(in: 2)
    self.cut = cut
    self.progress = progress
  }

  /// Figures of one kind of list.
  struct Kind {
    var single: [TrainingReport.Figures]
    var blend: TrainingReport.BlendFigures
  }

  struct Result {
    var all: Kind
    var new: Kind
  }

  func run(_ fitted: [FittedCandidate], _ choice: TrainingChoice) throws -> Result {
    progress.begin("Testing", total: 2 * (fitted.count + 2), unit: "recommenders")
    let all = try kind(fitted, choice, \.all, repeats: true, done: 0, \.all)
    let new = try kind(fitted, choice, \.new, repeats: false, done: fitted.count + 2, \.new)
    progress.end("\(all.blend.testShoppers.formatted()) shoppers")
    return Result(all: all, new: new)
  }

  private func kind(
    _ fitted: [FittedCandidate], _ choice: TrainingChoice,
    _ chosen: (TrainingChoice) -> TrainingChoice.Kind, repeats: Bool, done: Int,
    _ weight: (FittedCandidate) -> Float
  ) throws -> Kind {
    let outcome = chosen(choice).blend
    let (train, targets) = (self.train, relevant.items)
    let relevant =
      repeats
      ? self.relevant
      : self.relevant.filtered { user, entry in
        !train.contains(user: user, item: Int(targets[entry]))
      }
    var rows: [RowMetrics] = []
    var single: [TrainingReport.Figures] = []
    for (index, candidate) in fitted.enumerated() {
      let measured = try measure(
        .blend([candidate].blend { _ in 1 }), relevant, repeats: repeats)
      single.append(measured.figures)
      rows.append(measured.metrics)
      progress.advance(to: done + index + 1)
    }
    let blend = try fitted.blend(weight)
    let measured = try measure(.blend(blend), relevant, repeats: repeats)
    let metrics = measured.metrics
    let best = outcome.single.indices.max { outcome.single[$0] < outcome.single[$1] } ?? 0
    let key = RowMetrics.Key(.ndcg, at: cut)
    let comparable = blend.parts.count > 1 && metrics.rows.count > 1
    var result = Kind(
      single: single,
      blend: TrainingReport.BlendFigures(
        validation: outcome.score, test: measured.figures, best: fitted[best].name,
        pValue: comparable ? PairedTest.tTest(metrics[key], rows[best][key]).pValue : nil,
        testShoppers: metrics.rows.count,
        strata: EvaluationReport.Stratum.all(
          of: measured.lists, metrics, train: train, test: relevant, cut: cut)))
    if let learned = chosen(choice).learned {
      let order = learned.order.refitted(try fitted.whole(weight), train, facts: choice.facts)
      let own = try measure(.learned(order), relevant, repeats: repeats)
      let isComparable = own.metrics.rows.count > 1
      result.blend.learned = TrainingReport.LearnedFigures(
        trees: order.treeCount, validation: learned.score, blendValidation: learned.blend,
        test: own.figures,
        pValue: isComparable ? PairedTest.tTest(own.metrics[key], metrics[key]).pValue : nil,
        isKept: learned.isBetter)
    }
    progress.advance(to: done + fitted.count + 2)
    return result
  }

  private struct Measured {
    var figures: TrainingReport.Figures
    var metrics: RowMetrics
    var lists: RankedLists
  }

  private func measure(_ order: ShopOrder, _ relevant: Interactions, repeats: Bool) throws
    -> Measured
  {
    try Task.checkCancellation()
    let train = train
    let ranking = FullRanking(k: cut, threads: ProcessInfo.processInfo.activeProcessorCount)
    let lists = try ranking.rank(
      FullRanking.Rows(count: train.userCount, excluded: { repeats ? [] : train[$0] }),
      itemCount: train.itemCount
    ) { rows, scores in
      try order.score(Shoppers(strangers: rows, of: train), into: scores)
    }
    let metrics = RowMetrics(
      of: lists, relevant: relevant, metrics: [.recall, .ndcg, .hitRate], cuts: [cut])
    let shape = ListMetrics(
      of: lists, rows: metrics.rows, train: train, cut: cut, diversitySample: 1)
    let ndcg = metrics[.init(.ndcg, at: cut)]
    let figures = TrainingReport.Figures(
      recall: metrics.mean(.init(.recall, at: cut)), ndcg: metrics.mean(.init(.ndcg, at: cut)),
      hit: metrics.mean(.init(.hitRate, at: cut)), coverage: shape.coverage,
      interval: ndcg.isEmpty
        ? nil : ConfidenceInterval(bootstrapping: ndcg, samples: 300, seed: 0))
    return Measured(figures: figures, metrics: metrics, lists: lists)
  }
}

extension TrainingTest.Result {
  func report(_ choice: TrainingChoice, _ behaviour: ShopBehaviour, cut: Int)
    -> TrainingReport
  {
    let candidates = choice.candidates.indices.map { index in
      let candidate = choice.candidates[index]
      return TrainingReport.Candidate(
        name: candidate.name,
        settings: candidate.candidate.summary + (candidate.isRead ? "" : "; betters no blend"),
        fitSeconds: candidate.seconds,
        all: TrainingReport.Share(
          weight: candidate.all, validation: choice.all.blend.single[index], test: all.single[index]
        ),
        new: TrainingReport.Share(
          weight: candidate.new, validation: choice.new.blend.single[index], test: new.single[index]
        ))
    }
    return TrainingReport(
      cut: cut, shoppers: behaviour.shoppers.count, items: behaviour.items.count,
      deeds: behaviour.count, unknownProducts: behaviour.unknown,
      target: behaviour.target.rawValue, split: Self.words(for: behaviour.parting),
      allowsRepeats: choice.allowsRepeats, candidates: candidates, all: all.blend,
      new: new.blend, reason: reason(choice), seconds: 0, finished: 0)
  }

  private func reason(_ choice: TrainingChoice) -> String {
    let figures = choice.allowsRepeats ? all.blend : new.blend
    let kind = choice.allowsRepeats ? choice.all : choice.new
    let outcome = kind.blend
    let repeats =
      choice.allowsRepeats
      ? "Shoppers come back for what they have, so it may be recommended again."
      : "Lists of new products found more of what shoppers took, so what they have is left out."
    if let learned = kind.learned, learned.isBetter, learned.blend > 0 {
      let gain = String(format: "%.1f", 100 * (learned.score / learned.blend - 1))
      return "A learned order over \(choice.needed.count) recommenders bettered their blend by"
        + " \(gain) % for shoppers of validation that it had not seen. \(repeats)"
    }
    let parts = outcome.weights.count { $0 > 0 }
    guard parts > 1, let best = outcome.single.max(), best > 0 else {
      return "\(figures.best) did best on validation and no blend bettered it. \(repeats)"
    }
    let gain = String(format: "%.1f", 100 * (outcome.score / best - 1))
    return "A blend of \(parts) bettered \(figures.best), the best single recommender, by \(gain) %"
      + " on validation. \(repeats)"
  }

  private static func words(for parting: ShopBehaviour.Parting) -> String {
    switch parting {
    case .calendar(let validation, let test):
      func day(_ time: Double) -> String {
        Date(timeIntervalSince1970: time).formatted(.iso8601.year().month().day())
      }
      return "chosen on \(day(validation)) to \(day(test)), tested on what came after"
    case .order:
      return "chosen on the last but one tenth of each history, tested on the last"
    }
  }
}
