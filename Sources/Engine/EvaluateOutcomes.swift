internal import AkinCatalogue
internal import AkinRecommenders
internal import AkinStorage
public import Foundation

/// The use case "what does a shopper do next, and when": two heads of a sequence model, the
/// probability of a purchase within a horizon and the time until the next step, beside simple ways to
/// tell, on events with times.
public struct EvaluateOutcomes {
  /// The names a choice can have beside `auto`.
  public static let names = NextItem.Architecture.allCases.map(\.rawValue).joined(separator: ", ")

  /// Networks that are tried; the best on validation is tested.
  private let architectures: [NextItem.Architecture]
  /// Seconds within which a purchase counts.
  public var horizon = 7 * 86_400.0
  /// Seconds that training may take in all, about.
  public var budget = 300.0
  /// What every random choice begins from.
  public var seed: UInt64 = 0
  private let progress: any ProgressReporter

  /// Products that networks tell apart: the most frequent of the span that is learnt from.
  static let mostItems = 20_000

  /// Evaluates `name`.
  ///
  /// - Throws: ``EngineError`` `badArgument`, which lists the names.
  public init(_ name: String, progress: any ProgressReporter) throws(EngineError) {
    self.progress = progress
    if name == "auto" {
      architectures = [.gru4rec, .sasrec, .lstm]
    } else {
      guard let known = NextItem.Architecture(rawValue: name) else {
        throw EngineError(
          .badArgument, "no network is called '\(name)'; there are auto, \(Self.names)")
      }
      architectures = [known]
    }
  }

  /// Reads events and measures. The last span of time is opened once, by what was chosen.
  ///
  /// - Throws: the readers' errors; ``EngineError`` `nothingToDo` where no event has a shopper and a
  ///   time; `RecommenderError` `noInteractions` where a span lacks answers.
  public func run(events files: [URL]) throws -> OutcomeReport {
    guard horizon > 0, horizon.isFinite else {
      throw EngineError(.badArgument, "the horizon is a stretch of time above 0")
    }
    for file in files { try EventImporter.check(file: file) }
    let rejects = RejectLog(keeping: 100)
    let importer = EventImporter(rejects: rejects) { _ in true }
    var histories = HistoryCollector()
    progress.begin("Reading events", total: FileSizes.total(of: files), unit: "bytes")
    try FileSizes.followed(files, progress) { file, advance in
      importer.onProgress = { advance($0.bytesRead) }
      try importer.add(file: file) { histories.add($0) }
    }
    let steps = try Self.steps(histories.finish()).steps
    progress.end(
      "\(importer.summary.events.formatted()) events, \(steps.count.formatted()) shoppers,"
        + " \(steps.steps.count.formatted()) steps")
    var selection = OutcomeSelection()
    selection.architectures = architectures
    (selection.horizon, selection.budget, selection.seed) = (horizon, budget, seed)
    var stage: String?
    let outcome = try selection.run(steps) { what, done, total in
      try Task.checkCancellation()
      if stage != what {
        if stage != nil { progress.end("") }
        progress.begin("Training \(what)", total: total, unit: "steps")
        stage = what
      }
      progress.advance(to: done)
    }
    if stage != nil { progress.end("") }
    return OutcomeReport(
      outcome, horizon: horizon,
      sizes: [
        "events": importer.summary.events, "rejected": rejects.count, "shoppers": steps.count,
        "steps": steps.steps.count, "items": steps.itemCount,
        "purchase_test_steps": outcome.purchaseSteps, "dwell_test_steps": outcome.timeSteps,
      ])
  }

  /// Histories as steps: deeds of one moment are one. Deeds without a time are left out, and so are
  /// products beyond the most frequent ones of the first 80 % of the deeds.
  ///
  /// - Returns: the steps, and the products by their numbers.
  static func steps(_ snapshot: BehaviourSnapshot) throws(EngineError)
    -> (steps: ShopperSteps, products: [String])
  {
    var times: [Double] = []
    for history in snapshot.histories { times += history.entries.compactMap(\.time) }
    guard !times.isEmpty else {
      throw EngineError(
        .nothingToDo, "no event has both a time and a user, visitor, session or order")
    }
    times.sort()
    let boundary = times[times.count * 8 / 10]
    var counts = [Int](repeating: 0, count: snapshot.products.count)
    for history in snapshot.histories {
      for entry in history.entries where (entry.time ?? .infinity) < boundary {
        counts[Int(entry.product)] += 1
      }
    }
    let frequent = counts.indices.filter { counts[$0] > 0 }
      .sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(mostItems)
    let numbers = Dictionary(
      uniqueKeysWithValues: frequent.enumerated().map { (Int32($1), Int32($0)) })
    var steps = ShopperSteps(itemCount: max(1, frequent.count))
    for history in snapshot.histories {
      var own: [ShopperSteps.Step] = []
      for entry in history.entries {
        guard let time = entry.time else { continue }
        if own.last?.time != time {
          own.append(.init(time: time, items: [], isPurchase: false))
        }
        if let item = numbers[entry.product] { own[own.count - 1].items.append(item) }
        if entry.type == .purchase { own[own.count - 1].isPurchase = true }
      }
      if !own.isEmpty { steps.append(own) }
    }
    return (steps, frequent.map { snapshot.products[$0] })
  }
}
