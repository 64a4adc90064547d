import AkinCatalogue
import AkinRecommenders
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// A shop whose kept recommender has a learned order over its parts.
@Suite final class TrainedOrderTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-order-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  private static let day = 86_400.0

  /// 240 shoppers of 40 products: one every ten days, and twelve times lately another one, which
  /// is then done with.
  private func shop() throws -> ShopStore {
    let store = try ShopStore(directory: directory, for: .building)
    let products = (0..<40).map { index in
      var product = Product(id: "p\(index)", title: "product \(index)")
      product.categories = [[index < 20 ? "milk" : "paint"]]
      product.price = Price(amount: Double(index + 1))
      return product
    }
    let histories = (0..<240).map { shopper in
      let regular = (0..<10).map { (product: shopper % 20, day: Double($0) * 10) }
      let done = (0..<12).map { (product: 20 + shopper * 3 % 20, day: 80 + Double($0)) }
      let later = (10..<16).map { (product: shopper % 20, day: Double($0) * 10) }
      return ShopperHistory(
        name: .user("u\(shopper)"),
        entries: (regular + done + later).sorted { $0.day < $1.day }.map {
          ShopperHistory.Entry(
            product: Int32($0.product), type: .purchase, time: $0.day * Self.day)
        })
    }
    try store.publish(products, histories)
    return store
  }

  private func train() throws -> TrainingReport {
    try TrainShop(
      directory: directory, options: TrainShop.Options(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 1_000) }
    ).run()
  }

  @Test func anOrderIsLearntJudgedAndReported() throws {
    _ = try shop()
    let report = try train()
    let learned = try #require(report.all.learned)
    #expect(learned.trees > 0)
    #expect((0...1).contains(learned.validation) && (0...1).contains(learned.test.ndcg))
    let record = try #require(
      try TrainedRecommender.record(of: ShopStore(directory: directory)))
    #expect((record.order != nil) == learned.isKept)
    #expect((record.newOrder != nil) == (report.new.learned?.isKept ?? false))
  }

  /// Learns an order over what training kept and keeps that too.
  private func keepOrder(_ store: ShopStore) throws {
    _ = try train()
    let record = try #require(try TrainedRecommender.record(of: store))
    let trained = try #require(try TrainedRecommender(of: store))
    let models = Dictionary(
      uniqueKeysWithValues: trained.all.blend.parts.map { ($0.name, $0.model) })
    let parts = record.parts.compactMap { part in models[part.name].map { (part, $0) } }
    let blend = try Blend(
      parts.map { .init(name: $0.name, weight: $0.weight, model: $1, form: $0.form) })
    var (before, after) = (InteractionsBuilder(), InteractionsBuilder())
    for shopper in 0..<60 {
      for deed in 0..<4 { before.append(user: shopper, item: shopper % 30 + deed) }
      after.append(user: shopper, item: shopper % 30 + 2)
    }
    var training = LearnedOrderTraining()
    (training.fewest, training.trees.count) = (10, 5)
    let items = ItemTable(try store.productEntries(), representatives: record.items)
    let outcome = try #require(
      try training.learn(
        blend, facts: items.facts(in: store), train: before.build(userCount: 60, itemCount: 40),
        relevant: after.build(userCount: 60, itemCount: 40), mayRepeat: true))
    var report = record.report
    report.finished = 2_000
    try TrainedRecommender.save(
      parts, orders: (outcome.order, nil), items: record.items, weights: record.weights,
      report: report, in: store)
  }

  @Test func aLearnedOrderAnswersWithReasonsThatAddUp() throws {
    let store = try shop()
    try keepOrder(store)
    let trained = try #require(try TrainedRecommender(of: store))
    guard case .learned = trained.all else { return #expect(Bool(false), "no learned order") }
    let result = try RecommendProducts(store: store)
      .recommend(for: .shopper("u3"), count: 6, repeats: true)
    #expect(result.items.count == 6)
    #expect(result.items.contains { $0.reasons.contains { $0.source == "history" } })
    for item in result.items {
      let sum = item.reasons.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - item.score) < 1e-3)
    }
    #expect(zip(result.items, result.items.dropFirst()).allSatisfy { $0.score >= $1.score })
  }

  @Test func aDamagedOrderIsNamed() throws {
    let store = try shop()
    try keepOrder(store)
    let record = try #require(try TrainedRecommender.record(of: store))
    let file = directory.appending(path: record.folder)
      .appending(path: try #require(record.order))
    try Data("garbage".utf8).write(to: file)
    #expect(throws: (any Error).self) { try RecommendProducts(store: store) }
  }
}
