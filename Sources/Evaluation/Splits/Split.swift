public import AkinCatalogue

/// What a recommender learns from, and what it is judged by.
///
/// Both parts have the same users and items, and no interaction is in both: a test interaction in
/// train is refused, because every figure after it would be a lie.
public struct Split: Sendable {
  /// What is learnt from.
  public let train: Interactions
  /// What must be found.
  public let test: Interactions

  /// Joins given parts; both are widened to the larger number of users and items. O(n · log row).
  ///
  /// - Throws: ``BehaviourError`` `leakage`, with the user and item.
  public init(train: Interactions, test: Interactions) throws(BehaviourError) {
    let users = max(train.userCount, test.userCount)
    let items = max(train.itemCount, test.itemCount)
    self.train = train.widened(userCount: users, itemCount: items)
    self.test = test.widened(userCount: users, itemCount: items)
    var (leaks, first): (Int, (user: Int, item: Int)?) = (0, nil)
    for user in 0..<users {
      for item in self.test[user] where self.train.contains(user: user, item: Int(item)) {
        leaks += 1
        first = first ?? (user, Int(item))
      }
    }
    if let first {
      throw BehaviourError(
        .leakage,
        "\(leaks) interactions of test are in train as well, the first is user \(first.user) with"
          + " item \(first.item); take them out of one of the two")
    }
  }

  /// Parts that are disjoint by construction.
  init(disjoint train: Interactions, _ test: Interactions) {
    self.train = train
    self.test = test
  }
}
