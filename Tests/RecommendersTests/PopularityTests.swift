import AkinCatalogue
import AkinEvaluation
import Foundation
import Testing

@testable import AkinRecommenders

@Suite struct PopularityTests {
  /// Item 1 was taken by three, item 0 by two, item 2 by one, item 3 by nobody.
  private let interactions = Interactions(rows: [[0, 1], [1, 2], [0, 1]], itemCount: 4)

  @Test func countsAndRanksByThem() throws {
    let model = try Popularity().fit(interactions)
    #expect(model.scores == [2, 3, 1, 0])
    let stranger = Shoppers(history: [1], itemCount: 4)
    #expect(try model.recommend(for: stranger, k: 2).map(\.item) == [0, 2])
    #expect(
      try model.recommend(for: stranger, k: 2, excludesHistory: false).map(\.item) == [1, 0])
    #expect(try model.recommend(for: stranger, k: 9, excluded: [0]).map(\.item) == [2, 3])
    // The filter comes before the choice of the best, so that two still come back.
    #expect(try model.recommend(for: stranger, k: 2) { $0 >= 2 }.map(\.item) == [2, 3])
    #expect(model.similarItems(to: 1, k: 2).map(\.item) == [0, 2])
  }

  @Test func oldInteractionsFade() throws {
    var builder = InteractionsBuilder()
    builder.append(user: 0, item: 0, time: 0)
    builder.append(user: 1, item: 1, time: 10)
    builder.append(user: 2, item: 1, time: 20)
    let model = try Popularity(halfLife: 10).fit(builder.build())
    #expect(model.scores == [0.25, 1.5])
    #expect(throws: RecommenderError.self) { try Popularity(halfLife: 0).fit(interactions) }
  }

  @Test func everyUserIsRankedWithoutWhatIsInTrain() throws {
    let model = try Popularity().fit(interactions)
    let lists = try model.rankAll(interactions, with: FullRanking(k: 3))
    #expect((0..<3).map { Array(lists[$0]) } == [[2, 3], [0, 3], [2, 3]])
  }

  @Test func historiesOfOtherItemsAreRefused() throws {
    let model = try Popularity().fit(interactions)
    #expect(throws: RecommenderError.self) {
      try model.recommend(for: Shoppers(history: [1], itemCount: 5), k: 1)
    }
  }

  @Test func aFileGivesTheSameModelAndAnotherIsRefused() throws {
    let model = try Popularity().fit(interactions)
    let file = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try model.archived().write(to: file)
    #expect(try PopularityModel(ModelArchive(contentsOf: file)) == model)
    #expect(throws: RecommenderError.self) {
      try PopularityModel(ModelArchive(kind: PopularityModel.kind))
    }
    try Data("no model".utf8).write(to: file)
    #expect(throws: (any Error).self) { try ModelArchive(contentsOf: file) }
  }
}
