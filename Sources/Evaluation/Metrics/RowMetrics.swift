public import AkinCatalogue

/// Every metric at every cut for each row: what averages, intervals, tests and strata are taken of.
public struct RowMetrics: Sendable {
  /// A metric at a cut, such as `recall@20`.
  public struct Key: Sendable, Hashable, CustomStringConvertible {
    /// The metric.
    public var metric: RankingMetric
    /// The cut.
    public var cut: Int

    /// Creates a key.
    public init(_ metric: RankingMetric, at cut: Int) {
      self.metric = metric
      self.cut = cut
    }

    /// `recall@20`.
    public var description: String { "\(metric.rawValue)@\(cut)" }
  }

  /// The rows that have relevant items, ascending: only they count.
  public let rows: [Int]
  /// The keys, metric by metric.
  public let keys: [Key]
  /// The values of each key, one for each of ``rows``.
  private let values: [Key: [Float]]
  /// The AUC of each of ``rows``, where it was computed.
  public let areas: [Float]?

  /// Measures lists. O(rows · (k + metrics · cuts · k)).
  ///
  /// - Parameters:
  ///   - lists: one a row.
  ///   - relevant: the relevant items of each row, ascending.
  public init(
    of lists: RankedLists, relevant: Interactions,
    metrics: [RankingMetric] = RankingMetric.allCases, cuts: [Int]
  ) {
    precondition(lists.count == relevant.userCount, "one list a row")
    precondition(cuts.allSatisfy { $0 > 0 && $0 <= lists.k }, "a cut beyond the lists")
    keys = metrics.flatMap { metric in cuts.map { Key(metric, at: $0) } }
    let rows = (0..<lists.count).filter { !relevant[$0].isEmpty }
    self.rows = rows
    var values = keys.map { _ in [Float]() }
    for row in rows {
      var hits = lists[row].map { relevant.contains(user: row, item: Int($0)) }
      hits += repeatElement(false, count: lists.k - hits.count)
      for (index, key) in keys.enumerated() {
        values[index].append(
          Float(key.metric.value(hits: hits, relevant: relevant[row].count, cut: key.cut)))
      }
    }
    self.values = Dictionary(uniqueKeysWithValues: zip(keys, values))
    areas = lists.areas.map { areas in rows.map { areas[$0] } }
  }

  /// The value of `key` for each of ``rows``; empty for a key that was not measured.
  public subscript(key: Key) -> [Float] { values[key] ?? [] }

  /// The mean over rows; F1 is that of the means of precision and recall.
  ///
  /// - Parameter members: indices into ``rows``; all by default.
  public func mean(_ key: Key, over members: [Int]? = nil) -> Double {
    if key.metric == .f1, values[Key(.precision, at: key.cut)] != nil,
      values[Key(.recall, at: key.cut)] != nil
    {
      return RankingMetric.harmonicMean(
        mean(Key(.precision, at: key.cut), over: members),
        mean(Key(.recall, at: key.cut), over: members))
    }
    return Self.mean(self[key], over: members)
  }

  /// The mean AUC over rows that have one.
  public var meanArea: Double? {
    areas.map { all in
      let defined = all.filter { !$0.isNaN }
      return Self.mean(defined, over: nil)
    }
  }

  static func mean(_ values: [Float], over members: [Int]?) -> Double {
    let count = members?.count ?? values.count
    guard count > 0 else { return 0 }
    var sum = 0.0
    if let members {
      for member in members { sum += Double(values[member]) }
    } else {
      for value in values { sum += Double(value) }
    }
    return sum / Double(count)
  }
}
