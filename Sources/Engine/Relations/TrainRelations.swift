internal import AkinAlike
internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
public import AkinStorage
public import Foundation

/// The use case "learn in which way products are alike": from pairs whose type the shop knows, with
/// calibration and figures on pairs that the training does not see.
public final class TrainRelations {
  /// A text's vector; those of the last build where `nil`.
  var vector: ((Int) -> ArraySlice<Float>?)?

  private let store: ShopStore
  private let lock: ShopLock
  private let seed: UInt64
  private let progress: any ProgressReporter
  private let now: @Sendable () -> Date

  /// Pairs of a type below which it is not learnt.
  private static let least = 20

  /// Opens the shop in `directory` and takes its build lock.
  ///
  /// - Throws: ``StorageError``, also where the folder holds no shop.
  public init(
    directory: URL, seed: UInt64 = 0, progress: any ProgressReporter,
    now: @escaping @Sendable () -> Date
  ) throws(StorageError) {
    _ = try ShopStore(directory: directory)
    store = try ShopStore(directory: directory, for: .building)
    lock = try store.lock(for: .build)
    self.seed = seed
    self.progress = progress
    self.now = now
  }

  /// Trains the shop.
  ///
  /// - Parameter links: known links; those of the last training where `nil`.
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that knows the type of too few pairs;
  ///   ``StorageError``; `CancellationError`. The shop then keeps what it had.
  public func run(links given: [ProductLink]? = nil) throws -> RelationReport {
    let started = ContinuousClock.now
    progress.begin("Gathering pairs", total: nil, unit: "pairs")
    let data = try StoredRelationData(
      store, vector: try vector ?? builtVectors(), readsAll: true)
    let named = try given ?? TrainedRelations(of: store)?.links ?? []
    let links = try KnownLinks(named, in: store, parts: 5)
    if let given, links?.count ?? 0 == 0, !given.isEmpty {
      throw EngineError(.nothingToDo, "none of the links' products is in the shop")
    }
    let scorer = try RelationScorer(store, links: links, learnsAnew: true)
    var examples = try gather(data, links, scorer)
    let counts = examples.counts
    let types = Relation.allCases.filter { counts[$0, default: 0] >= Self.least }
    guard types.contains(.unrelated), types.count > 1 else {
      throw EngineError(
        .nothingToDo,
        "the shop knows the type of too few pairs to learn from; name links (akin relate train"
          + " --links FILE), or let it know item groups, bar codes or events")
    }
    examples.drop { !types.contains($0.relation) }
    progress.end(
      types.map { "\(counts[$0, default: 0].formatted()) \($0.rawValue)" }.joined(separator: ", "))
    let parts = try read(examples, scorer, data)
    progress.begin("Growing trees", total: nil, unit: "trees")
    let model = RelationModel(
      parts.train.rows, parts.train.truth,
      validation: (parts.validation.rows, parts.validation.truth, parts.validation.prior))
    progress.end("\(parts.train.truth.count.formatted()) pairs")
    try Task.checkCancellation()
    var report = report(model, parts, examples, links?.count ?? 0)
    report.seconds = started.duration(to: .now).seconds
    report.finished = now().timeIntervalSince1970
    progress.begin("Saving", total: nil, unit: "files")
    try TrainedRelations(model: model, links: named, report: report).save(in: store)
    progress.end("\(types.count) types")
    return report
  }

  /// The vectors that the last build left.
  private func builtVectors() throws -> (Int) -> ArraySlice<Float>? {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    let dimension = summary.dimension
    let found = try store.textVectors(model: summary.modelKey, dimension: dimension)
    let rows = Dictionary(uniqueKeysWithValues: found.ordinals.enumerated().map { ($1, $0) })
    return { text in
      rows[text].map { found.values[$0 * dimension..<($0 + 1) * dimension] }
    }
  }

