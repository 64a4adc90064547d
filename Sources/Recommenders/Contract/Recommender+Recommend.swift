public import AkinCatalogue
public import AkinEvaluation

extension Recommender {
  /// The `k` best items for one shopper, best first, ties by item.
  ///
  /// A stranger is folded in: nothing is retrained. Filtering comes before the choice of the best,
  /// so that `k` items come back whenever so many pass.
  ///
  /// - Parameters:
  ///   - shopper: exactly one.
  ///   - excludesHistory: whether what the shopper has does not come back.
  ///   - excluded: more items that must not come.
  ///   - filter: items that may come; all by default.
  public func recommend(
    for shopper: Shoppers, k: Int, excludesHistory: Bool = true, excluded: [Int] = [],
    filter: ((Int) -> Bool)? = nil
  ) throws -> [Neighbour] {
    precondition(shopper.count == 1, "one shopper")
    var scores = [Float](repeating: 0, count: itemCount)
    return try scores.withUnsafeMutableBufferPointer { scores in
      try score(shopper, into: scores)
      if excludesHistory {
        for item in shopper.histories[shopper.rows.lowerBound] { scores[Int(item)] = -.infinity }
      }
      for item in excluded { scores[item] = -.infinity }
      if let filter {
        for item in scores.indices where !filter(item) { scores[item] = -.infinity }
      }
      var selection = TopSelection(k: k)
      return selection.best(of: UnsafeBufferPointer(scores))
        .map { Neighbour(item: Int($0.item), score: $0.score) }
    }
  }

  /// The best items of every user of `train`, without those in train: what is evaluated.
  ///
  /// - Parameters:
  ///   - train: what the model was fitted on.
  ///   - test: where given, each user's AUC is computed over these items.
  public func rankAll(
    _ train: Interactions, with ranking: FullRanking, areasOf test: Interactions? = nil
  ) throws -> RankedLists {
    var rows = FullRanking.Rows(count: train.userCount, excluded: { train[$0] })
    if let test { rows.relevant = { test[$0] } }
    return try ranking.rank(rows, itemCount: itemCount) { rows, scores in
      try score(Shoppers(known: rows, of: train), into: scores)
    }
  }
}
