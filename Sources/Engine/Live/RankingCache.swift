internal import Synchronization

/// The last rankings, by what they were made of, so that a shopper who turns pages is ranked once and
/// again only after he did something. A ranking depends on the history alone: the same one gives the
/// same products.
final class RankingCache: Sendable {
  /// What a ranking was made of: two independent hashes stand for it, which differ for two histories in
  /// all but one of 10³⁸ cases.
  struct Key: Hashable, Sendable {
    private let first: Int
    private let second: Int

    init(_ deeds: [ShopperScorer.Deed], count: Int, explained: Int) {
      func hash(_ salt: Int) -> Int {
        var hasher = Hasher()
        hasher.combine([salt, count, explained])
        for deed in deeds {
          hasher.combine(deed.product)
          hasher.combine(deed.type)
          hasher.combine(deed.time)
        }
        return hasher.finalize()
      }
      (first, second) = (hash(0), hash(1))
    }
  }

  private struct State {
    /// Those of late, and those of before; what is asked for again comes back to the first.
    var young: [Key: [ShopperScorer.Ranked]] = [:]
    var old: [Key: [ShopperScorer.Ranked]] = [:]
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: rankings kept at most; of some 40 products each, 4 KB.
  init(capacity: Int = 10_000) { self.capacity = max(2, capacity) }

  /// The ranking of `key`, made where it is not known.
  func ranking(
    _ key: Key, _ make: () throws -> [ShopperScorer.Ranked]
  ) rethrows -> [ShopperScorer.Ranked] {
    let known = state.withLock { state -> [ShopperScorer.Ranked]? in
      if let found = state.young[key] { return found }
      guard let found = state.old.removeValue(forKey: key) else { return nil }
      Self.keep(found, key, &state, capacity)
      return found
    }
    if let known { return known }
    let made = try make()
    state.withLock { Self.keep(made, key, &$0, capacity) }
    return made
  }

  private static func keep(
    _ ranking: [ShopperScorer.Ranked], _ key: Key, _ state: inout State, _ capacity: Int
  ) {
    if state.young.count >= capacity / 2 {
      state.old = state.young
      state.young = [:]
    }
    state.young[key] = ranking
  }
}
