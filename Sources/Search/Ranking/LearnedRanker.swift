internal import AkinCatalogue
public import Foundation

/// Orders candidates by what was learned from judgments: one ensemble for the order, one for how
/// relevant a product is.
public struct LearnedRanker: Sendable, Hashable {
  /// The order within a query: NDCG.
  public let order: BoostedTrees
  /// The relevance itself, in the judgments' units.
  public let value: BoostedTrees

  /// Learns from judged products; `validation` decides when to stop.
  ///
  /// - Throws: ``SearchError`` `badArgument`; `CancellationError`.
  public static func fit(
    _ rows: RankingRows, validation: RankingRows, options: TreeOptions = TreeOptions()
  ) throws -> LearnedRanker {
    var (forOrder, forValue) = (options, options)
    forOrder.objective = .order(cut: 10)
    forValue.objective = .value
    return LearnedRanker(
      order: try TreeTraining.fit(rows, validation: validation, options: forOrder),
      value: try TreeTraining.fit(rows, validation: validation, options: forValue))
  }

  private struct Content: Codable {
    var format = 1
    var features: [String]
    var order: BoostedTrees
    var value: BoostedTrees
  }

  /// Writes the ranker as JSON.
  ///
  /// - Throws: ``SearchError`` `notWritable`.
  public func save(to file: URL) throws(SearchError) {
    do {
      let content = Content(features: RankFeatures.names, order: order, value: value)
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
    guard content.format == 1, content.features == RankFeatures.names else {
      throw SearchError(
        .badModel, "\(path): was learned from other columns than this version has; train it again")
    }
    guard
      [content.order, content.value].allSatisfy({
        $0.featureCount == RankFeatures.names.count && $0.isConsistent
      })
    else { throw SearchError(.badModel, "\(path): its trees are damaged; train it again") }
    (order, value) = (content.order, content.value)
  }

  private init(order: BoostedTrees, value: BoostedTrees) {
    (self.order, self.value) = (order, value)
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
