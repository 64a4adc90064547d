internal import AkinCatalogue
internal import AkinEvaluation

/// What one recommender's lists are worth: the part of an evaluation that is the same for the chosen
/// one and for those beside it.
struct Measurement {
  var metrics: RowMetrics
  var means: [String: Double] = [:]
  var intervals: [String: ConfidenceInterval] = [:]
  var curve: [EvaluationReport.CurvePoint] = []
  var lists: ListMetrics?
  var strata: [EvaluationReport.Stratum] = []

  /// Measures lists.
  ///
  /// - Parameters:
  ///   - cuts: lengths at which metrics are taken.
  ///   - metrics: which.
  init(
    of lists: RankedLists, relevant: Interactions, metrics wanted: [RankingMetric], cuts: [Int],
    seed: UInt64
  ) {
    metrics = RowMetrics(of: lists, relevant: relevant, metrics: wanted, cuts: cuts)
    for key in metrics.keys {
      means[key.description] = metrics.mean(key)
      guard [.recall, .ndcg, .hitRate].contains(key.metric), !metrics.rows.isEmpty else {
        continue
      }
      intervals[key.description] = ConfidenceInterval(
        bootstrapping: metrics[key], samples: 500, seed: seed)
    }
    if let area = metrics.meanArea { means["auc"] = area }
    let lengths = Self.lengths(upTo: lists.k)
    let growing = RowMetrics(of: lists, relevant: relevant, metrics: [.recall], cuts: lengths)
    curve = lengths.map { .init(cut: $0, recall: growing.mean(.init(.recall, at: $0))) }
  }

  /// Every length at first, then further apart.
  private static func lengths(upTo most: Int) -> [Int] {
    var lengths: [Int] = []
    var next = 1
    while next < most {
      lengths.append(next)
      next += max(1, next / 5)
    }
    return lengths + [most]
  }

  /// Whether this differs from `other` on the same rows, by luck or not.
  func compared(with other: Measurement, seed: UInt64) -> [String: PairedTest] {
    guard metrics.rows == other.metrics.rows, metrics.rows.count > 1 else { return [:] }
    var tests: [String: PairedTest] = [:]
    for key in metrics.keys where [.recall, .ndcg, .hitRate].contains(key.metric) {
      tests[key.description] = .randomisation(
        metrics[key], other.metrics[key], samples: 2_000, seed: seed)
    }
    return tests
  }
}

extension EvaluationReport {
  /// Takes over what the chosen recommender's lists are worth.
  mutating func take(_ measured: Measurement) {
    (means, intervals, curve) = (measured.means, measured.intervals, measured.curve)
    (lists, strata) = (measured.lists, measured.strata)
    testOpened += 1
  }

  /// Adds what was measured beside `chosen`.
  mutating func add(
    _ name: String, settings: String, _ measured: Measurement, beside chosen: Measurement,
    fitSeconds: Double, evaluateSeconds: Double, seed: UInt64
  ) {
    var other = Other(recommender: name, settings: settings)
    (other.means, other.intervals) = (measured.means, measured.intervals)
    (other.curve, other.lists, other.strata) = (measured.curve, measured.lists, measured.strata)
    other.chosenMinusThis = chosen.compared(with: measured, seed: seed)
    (other.fitSeconds, other.evaluateSeconds) = (fitSeconds, evaluateSeconds)
    others.append(other)
    testOpened += 1
  }
}

extension EvaluationReport.Stratum {
  /// New and established users, then head and tail items, with recall and NDCG at `cut`.
  ///
  /// - Parameter metrics: those two of `lists` at `cut`, at least.
  static func all(
    of lists: RankedLists, _ metrics: RowMetrics, train: Interactions, test: Interactions,
    cut: Int
  ) -> [Self] {
    let strata = Strata(of: train)
    let keys = [RowMetrics.Key(.recall, at: cut), RowMetrics.Key(.ndcg, at: cut)]
    func means(of metrics: RowMetrics, over members: [Int]?) -> [String: Double] {
      Dictionary(
        uniqueKeysWithValues: keys.map { ($0.description, metrics.mean($0, over: members)) })
    }
    let users = Strata.User.allCases.map { stratum in
      let members = metrics.rows.indices.filter { strata.users[metrics.rows[$0]] == stratum }
      return Self(
        name: "\(stratum.rawValue) users", users: members.count,
        means: means(of: metrics, over: members))
    }
    let items = Strata.Item.allCases.map { stratum in
      let part = RowMetrics(
        of: lists, relevant: strata.restricting(test, to: stratum), metrics: [.recall, .ndcg],
        cuts: [cut])
      return Self(
        name: "\(stratum.rawValue) items", users: part.rows.count,
        means: means(of: part, over: nil))
    }
    return users + items
  }
}