  /// The examples, without complements that the wrong side would have.
  private func gather(
    _ data: StoredRelationData, _ links: KnownLinks?, _ scorer: RelationScorer
  ) throws -> RelationExamples {
    let faces = Dictionary(
      uniqueKeysWithValues: try data.texts.compactMap { text in
        try data.face(text).map { (text, $0) }
      })
    var examples = try RelationExamples(data, faces, links: links, seed: seed)
    try examples.drop { example in
      try Task.checkCancellation()
      guard example.relation == .complement,
        links?.relations(from: example.from, to: example.to).isEmpty ?? true
      else { return false }
      func strength(_ from: Int, _ to: Int) throws -> Double {
        guard let pair = try scorer.pair(from: from, to: to, in: data) else { return 0 }
        return RelationJudge.priorLogits(pair.row)[Relation.complement.ordinal]
      }
      return try strength(example.from, example.to) < strength(example.to, example.from) - 1
    }
    return examples
  }

  /// The rows of a part's pairs.
  private struct Rows {
    var rows: FeatureRows
    var truth: [Relation] = []
    /// The prior's log-odds of each pair.
    var prior: [[Double]] = []
  }

  private struct Parts {
    var train: Rows
    var validation: Rows
    var test: Rows
  }

  private func read(
    _ examples: RelationExamples, _ scorer: RelationScorer, _ data: StoredRelationData
  ) throws -> Parts {
    progress.begin("Reading pairs", total: examples.examples.count, unit: "pairs")
    var done = 0
    let parts = try RelationExamples.Part.allCases.map { part -> Rows in
      var rows: Rows?
      for (from, some) in Dictionary(grouping: examples.part(part), by: \.from)
        .sorted(by: { $0.key < $1.key })
      {
        try Task.checkCancellation()
        for example in some {
          guard let pair = try scorer.pair(from: from, to: example.to, in: data) else { continue }
          let numbers = RelationJudge.learnable(pair.row, links: pair.links)
          if rows == nil { rows = Rows(rows: FeatureRows(width: numbers.count)) }
          rows?.rows.append(numbers)
          rows?.truth.append(example.relation)
          rows?.prior.append(RelationJudge.priorLogits(pair.row))
        }
        done += some.count
        progress.advance(to: done)
      }
      guard let rows else {
        throw EngineError(.nothingToDo, "the shop knows the type of too few pairs to learn from")
      }
      return rows
    }
    progress.end("\(done.formatted()) pairs")
    return Parts(train: parts[0], validation: parts[1], test: parts[2])
  }

  private func report(
    _ model: RelationModel, _ parts: Parts, _ examples: RelationExamples, _ links: Int
  ) -> RelationReport {
    let types = model.relations
    let found = model.probabilities(parts.test.rows, prior: parts.test.prior)
    func spread(_ values: [Double]) -> [Double] {
      var all = Array(repeating: 0.0, count: Relation.allCases.count)
      for (place, type) in types.enumerated() { all[type.ordinal] = values[place] }
      return all
    }
    let truth = parts.test.truth
    let own = RelationReport.Figures(found.map(spread), truth, types)
    let prior = RelationReport.Figures(
      parts.test.prior.map { logits in
        let odds = logits.map(exp)
        return odds.map { $0 / odds.reduce(0, +) }
      }, truth, types)
    let frequent = types.max { one, other in
      parts.train.truth.count { $0 == one } < parts.train.truth.count { $0 == other }
    }
    let share = frequent.map { type in Double(truth.count { $0 == type }) } ?? 0
    let counts = examples.counts
    let lines = types.map { type in
      RelationReport.Line(
        relation: type,
        source: (examples.sources[type] ?? []).sorted().joined(separator: ", "),
        pairs: counts[type, default: 0], test: truth.count { $0 == type },
        precision: own.precision[type] ?? 0, recall: own.recall[type] ?? 0,
        f1: own.f1[type] ?? 0, auc: own.auc[type] ?? 0, priorF1: prior.f1[type] ?? 0)
    }
    return RelationReport(
      lines: lines, macroF1: own.macroF1, priorMacroF1: prior.macroF1,
      baselineMacroF1: 2 * share / (share + Double(truth.count)) / Double(max(1, types.count)),
      ece: own.ece, priorEce: prior.ece, trainPairs: parts.train.truth.count,
      validationPairs: parts.validation.truth.count, testPairs: truth.count, links: links,
      seconds: 0, finished: 0)
  }
}

extension RelationExamples {
  /// Pairs of each type.
  var counts: [Relation: Int] {
    examples.reduce(into: [:]) { $0[$1.relation, default: 0] += 1 }
  }
}
