import AkinCatalogue
import AkinEvaluation
import Synchronization
import Testing

@testable import AkinRecommenders

@Suite struct RecommenderSearchTests {
  /// Two groups of shoppers that share nothing, each shopper with most of its group's items.
  private static let groups = Interactions(
    rows: (0..<60).map { user in
      let base = user < 30 ? 0 : 15
      return (base..<base + 15).filter { ($0 * 7 + user * 3) % 5 != 0 }
    }, itemCount: 30)

  /// A clock that moves on by a second a look.
  private func clock() -> @Sendable () -> Double {
    let looks = Mutex(0.0)
    return {
      looks.withLock {
        $0 += 1
        return $0
      }
    }
  }

  @Test func choosesWhatFindsTheGroups() throws {
    var search = RecommenderSearch(elapsed: clock())
    search.budget = 40
    search.cut = 5
    let outcome = try search.run(Self.groups) { _, _ in }
    #expect(outcome.parts.allSatisfy { $0.settings.name != .popularity && $0.weight > 0 })
    #expect(outcome.best.count >= 5)
    #expect(outcome.trials >= outcome.best.count)
    #expect(zip(outcome.best, outcome.best.dropFirst()).allSatisfy { $0.score >= $1.score })
    // Within a group a shopper lacks three of fifteen items and the split hides one of twelve.
    #expect(outcome.score > 0.7)
  }

  @Test func theSameClockGivesTheSameChoice() throws {
    func run() throws -> RecommenderSearch.Outcome {
      var search = RecommenderSearch(elapsed: clock())
      search.budget = 15
      return try search.run(Self.groups) { _, _ in }
    }
    let (first, second) = (try run(), try run())
    #expect(first.score == second.score)
    #expect(first.parts.map(\.settings) == second.parts.map(\.settings))
    #expect(first.reason == second.reason)
  }

  @Test func nothingToHoldOutIsAnError() throws {
    let tiny = Interactions(rows: [[0, 1], [1, 2]], itemCount: 3)
    var search = RecommenderSearch()
    search.validFraction = 1e-9
    let error = #expect(throws: RecommenderError.self) { try search.run(tiny) { _, _ in } }
    #expect(error?.code == .noInteractions)
  }

  @Test func canBeStopped() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try RecommenderSearch().run(Self.groups) { _, _ in throw Stop() }
    }
  }
}
