import AkinCatalogue
import Testing

@testable import AkinRecommenders

@Suite struct HabitTests {
  /// Milk (0) is bought again by both who bought it, a phone (1) by none of two.
  static func interactions() -> Interactions {
    var builder = InteractionsBuilder()
    let day = 86_400.0
    for (user, item, time) in [
      (0, 0, 0.0), (0, 0, 10), (0, 0, 20), (0, 1, 20), (1, 0, 5), (1, 0, 20), (1, 1, 10),
      (1, 2, 20),
    ] {
      builder.append(user: user, item: item, time: time * day)
    }
    return builder.build(keepsRepeats: true)
  }

  static func scores(_ model: HabitModel, _ user: Int) throws -> [Float] {
    var scores = [Float](repeating: .nan, count: model.itemCount)
    try scores.withUnsafeMutableBufferPointer {
      try model.score(Shoppers(known: user..<user + 1, of: interactions()), into: $0)
    }
    return scores
  }

  @Test func ratesAreSmoothedShares() throws {
    // Five pairs, two of them taken again: the mean is 0.4.
    let model = try Habit(halfLife: nil, smoothing: 5).fit(Self.interactions())
    let expected: [Float] = [4.0 / 7, 2.0 / 7, 2.0 / 6]
    #expect(zip(model.rates, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    let plain = try Habit(halfLife: nil, smoothing: 0).fit(Self.interactions())
    #expect(plain.rates == [1, 0, 0])
  }

  @Test func scoresDecayWithAge() throws {
    let model = try Habit(halfLife: 10 * 86_400, smoothing: 0).fit(Self.interactions())
    // Three times, the last on the last day.
    #expect(try Self.scores(model, 0) == [3, 0, 0])
    let smooth = try Habit(halfLife: 10 * 86_400, smoothing: 5).fit(Self.interactions())
    let scores = try Self.scores(smooth, 1)
    // The phone was taken one half-life before the last day.
    #expect(scores[1] == smooth.rates[1] / 2)
    #expect(scores[2] == smooth.rates[2])
  }

  @Test func aShopperWithoutHistoryScoresNothing() throws {
    let model = try Habit().fit(Self.interactions())
    var scores = [Float](repeating: .nan, count: 3)
    try scores.withUnsafeMutableBufferPointer {
      try model.score(Shoppers(history: [], itemCount: 3), into: $0)
    }
    #expect(scores == [0, 0, 0])
  }

  @Test func theExplanationIsTheScore() throws {
    let model = try Habit().fit(Self.interactions())
    let shopper = Shoppers(known: 0..<1, of: Self.interactions())
    let scores = try Self.scores(model, 0)
    #expect(try model.explain(0, for: shopper) == [Neighbour(item: 0, score: scores[0])])
    #expect(try model.explain(2, for: shopper) == [])
  }

  @Test func theArchiveGivesTheModelBack() throws {
    for habit in [Habit(), Habit(halfLife: nil, smoothing: 1)] {
      let model = try habit.fit(Self.interactions())
      #expect(try HabitModel(model.archived()) == model)
    }
  }

  @Test func damagedPartsAreNamed() throws {
    var archive = try Habit().fit(Self.interactions()).archived()
    archive.notes["half_life"] = "soon"
    #expect(throws: RecommenderError.self) { try HabitModel(archive) }
    archive.notes["half_life"] = nil
    archive.floats["rates"] = [.nan]
    #expect(throws: RecommenderError.self) { try HabitModel(archive) }
  }

  @Test(arguments: [Habit(halfLife: 0), Habit(halfLife: -1), Habit(smoothing: -1)])
  func badSettingsAreRefused(_ habit: Habit) {
    #expect(throws: RecommenderError.self) { try habit.fit(Self.interactions()) }
  }
}
