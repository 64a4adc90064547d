public import AkinCatalogue
public import AkinEvaluation

/// Judges settings by interactions that are held out from train: by one split, or by every fold of a
/// cross-validation. The test is nowhere near.
public struct SettingsValidation: Sendable {
  /// What settings are worth.
  public struct Score: Sendable, Equatable {
    /// The mean of ``parts``.
    public var mean: Double
    /// The metric on each split.
    public var parts: [Double]
  }

  /// What is fitted and what must be found, once or several times.
  public let splits: [Split]
  /// What is measured.
  public let metric: RowMetrics.Key
  private let ranking: FullRanking

  /// Holds out every interaction with probability `fraction`.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` where nothing is left on one side.
  public init(
    holdingOut fraction: Double, of interactions: Interactions, by metric: RowMetrics.Key,
    threads: Int, seed: UInt64
  ) throws(RecommenderError) {
    try self.init(
      [.samplingOut(fraction, of: interactions, seed: seed)], metric, threads)
  }

  /// Holds out each of `folds` parts in turn.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` where nothing is left on one side.
  public init(
    folds: Int, of interactions: Interactions, by metric: RowMetrics.Key, threads: Int,
    seed: UInt64
  ) throws(RecommenderError) {
    try self.init(Split.folds(folds, of: interactions, seed: seed), metric, threads)
  }

  private init(_ splits: [Split], _ metric: RowMetrics.Key, _ threads: Int)
    throws(RecommenderError)
  {
    guard splits.allSatisfy({ $0.train.count > 0 && $0.test.count > 0 }) else {
      throw RecommenderError(
        .noInteractions,
        "there are too few interactions to hold some out; give more, or hold out another share")
    }
    self.splits = splits
    self.metric = metric
    ranking = FullRanking(k: metric.cut, threads: threads)
  }

  /// Fits `settings` to what is not held out, ranks all items for all users, and measures.
  ///
  /// - Parameter progress: called between the steps of fitting; throws to stop.
  /// - Throws: as ``RecommenderAlgorithm/fit(_:progress:)``.
  public func score(_ settings: RecommenderSettings, progress: () throws -> Void) throws -> Score {
    try score { train in
      let model = try settings.fit(train) { _, _ in try progress() }
      try progress()
      return model
    }
  }

  /// The same for any way to fit.
  public func score(_ fit: (_ train: Interactions) throws -> any Recommender) throws -> Score {
    var parts: [Double] = []
    for split in splits {
      let model = try fit(split.train)
      let lists = try model.rankAll(split.train, with: ranking)
      // F1 is that of the mean precision and the mean recall.
      let needed: [RankingMetric] =
        metric.metric == .f1 ? [.f1, .precision, .recall] : [metric.metric]
      let measured = RowMetrics(
        of: lists, relevant: split.test, metrics: needed, cuts: [metric.cut])
      parts.append(measured.mean(metric))
    }
    return Score(mean: parts.reduce(0, +) / Double(parts.count), parts: parts)
  }
}
