public import AkinCatalogue
public import AkinEvaluation

extension SequenceRecommender {
  /// The best next items of every case.
  ///
  /// - Parameter excludesHistory: whether items of the history are not listed.
  public func rankAll(
    _ cases: SequenceCases, with ranking: FullRanking, excludesHistory: Bool
  ) throws -> RankedLists {
    let rows = FullRanking.Rows(
      count: cases.count, excluded: { excludesHistory ? cases.history(of: $0) : [] })
    return try ranking.rank(rows, itemCount: itemCount) { rows, scores in
      try score(rows.map { cases.history(of: $0) }, into: scores)
    }
  }
}
