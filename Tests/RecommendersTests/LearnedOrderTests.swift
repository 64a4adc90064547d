import AkinCatalogue
import AkinTrees
import Foundation
import Testing

@testable import AkinRecommenders

/// Shoppers take one product every ten days, and another now and then, lately three times: habit
/// names the second, who looks at the intervals knows that the first is due.
@Suite struct LearnedOrderTests {
  private static let itemCount = 40

  private struct Shop {
    var train: Interactions
    var relevant: Interactions
    var facts: ItemFacts
  }

  private static func shop(_ shoppers: Int) -> Shop {
    let day = 86_400.0
    var (train, relevant) = (InteractionsBuilder(), InteractionsBuilder())
    for shopper in 0..<shoppers {
      let (due, recent) = (shopper * 7 % 20, 20 + shopper * 3 % 20)
      for visit in 0..<10 {
        train.append(user: shopper, item: due, time: Double(visit) * 10 * day)
      }
      for visit in 0..<12 {
        train.append(user: shopper, item: recent, time: (97 + Double(visit) / 6) * day)
      }
      relevant.append(user: shopper, item: due)
    }
    return Shop(
      train: train.build(userCount: shoppers, itemCount: itemCount, keepsRepeats: true),
      relevant: relevant.build(userCount: shoppers, itemCount: itemCount),
      facts: ItemFacts((0..<itemCount).map(fact)))
  }

  private static func fact(_ item: Int) -> (category: String?, brand: String?, price: Double?) {
    (item < 20 ? "a" : "b", nil, item == 3 ? nil : Double(item + 1))
  }

  private static func blend(_ train: Interactions) throws -> Blend {
    try Blend([
      Blend.Part(name: "habit", weight: 1, model: Habit().fit(train)),
      Blend.Part(name: "popularity", weight: 0, model: Popularity().fit(train)),
    ])
  }

  private static func learn(_ shop: Shop) throws -> LearnedOrderTraining.Outcome? {
    var training = LearnedOrderTraining()
    (training.cut, training.trees.count) = (1, 20)
    return try training.learn(
      blend(shop.train), facts: shop.facts, train: shop.train, relevant: shop.relevant,
      mayRepeat: true)
  }

  private static func scores(_ order: LearnedOrder, _ shoppers: Shoppers) throws -> [Float] {
    var scores = [Float](repeating: .nan, count: shoppers.count * itemCount)
    try scores.withUnsafeMutableBufferPointer { try order.score(shoppers, into: $0) }
    return scores
  }

