import AkinCatalogue
import AkinEvaluation
import Foundation
import Testing

@testable import AkinRecommenders

/// What a search over settings rests on: spaces, files of settings, and the judge.
@Suite struct TuningTests {
  static let timed: Interactions = {
    var builder = InteractionsBuilder()
    for user in 0..<30 {
      for step in 0..<6 { builder.append(user: user, item: (user % 3) * 8 + (user / 3 + step) % 8) }
    }
    return builder.build()
  }()

  /// Every setting of a space is one of the recommender, and both ends of it can be set.
  @Test(arguments: RecommenderName.allCases) func spacesAreOfTheSettings(
    _ name: RecommenderName
  ) throws {
    let space = name.searchSpace(for: Self.timed)
    #expect(!space.isEmpty || name == .popularity)
    for trial in [GridSearch(space, levels: 2), GridSearch(space, levels: 3)] {
      guard let values = trial.next(after: []) else { continue }
      _ = try name.settings.changing(values)
    }
    let random = RandomSearch(space, seed: 2)
    var trials: [SearchTrial] = []
    for _ in 0..<20 {
      guard let values = random.next(after: trials) else { break }
      _ = try name.settings.changing(values)
      trials.append(SearchTrial(values: values, score: nil))
    }
  }

  @Test(arguments: RecommenderContractTests.settings) func aFileGivesTheSameSettings(
    _ settings: RecommenderSettings
  ) throws {
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(RecommenderSettings.self, from: data) == settings)
  }

  @Test func aFileMayLeaveSettingsOut() throws {
    let text = #"{"recommender": "item-knn", "settings": {"k": 7, "similarity": "jaccard"}}"#
    let read = try JSONDecoder().decode(RecommenderSettings.self, from: Data(text.utf8))
    #expect(read == .itemKNN(ItemKNN(k: 7, similarity: .jaccard)))
  }

  @Test(arguments: [
    #"{"recommender": "knn"}"#, #"{"recommender": "ease", "settings": {"lambda": 3}}"#,
  ]) func wrongNamesInAFileAreRefused(_ text: String) {
    #expect(throws: RecommenderError.self) {
      try JSONDecoder().decode(RecommenderSettings.self, from: Data(text.utf8))
    }
  }

  /// Each third of the users takes eight items of its own: neighbours find what is held out among
  /// the two that are left, popularity among all.
  @Test func theJudgePrefersWhatIsBetter() throws {
    let metric = RowMetrics.Key(.recall, at: 3)
    let judges = [
      try SettingsValidation(holdingOut: 0.2, of: Self.timed, by: metric, threads: 1, seed: 1),
      try SettingsValidation(folds: 4, of: Self.timed, by: metric, threads: 1, seed: 1),
    ]
    for (judge, splits) in zip(judges, [1, 4]) {
      let neighbours = try judge.score(.itemKNN(ItemKNN(k: 10))) {}
      let popularity = try judge.score(.popularity(Popularity())) {}
      #expect(neighbours.parts.count == splits)
      #expect(neighbours.mean > popularity.mean + 0.2)
      #expect(neighbours.mean == neighbours.parts.reduce(0, +) / Double(splits))
    }
  }

  @Test func tooLittleToHoldOutIsRefused() {
    let one = Interactions(rows: [[0]], itemCount: 1)
    #expect(throws: RecommenderError.self) {
      try SettingsValidation(
        holdingOut: 0.5, of: one, by: .init(.ndcg, at: 5), threads: 1, seed: 0)
    }
  }
}
