internal import AkinCatalogue
public import AkinTrees
public import Foundation

/// Orders candidates by what was learned from judgments: ensembles for the order and for how relevant
/// a product is, and a mixture of both that validation chose.
public struct LearnedRanker: Sendable, Hashable {
  /// The order within a query: NDCG.
  public let order: BoostedTrees
  /// The relevance itself, in the judgments' units.
  public let value: BoostedTrees
  /// How much ``value`` counts in the score, 0 to 1; ``order`` counts the rest.
  public let valueShare: Float
  /// What both are divided by, so that they weigh alike.
  private let spreads: [Float]

  /// Learns from judged products; `validation` decides when to stop and how both are mixed.
  ///
  /// - Parameter rounds: ensembles of other seeds that are averaged.
  /// - Throws: `TreeError`; `CancellationError`.
  public static func fit(
    _ rows: RankingRows, validation: RankingRows, options: TreeOptions = TreeOptions(),
    rounds: Int = 1
  ) throws -> LearnedRanker {
    func grown(_ objective: TreeOptions.Objective) throws -> BoostedTrees {
      var options = options
      options.objective = objective
      var parts: [BoostedTrees] = []
      for round in 0..<max(1, rounds) {
        options.seed = options.seed &+ UInt64(round)
        parts.append(try TreeTraining.fit(rows, validation: validation, options: options))
      }
      return BoostedTrees(meanOf: parts)
    }
    return LearnedRanker(
      order: try grown(.order(cut: 10)), value: try grown(.value), validation: validation)
  }

  /// Chooses the mixture with the best NDCG@10 on `validation`.
  private init(order: BoostedTrees, value: BoostedTrees, validation: RankingRows) {
    (self.order, self.value) = (order, value)
    let held = (0..<validation.count).map { row in
      (order(validation.row(row)), value(validation.row(row)))
    }
    let spreads = [Self.spread(held.map(\.0)), Self.spread(held.map(\.1))]
    self.spreads = spreads
    var best: (share: Float, ndcg: Float) = (0.5, -1)
    for share in [0.5, 0.75, 0.25, 1, 0] as [Float] {
      let scores = held.map { Self.mixed($0.0, $0.1, share, spreads) }
      let ndcg = validation.ndcg(scores, cut: 10)
      if ndcg > best.ndcg { best = (share, ndcg) }
    }
    valueShare = best.share
  }

  private static func spread(_ values: [Float]) -> Float {
    let mean = values.reduce(0, +) / Float(max(1, values.count))
    let variance =
      values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, values.count))
    return max(variance.squareRoot(), 1e-6)
  }

  private static func mixed(_ order: Float, _ value: Float, _ share: Float, _ spreads: [Float])
    -> Float
  {
    (1 - share) * order / spreads[0] + share * value / spreads[1]
  }

  /// What a candidate is worth beside others of its query; larger is better. O(trees · depth).
  public func score(_ row: some RandomAccessCollection<Float>) -> Float {
    // Of an earlier version the later columns are not asked for.
    let row = row.prefix(order.featureCount)
    return Self.mixed(
      valueShare < 1 ? order(row) : 0, valueShare > 0 ? value(row) : 0, valueShare, spreads)
  }

  private struct Content: Codable {
    var format = 2
    var features: [String]
    var order: BoostedTrees
    var value: BoostedTrees
    var valueShare: Float
    var spreads: [Float]
  }

  /// Writes the ranker as JSON.
  ///
  /// - Throws: ``SearchError`` `notWritable`.
  public func save(to file: URL) throws(SearchError) {
    do {
      let content = Content(
        features: Array(RankFeatures.names.prefix(order.featureCount)), order: order,
        value: value, valueShare: valueShare, spreads: spreads)
      try JSONEncoder().encode(content).write(to: file, options: .atomic)
    } catch {
      throw SearchError(
        .notWritable, "\(file.path(percentEncoded: false)): cannot be written: \(error)")
    }
  }

  /// Reads what ``save(to:)`` wrote.
  ///
  /// - Throws: ``SearchError`` `badModel` where the file is no ranker of this version's columns.
  public init(contentsOf file: URL) throws(SearchError) {
    let path = file.path(percentEncoded: false)
    let content: Content
    do { content = try JSONDecoder().decode(Content.self, from: Data(contentsOf: file)) } catch {
      throw SearchError(.badModel, "\(path): is no ranker; train one again")
    }
    let count = content.features.count
    guard content.format == 2, count >= RankFeatures.tunedColumns.lowerBound,
      content.features == Array(RankFeatures.names.prefix(count))
    else {
      throw SearchError(
        .badModel, "\(path): was learned from other columns than this version has; train it again")
    }
    guard
      [content.order, content.value].allSatisfy({
        $0.featureCount == count && $0.isConsistent
      }), content.spreads.count == 2, content.spreads.allSatisfy({ $0 > 0 && $0.isFinite }),
      (0...1).contains(content.valueShare)
    else { throw SearchError(.badModel, "\(path): its trees are damaged; train it again") }
    (order, value) = (content.order, content.value)
    (valueShare, spreads) = (content.valueShare, content.spreads)
  }
}

extension SearchIndex {
  /// The numbers of ``RankFeatures`` for candidates of a query, `nil` for those not in the index.
  /// O(words of the titles).
  ///
  /// - Parameters:
  ///   - meaning: of each candidate what its vector says, where there is one.
  ///   - signals: of each candidate what the shop knows of it; empty for nothing.
  /// - Throws: ``SearchError`` `emptyQuery`.
  public func rankFeatures(
    _ query: String, ids: [String], meaning: [MeaningEvidence?], signals: [ProductSignals?] = []
  ) throws(SearchError) -> [[Float]?] {
    let signals = signals.isEmpty ? ids.map { _ in nil } : signals
    guard ids.count == meaning.count, ids.count == signals.count else {
      throw SearchError(.badArgument, "every candidate needs its evidence or nil")
    }
    return try withScratch { scratch throws(SearchError) in
      try FeatureReader(snapshot: snapshot, scratch: scratch, k1: weighting.k1)
        .rows(query, ids: ids, meaning: meaning, signals: signals)
    }
  }

  /// BM25F of candidates by the words that they have, whether or not they have all; 0 for those
  /// that have none.
  public func lexicalScores(_ query: String, ids: [String]) throws(SearchError) -> [Float] {
    let rows = try rankFeatures(
      query, ids: ids, meaning: [MeaningEvidence?](repeating: nil, count: ids.count))
    return rows.map { $0?[0] ?? 0 }
  }
}
