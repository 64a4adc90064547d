import AkinCatalogue
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// Heads beside the recommenders, in a shop half of whose shoppers come every day and half every
/// third day.
@Suite final class TrainedOutcomesTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-outcomes-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  private static let day = 86_400.0

  private func shop(days: Int = 60) throws -> ShopStore {
    let store = try ShopStore(directory: directory, for: .building)
    let products = (0..<12).map { Product(id: "p\($0)", title: "product \($0)") }
    let histories = (0..<40).map { shopper in
      ShopperHistory(
        name: .user("u\(shopper)"),
        entries: stride(from: 0, to: days, by: shopper % 2 == 0 ? 1 : 3).map { day in
          ShopperHistory.Entry(
            product: Int32((shopper + day) % 12), type: .purchase,
            time: Double(day) * Self.day + Double(shopper * 600))
        })
    }
    try store.publish(products, histories)
    return store
  }

  private func train(heads: Bool = true) throws -> TrainingReport {
    var options = TrainShop.Options()
    options.horizon = heads ? 1.5 * Self.day : nil
    return try TrainShop(
      directory: directory, options: options, progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 1_000) }
    ).run()
  }

  @Test func whoComesDailyBuysSoonAndWhoDoesNotComesLater() throws {
    let store = try shop()
    let heads = try #require(try train().heads)
    #expect(heads.area > 0.95 && heads.horizon == 1.5 * Self.day && heads.timeSteps > 0)
    let recommend = try RecommendProducts(store: store)
    let daily = try recommend.recommend(for: .shopper("u0"), count: 2)
    let seldom = try recommend.recommend(for: .shopper("u1"), count: 2)
    #expect(try #require(daily.purchaseProbability) > 0.7)
    #expect(try #require(seldom.purchaseProbability) < 0.3)
    let soon = try #require(daily.expectedNextVisit) - 59 * Self.day
    let later = try #require(seldom.expectedNextVisit) - (57 * Self.day + 600)
    #expect(soon > 0.7 * Self.day && soon < 1.5 * Self.day)
    #expect(later > 2 * Self.day && later < 4 * Self.day)
    let text = String(decoding: try JSONEncoder().encode(daily), as: UTF8.self)
    for name in ["purchase_probability", "purchase_horizon_seconds", "expected_next_visit"] {
      #expect(text.contains("\"\(name)\":"))
    }
    // A visit without times, and a stranger, have no next visit to be told.
    let visit = try recommend.recommend(for: .session(["p1"]), count: 1)
    let stranger = try recommend.recommend(for: .shopper("nobody"), count: 1)
    #expect(visit.expectedNextVisit == nil && stranger.purchaseProbability == nil)
  }

  @Test func withoutBeingAskedNothingIsTold() throws {
    let store = try shop()
    #expect(try train(heads: false).heads == nil)
    let answer = try RecommendProducts(store: store).recommend(for: .shopper("u0"), count: 1)
    #expect(answer.purchaseProbability == nil && answer.expectedNextVisit == nil)
  }

  /// What is too little for the heads is no obstacle to the recommenders.
  @Test func fewDaysLeaveTheHeadsOut() throws {
    let store = try shop(days: 6)
    #expect(try train().heads == nil)
    let answer = try RecommendProducts(store: store).recommend(for: .shopper("u0"), count: 2)
    #expect(answer.items.count == 2 && answer.purchaseProbability == nil)
  }

  @Test func damagedHeadsAreNamed() throws {
    let store = try shop()
    _ = try train()
    let record = try #require(try TrainedRecommender.record(of: store))
    let file = directory.appending(path: record.folder).appending(path: "outcomes.safetensors")
    try Data("garbage".utf8).write(to: file)
    #expect(throws: (any Error).self) { try RecommendProducts(store: store) }
  }
}
