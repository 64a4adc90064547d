import AkinCatalogue
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// A shop of 900 shoppers who go round a ring of 40 products, each from somewhere else: enough of an
/// order for networks to be tried.
@Suite final class TrainedNetworksTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-networks-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  private func train(shoppers: Int) throws -> (store: ShopStore, report: TrainingReport) {
    let store = try ShopStore(directory: directory, for: .building)
    let products = (0..<40).map { Product(id: "p\($0)", title: "product \($0)") }
    let histories = (0..<shoppers).map { shopper -> ShopperHistory in
      ShopperHistory(
        name: .user("u\(shopper)"),
        entries: (0..<8).map { deed -> ShopperHistory.Entry in
          let step = 1 + shopper % 2
          let product = (shopper * 7 + deed * step) % 40
          let time = deed * 100_000 + shopper * 7
          return ShopperHistory.Entry(
            product: Int32(product), type: .purchase, time: Double(time))
        })
    }
    try store.publish(products, histories)
    let report = try TrainShop(
      directory: directory, options: TrainShop.Options(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 1_000) }
    ).run()
    return (store, report)
  }

  /// Every candidate is weighed and tested; what is kept answers, and reads a network only where a
  /// blend gave it weight.
  @Test func networksAreTriedAndOnlyKeptWithWeight() throws {
    let (store, report) = try train(shoppers: 900)
    let record = try #require(try TrainedRecommender.record(of: store))
    for name in ["sasrec", "gru4rec"] {
      let network = try #require(report.candidates.first { $0.name == name })
      let popular = try #require(report.candidates.first { $0.name == "popularity" })
      #expect(network.new.validation > 2 * popular.new.validation)
      #expect(network.new.test.ndcg > 2 * popular.new.test.ndcg)
      let isWeighed = network.all.weight > 0 || network.new.weight > 0
      #expect(record.parts.contains { $0.name == name } == isWeighed)
      #expect(network.settings.hasSuffix("betters no blend") == !isWeighed)
    }
    let recommend = try RecommendProducts(store: store)
    let answer = try recommend.recommend(for: .shopper("u0"), count: 5)
    #expect(answer.items.count == 5)
    let visit = try recommend.recommend(for: .session(["p3", "p4"]), count: 3)
    #expect(visit.items.count == 3)
    for item in answer.items + visit.items {
      #expect(abs(item.reasons.reduce(0) { $0 + $1.contribution } - item.score) < 1e-4)
    }
  }

  @Test func fewShoppersLeaveNetworksOut() throws {
    let (_, report) = try train(shoppers: 300)
    let names = Set(report.candidates.map(\.name))
    #expect(names.contains("markov") && names.isDisjoint(with: ["sasrec", "gru4rec"]))
  }
}
