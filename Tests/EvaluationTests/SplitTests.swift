import AkinCatalogue
import Testing

@testable import AkinEvaluation

@Suite struct SplitTests {
  static func sample(timed: Bool = false) -> Interactions {
    var builder = InteractionsBuilder()
    for user in 0..<40 {
      for item in 0..<(user % 11 + 1) {
        builder.append(
          user: user, item: (item * 7 + user) % 50, time: timed ? Double(user + item * 3) : nil)
      }
    }
    return builder.build()
  }

  /// Every interaction is in exactly one part.
  static func checkPartition(_ split: Split, of whole: Interactions) {
    #expect(split.train.count + split.test.count == whole.count)
    for user in 0..<whole.userCount {
      #expect((split.train[user] + split.test[user]).sorted() == Array(whole[user]))
    }
  }

  @Test func holdingOutTakesItsShareOfEachUser() {
    let whole = Self.sample()
    let split = Split.holdingOut(0.3, of: whole, seed: 1)
    Self.checkPartition(split, of: whole)
    for user in 0..<whole.userCount {
      #expect(split.test[user].count == Int(Double(whole[user].count) * 0.3))
    }
    #expect(Split.holdingOut(0.3, of: whole, seed: 1).test == split.test)
    #expect(Split.holdingOut(0.3, of: whole, seed: 2).test != split.test)
  }

  @Test func temporalSplitsByTimeAlone() throws {
    let whole = Self.sample(timed: true)
    let split = try Split.temporal(whole, from: 20)
    Self.checkPartition(split, of: whole)
    #expect(split.train.times?.allSatisfy { $0 < 20 } == true)
    #expect(split.test.times?.allSatisfy { $0 >= 20 } == true)
    let last = try Split.temporal(whole, lastFraction: 0.25)
    let latest = try #require(last.train.times?.max())
    #expect(last.test.times?.allSatisfy { $0 > latest } == true)
  }

  @Test func leaveOneOutTakesTheLatest() throws {
    let whole = Self.sample(timed: true)
    let split = try Split.leavingLastOut(whole)
    Self.checkPartition(split, of: whole)
    for user in 0..<whole.userCount where whole[user].count > 1 {
      let row = split.test.range(of: user)
      #expect(row.count == 1)
      let held = try #require(split.test.times?[row.lowerBound])
      #expect(split.train.range(of: user).allSatisfy { (split.train.times?[$0] ?? 0) < held })
    }
  }

  @Test func withoutTimesThereIsNoTemporalSplit() {
    #expect(throws: BehaviourError.self) { try Split.temporal(Self.sample(), from: 0) }
    #expect(throws: BehaviourError.self) { try Split.leavingLastOut(Self.sample()) }
  }

  @Test func foldsTestEverythingOnce() {
    let whole = Self.sample()
    let folds = Split.folds(4, of: whole, seed: 3)
    for fold in folds { Self.checkPartition(fold, of: whole) }
    #expect(folds.reduce(0) { $0 + $1.test.count } == whole.count)
  }

  @Test func strangersAreNotInTrain() {
    let whole = Self.sample()
    let split = UserSplit(whole, fraction: 0.3, hidden: 0.5, seed: 4)
    var strangers = 0
    for user in 0..<whole.userCount {
      let isStranger = split.train[user].isEmpty
      strangers += isStranger ? 1 : 0
      let rest = split.history[user] + split.test[user]
      #expect(isStranger ? rest.sorted() == Array(whole[user]) : rest.isEmpty)
    }
    #expect((1..<40).contains(strangers))
  }

  @Test func leakageIsRefused() throws {
    let train = Interactions(rows: [[0, 1], [2]], itemCount: 3)
    let error = #expect(throws: BehaviourError.self) {
      try Split(train: train, test: Interactions(rows: [[2], [2, 4]], itemCount: 5))
    }
    #expect(error?.code == .leakage)
    #expect(error?.message.contains("user 1 with item 2") == true)
    let fine = try Split(
      train: train, test: Interactions(rows: [[2], [0], [1]], itemCount: 5))
    #expect(fine.train.userCount == 3)
    #expect(fine.train.itemCount == 5)
    #expect(fine.train[2].isEmpty)
  }

  @Test func strataCoverHalfTheInteractions() {
    let train = Interactions(rows: [[0, 1], [0], [0, 2, 3], [0]], itemCount: 5)
    let strata = Strata(of: train)
    #expect(strata.items == [.head, .tail, .tail, .tail, .tail])
    let test = Interactions(rows: [[2], [0], [], [0, 1]], itemCount: 5)
    #expect(strata.restricting(test, to: .head)[3] == [0])
    #expect(strata.restricting(test, to: .tail).count == 2)
  }
}
