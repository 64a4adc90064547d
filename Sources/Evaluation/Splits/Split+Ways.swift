public import AkinCatalogue
internal import AkinSimilarity

extension Split {
  /// Holds out `fraction` of each user's interactions, chosen by `seed`: rounded down, so that a
  /// user of one interaction keeps it. O(n).
  public static func holdingOut(
    _ fraction: Double, of interactions: Interactions, seed: UInt64
  ) -> Split {
    var generator = SplitMix64(seed: seed)
    var isTest = [Bool](repeating: false, count: interactions.count)
    for user in 0..<interactions.userCount {
      let row = interactions.range(of: user)
      let held = Int(Double(row.count) * fraction)
      for entry in Array(row).shuffled(using: &generator).prefix(held) { isTest[entry] = true }
    }
    return parting(interactions, isTest)
  }

  /// Holds out each interaction with probability `fraction`, as `implicit` and the peers' search
  /// do: users of few interactions take part by chance. O(n).
  public static func samplingOut(
    _ fraction: Double, of interactions: Interactions, seed: UInt64
  ) -> Split {
    var generator = SplitMix64(seed: seed)
    let isTest = (0..<interactions.count).map { _ in
      Double.random(in: 0..<1, using: &generator) < fraction
    }
    return parting(interactions, isTest)
  }

  /// Everything from `time` on is test, for all users alike: the only split in which nothing of
  /// the future helps to predict it. O(n).
  ///
  /// - Parameter time: seconds since 1970.
  /// - Throws: ``BehaviourError`` `noTimes`.
  public static func temporal(
    _ interactions: Interactions, from time: Double
  ) throws(BehaviourError) -> Split {
    let times = try requireTimes(interactions, "a temporal split")
    return parting(interactions, times.map { $0 >= time })
  }

  /// The temporal split whose test part holds about the last `fraction` of all interactions.
  ///
  /// - Throws: ``BehaviourError`` `noTimes`.
  public static func temporal(
    _ interactions: Interactions, lastFraction fraction: Double
  ) throws(BehaviourError) -> Split {
    let times = try requireTimes(interactions, "a temporal split").sorted()
    guard !times.isEmpty else { return parting(interactions, []) }
    let place = min(times.count - 1, Int(Double(times.count) * (1 - fraction)))
    return try temporal(interactions, from: times[max(0, place)])
  }

  /// The latest interaction of each user with at least two is test. Equal times are settled by
  /// item.
  ///
  /// - Throws: ``BehaviourError`` `noTimes`.
  public static func leavingLastOut(
    _ interactions: Interactions
  ) throws(BehaviourError) -> Split {
    let times = try requireTimes(interactions, "leaving the last one out")
    var isTest = [Bool](repeating: false, count: interactions.count)
    for user in 0..<interactions.userCount {
      let row = interactions.range(of: user)
      guard row.count > 1, let last = row.max(by: { times[$0] < times[$1] }) else { continue }
      isTest[last] = true
    }
    return parting(interactions, isTest)
  }

  /// `folds` splits whose test parts are disjoint and together all interactions. O(folds · n).
  public static func folds(
    _ folds: Int, of interactions: Interactions, seed: UInt64
  ) -> [Split] {
    precondition(folds > 1, "at least two folds")
    var generator = SplitMix64(seed: seed)
    var fold = (0..<interactions.count).map { $0 % folds }
    fold.shuffle(using: &generator)
    return (0..<folds).map { chosen in parting(interactions, fold.map { $0 == chosen }) }
  }

  private static func requireTimes(
    _ interactions: Interactions, _ what: String
  ) throws(BehaviourError) -> [Double] {
    guard let times = interactions.times else {
      throw BehaviourError(.noTimes, "\(what) needs the time of every interaction; there is none")
    }
    return times
  }

  private static func parting(_ interactions: Interactions, _ isTest: [Bool]) -> Split {
    Split(
      disjoint: interactions.filtered { _, entry in !isTest[entry] },
      interactions.filtered { _, entry in isTest[entry] })
  }
}

/// Users that no recommender has seen: their histories are folded in, their test items found.
public struct UserSplit: Sendable {
  /// The rows of all other users.
  public let train: Interactions
  /// What the held-out users are known by.
  public let history: Interactions
  /// What must be found of theirs.
  public let test: Interactions

  /// Holds out `fraction` of the users, and of each of theirs `hidden` of the interactions.
  public init(_ interactions: Interactions, fraction: Double, hidden: Double, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let heldOut = (0..<interactions.userCount).map { _ in
      Double.random(in: 0..<1, using: &generator) < fraction
    }
    train = interactions.filtered { user, _ in !heldOut[user] }
    let strangers = interactions.filtered { user, _ in heldOut[user] }
    let parts = Split.holdingOut(hidden, of: strangers, seed: seed &+ 1)
    (history, test) = (parts.train, parts.test)
  }
}
