import AkinCatalogue
import Foundation
import Testing

@testable import AkinRecommenders

@Suite struct OrderedModelTests {
  private func timed(_ rows: [[(item: Int, time: Double)]]) -> Interactions {
    var builder = InteractionsBuilder()
    for (user, row) in rows.enumerated() {
      for deed in row { builder.append(user: user, item: deed.item, time: deed.time) }
    }
    return builder.build(userCount: rows.count, itemCount: 6)
  }

  @Test func historiesAreReadInTheOrderOfTheirTimes() {
    let histories = timed([[(0, 30), (1, 10), (2, 20)], [(5, 1), (3, 1)]])
    #expect(OrderedModel.ordered(0, of: histories) == [1, 2, 0])
    #expect(OrderedModel.ordered(1, of: histories) == [3, 5])
  }

  /// Everybody took 2, then 1, then 0: after 2 comes 1, although 0 is taken as often.
  @Test func whatComesNextFollowsTheLastDeed() throws {
    let train = timed((0..<4).map { _ in [(2, 1), (1, 2), (0, 3)] })
    let model = try OrderedModel.fitting(Markov(order: 1), to: train) { _, _ in }
    let shopper = timed([[(4, 1), (2, 9)]])
    let next = try model.recommend(for: Shoppers(strangers: 0..<1, of: shopper), k: 1)
    #expect(next.first?.item == 1)
  }

  @Test func emptyHistoriesAmongOthersScoreNothing() throws {
    let train = timed((0..<4).map { _ in [(2, 1), (1, 2), (0, 3)] })
    let model = try OrderedModel.fitting(Markov(order: 1), to: train) { _, _ in }
    let mixed = timed([[], [(2, 1)], []])
    var scores = [Float](repeating: .nan, count: 18)
    try scores.withUnsafeMutableBufferPointer {
      try model.score(Shoppers(strangers: 0..<3, of: mixed), into: $0)
    }
    #expect(scores[..<6].allSatisfy { $0 == 0 } && scores[12...].allSatisfy { $0 == 0 })
    #expect(scores[7] > scores[8])
  }

  /// Baskets have no order within: sequence models are left out where there is nothing else.
  @Test func basketsHaveNoOrder() {
    let basket = timed([[(0, 1), (1, 1), (2, 1)], [(3, 2), (4, 2), (5, 9)]])
    let visits = timed([[(0, 1), (1, 2), (2, 3)], [(3, 2), (4, 2), (5, 9)]])
    #expect(!OrderedModel.knowsOrder(of: basket) && OrderedModel.knowsOrder(of: visits))
    #expect(!OrderedModel.knowsOrder(of: Interactions(rows: [[0, 1]], itemCount: 2)))
    func names(_ interactions: Interactions) -> [String] {
      ShopCandidate.all(for: interactions, seed: 0).map(\.name)
    }
    #expect(names(visits).contains("session-knn") && !names(basket).contains("markov"))
    #expect(!names(visits).contains("content"))
  }

  /// What nobody took is reached by what it is like.
  @Test func contentKnowsWhatNobodyTook() throws {
    var lists = NeighbourLists()
    lists.append([Neighbour(item: 2, score: 0.9), Neighbour(item: 1, score: 0.2)])
    lists.append([Neighbour]())
    lists.append([Neighbour(item: 0, score: 0.9)])
    let model = ContentModel(lists)
    let found = try model.recommend(for: Shoppers(history: [0], itemCount: 3), k: 2)
    #expect(found.map(\.item) == [2, 1])
  }
}