  @Test func whatIsDueIsLearnt() throws {
    let shop = Self.shop(240)
    let outcome = try #require(try Self.learn(shop))
    #expect(outcome.isBetter && outcome.blend < 0.5 && outcome.score > 0.9)
    let again = try #require(try Self.learn(shop))
    #expect(again.order.archived() == outcome.order.archived())
    // A stranger's history, folded in.
    var builder = InteractionsBuilder()
    for visit in 0..<10 { builder.append(user: 0, item: 5, time: Double(visit) * 864_000) }
    for visit in 0..<12 {
      builder.append(user: 0, item: 30, time: (97 + Double(visit) / 6) * 86_400)
    }
    let stranger = Shoppers(
      strangers: 0..<1, of: builder.build(userCount: 1, itemCount: 40, keepsRepeats: true))
    let scores = try Self.scores(outcome.order, stranger)
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 5)
  }

  @Test func aFewClicksKeepTheBlendsOrder() throws {
    let order = try #require(try Self.learn(Self.shop(240))).order
    var builder = InteractionsBuilder()
    for item in [5, 30, 7] { builder.append(user: 0, item: item, time: Double(item)) }
    let stranger = Shoppers(
      strangers: 0..<1, of: builder.build(userCount: 1, itemCount: 40, keepsRepeats: true))
    var blended = [Float](repeating: .nan, count: 40)
    try blended.withUnsafeMutableBufferPointer { try order.blend.score(stranger, into: $0) }
    #expect(try Self.scores(order, stranger) == blended)
    let items = [5, 30, 1]
    let parts = try order.contributions(to: items, for: stranger)
    for (item, shares) in zip(items, parts) {
      let sum = shares.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - blended[item]) < 1e-5)
      #expect(shares.allSatisfy { ["habit", "popularity"].contains($0.source) })
    }
  }

  @Test func partsAddUpForCandidatesAndOthers() throws {
    let shop = Self.shop(210)
    let order = try #require(try Self.learn(shop)).order
    let shopper = Shoppers(strangers: 4..<5, of: shop.train)
    let scores = try Self.scores(order, shopper)
    let parts = try order.contributions(to: Array(0..<40), for: shopper)
    for item in 0..<40 {
      #expect(abs(parts[item].reduce(0) { $0 + $1.contribution } - scores[item]) < 1e-4)
    }
    #expect(parts[28 % 20].contains { $0.source == "history" && $0.contribution > 0 })
  }

  @Test func aFileGivesTheSameScoresAndDamageIsRefused() throws {
    let shop = Self.shop(210)
    let order = try #require(try Self.learn(shop)).order
    let file = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try order.archived().write(to: file)
    let archive = try ModelArchive(contentsOf: file)
    let again = try LearnedOrder(archive, order.blend)
    let some = Shoppers(strangers: 2..<6, of: shop.train)
    #expect(try Self.scores(again, some) == Self.scores(order, some))
    for name in archive.integers.keys {
      var damaged = archive
      damaged.integers[name] = [-7]
      #expect(throws: RecommenderError.self) { try LearnedOrder(damaged, order.blend) }
    }
    for name in archive.floats.keys {
      var damaged = archive
      damaged.floats[name]?[0] = .nan
      #expect(throws: RecommenderError.self) { try LearnedOrder(damaged, order.blend) }
    }
    let other = try Blend([order.blend.parts[0]])
    #expect(throws: RecommenderError.self) { try LearnedOrder(archive, other) }
  }

  @Test func fewShoppersTeachNothing() throws {
    #expect(try Self.learn(Self.shop(150)) == nil)
  }

  @Test func whatIsOwnedIsNoCandidateWhereItMayNotRepeat() throws {
    let shop = Self.shop(30)
    let reader = CandidateReader(
      blend: try Self.blend(shop.train), knowledge: ItemKnowledge(shop.train, facts: shop.facts),
      mayRepeat: false, depth: 10)
    let pool = try reader.pool(of: Shoppers(strangers: 0..<1, of: shop.train))
    #expect(!pool.items.isEmpty && !pool.items.contains(0) && !pool.items.contains(20))
    #expect(pool.rows.count == pool.items.count * reader.columns.count)
    #expect(reader.sources.count == reader.columns.count)
  }

  @Test func numbersSayWhatTheyAreCalled() throws {
    let shop = Self.shop(30)
    let knowledge = ItemKnowledge(shop.train, facts: shop.facts)
    let summary = ShopperSummary(Shoppers(strangers: 0..<1, of: shop.train), knowledge)
    var row: [Float] = []
    summary.append(0, knowledge, to: &row)
    let numbers = Dictionary(uniqueKeysWithValues: zip(ShopperSummary.names, row))
    #expect(row.count == ShopperSummary.names.count)
    #expect(numbers["taken"] == 10 && abs((numbers["gap"] ?? 0) - 10) < 1e-3)
    let now: Float = 97 + 11 / 6
    #expect(abs((numbers["age"] ?? 0) - (now - 90)) < 1e-3)
    #expect(abs((numbers["category"] ?? 0) - 10 / 22) < 1e-5)
    #expect(numbers["brand"]?.isNaN == true && numbers["idle"] == 0)
    row = []
    summary.append(3, knowledge, to: &row)
    let other = Dictionary(uniqueKeysWithValues: zip(ShopperSummary.names, row))
    #expect(other["taken"] == 0 && other["age"]?.isNaN == true && other["price"]?.isNaN == true)
  }
}
