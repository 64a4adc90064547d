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

  /// Shoppers who go round a ring of 30 items, each from somewhere else.
  private func ring(_ shoppers: Int, from first: Int = 0) -> Interactions {
    var builder = InteractionsBuilder()
    for user in 0..<shoppers {
      for step in 0..<5 {
        builder.append(
          user: user, item: (user * 7 + first + step) % 30, time: Double(step * 60 + user))
      }
    }
    return builder.build(userCount: shoppers, itemCount: 30)
  }

  private func hits(_ model: OrderedModel, of shoppers: Int) throws -> Int {
    try (0..<shoppers).count { user in
      let shopper = Shoppers(strangers: user..<user + 1, of: ring(shoppers, from: 3))
      let next = try model.recommend(for: shopper, k: 1)
      return next.first?.item == (user * 7 + 8) % 30
    }
  }

  /// Held-out items say when to stop, and the model goes on from there when more is known.
  @Test(arguments: [NextItem.Architecture.sasrec, .gru4rec])
  func networksLearnTheOrderAndGoOn(_ architecture: NextItem.Architecture) throws {
    let histories = ring(600)
    #expect(ShopCandidate.networks(for: histories) == [.sasrec, .gru4rec])
    #expect(ShopCandidate.networks(for: ring(60)).isEmpty)
    var network = NextItem(architecture)
    (network.width, network.layers, network.dropout) = (16, 1, 0.1)
    (network.epochs, network.rate, network.rowsPerStep) = (20, 0.02, 256)
    network.excludesHistory = true
    let model = try OrderedModel.fitting(network, to: histories) { _, _ in }
    let inner = try #require(model.model as? NextItemModel)
    // Histories were held out: every epoch has the figures it was judged by.
    #expect(inner.epochs.allSatisfy { $0.metrics["ndcg@20"] != nil })
    #expect(try hits(model, of: 30) > 24)
    let more = try OrderedModel.fitting(network, to: ring(700), from: model) { _, _ in }
    let further = try #require(more.model as? NextItemModel)
    #expect(further.epochs.count == max(1, Int((Double(inner.keptEpoch) * 0.3).rounded())))
    #expect(try hits(more, of: 30) > 24)
    // Scores are probabilities, whose roots a blend can take.
    var scores = [Float](repeating: .nan, count: 30)
    try scores.withUnsafeMutableBufferPointer {
      try more.score(Shoppers(strangers: 0..<1, of: histories), into: $0)
    }
    #expect(scores.allSatisfy { $0 >= 0 } && abs(scores.reduce(0, +) - 1) < 1e-4)
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
