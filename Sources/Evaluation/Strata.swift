public import AkinCatalogue

/// Parts of the test that are looked at apart: an average hides that new users, or the long tail,
/// get nothing.
public struct Strata: Sendable {
  /// Users by how much of them is known.
  public enum User: String, Sendable, CaseIterable {
    /// The third of users with the fewest interactions in train.
    case new
    /// The rest.
    case established
  }

  /// Items by how many took them.
  public enum Item: String, Sendable, CaseIterable {
    /// The most popular items that together make up half of train.
    case head
    /// The rest.
    case tail
  }

  /// The stratum of each user.
  public let users: [User]
  /// The stratum of each item.
  public let items: [Item]

  /// Sorts users and items of `train` into strata. O(users · log users + items · log items).
  public init(of train: Interactions) {
    let sizes = (0..<train.userCount).map { train[$0].count }
    let bound = sizes.isEmpty ? 0 : sizes.sorted()[sizes.count / 3]
    users = sizes.map { $0 < bound || $0 == 0 ? .new : .established }
    let counts = train.itemCounts()
    var items = [Item](repeating: .tail, count: counts.count)
    var covered = 0
    for item in counts.indices.sorted(by: { (counts[$0], $1) > (counts[$1], $0) }) {
      guard covered * 2 < train.count else { break }
      items[item] = .head
      covered += counts[item]
    }
    self.items = items
  }

  /// The test interactions whose item is in `stratum`.
  public func restricting(_ test: Interactions, to stratum: Item) -> Interactions {
    test.filtered { _, entry in items[Int(test.items[entry])] == stratum }
  }
}
