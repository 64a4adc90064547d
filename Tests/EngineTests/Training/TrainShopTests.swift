import AkinCatalogue
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// A shop of 40 products whose shoppers keep to one of four shelves.
@Suite final class TrainShopTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-train-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  private static let shelf = 10

  /// - Parameter item: the product of a shopper's n-th purchase, within the shopper's shelf.
  ///   - alike: the products that are like a product.
  private func shop(
    alike: (_ product: Int) -> [Int] = { _ in [] }, item: (_ shopper: Int, _ deed: Int) -> Int
  ) throws -> ShopStore {
    let store = try ShopStore(directory: directory, for: .building)
    let products = (0..<4 * Self.shelf).map { Product(id: "p\($0)", title: "product \($0)") }
    let histories = (0..<60).map { shopper in
      ShopperHistory(
        name: .user("u\(shopper)"),
        entries: (0..<8).map { deed in
          ShopperHistory.Entry(
            product: Int32(shopper % 4 * Self.shelf + item(shopper, deed)), type: .purchase,
            time: Double(deed * 100_000 + shopper))
        })
    }
    try store.publish(products, histories, alike: alike)
    return store
  }

  private func train() throws -> TrainingReport {
    try TrainShop(
      directory: directory, options: TrainShop.Options(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 1_000) }
    ).run()
  }

  @Test func newProductsOfTheShopperOwnShelfAreRecommended() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    let report = try train()
    #expect(!report.allowsRepeats)
    #expect(report.target == "purchase" && report.shoppers == 60 && report.items == 40)
    let popular = try #require(report.candidates.first { $0.name == "popularity" })
    #expect(report.new.test.recall > 1.5 * popular.new.test.recall)
    let recommend = try RecommendProducts(store: store)
    let result = try recommend.recommend(for: .shopper("u1"), count: 2)
    #expect(result.isKnown && result.items.count == 2)
    let own = Set((0..<8).map { "p\(Self.shelf + $0)" })
    #expect(Set(result.history.map(\.id)).isSubset(of: own))
    #expect(Set(result.items.map(\.id)) == ["p18", "p19"])
    for item in result.items {
      let sum = item.reasons.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - item.score) < 1e-4)
    }
  }

  @Test func whereShoppersComeBackForTheSameItComesAgain() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed % 2) % Self.shelf }
    #expect(try train().allowsRepeats)
    let recommend = try RecommendProducts(store: store)
    let result = try recommend.recommend(for: .shopper("u0"), count: 2)
    #expect(Set(result.items.map(\.id)) == ["p0", "p1"])
    #expect(result.items.map(\.taken) == [4, 4])
    let fresh = try recommend.recommend(for: .shopper("u0"), count: 2, repeats: false)
    #expect(Set(fresh.items.map(\.id)).isDisjoint(with: ["p0", "p1"]))
  }

  @Test func strangersGetWhatMostTakeAndSessionsAreFoldedIn() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    _ = try train()
    let recommend = try RecommendProducts(store: store)
    let stranger = try recommend.recommend(for: .shopper("nobody"), count: 3)
    #expect(!stranger.isKnown && stranger.items.count == 3)
    #expect(stranger.items.allSatisfy { $0.score > 0 && $0.reasons[0].source == "popularity" })
    #expect(try recommend.shoppers(like: "u5") == ["u50", "u51", "u52"])
    let visit = try recommend.recommend(for: .session(["p31", "p32", "gone"]), count: 5)
    #expect(visit.items.allSatisfy { (30..<40).contains(Int($0.id.dropFirst()) ?? -1) })
    #expect(throws: EngineError.self) {
      try recommend.recommend(for: .session(["gone"]), count: 5)
    }
    let all = try recommend.recommend(for: .session(["p31"]), count: 100)
    #expect(all.items.count == 39 && all.shortBecause != nil)
  }

  /// Every shopper takes the even products of a shelf one after the other, and each has an odd twin
  /// that came on the market later: only its content says whom it is for.
  @Test func productsNobodyHasTakenAreFoundByTheirContent() throws {
    // The first six deeds lie in the span that is learnt from; the twins are taken after it.
    let store = try shop(alike: { [$0 ^ 1] }) { shopper, deed in
      deed < 5 ? (shopper / 4 % 2 * 2 + deed) % 5 * 2 : (deed - 5 + shopper / 4) % 5 * 2 + 1
    }
    let report = try train()
    let content = try #require(report.candidates.first { $0.name == "content" })
    let behaviour = try #require(report.candidates.first { $0.name == "item-knn" })
    #expect(content.new.validation > behaviour.new.validation)
    // Alone, or in one model with behaviour.
    let fused = try #require(report.candidates.first { $0.name == "fused-ease" })
    #expect(fused.new.validation > behaviour.new.validation)
    #expect(content.new.weight + fused.new.weight > 0)
    let visit = try RecommendProducts(store: store).recommend(for: .session(["p4"]), count: 8)
    let twin = try #require(visit.items.first { $0.id == "p5" })
    let speaking = twin.reasons.filter { $0.contribution > 0 }.map(\.source)
    #expect(!Set(speaking).isDisjoint(with: ["content", "fused-ease"]))
  }

  @Test func anotherTrainingReplacesTheFirst() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    _ = try train()
    let first = try TrainedRecommender.record(of: store)
    _ = try TrainShop(
      directory: directory, options: TrainShop.Options(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 2_000) }
    ).run()
    let second = try #require(try TrainedRecommender.record(of: store))
    #expect(first?.folder != second.folder)
    let folders = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { $0.hasPrefix("recommender-") }
    #expect(folders == [second.folder])
  }

  @Test func aDamagedModelIsNamed() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    _ = try train()
    let record = try #require(try TrainedRecommender.record(of: store))
    let file = directory.appending(path: record.folder).appending(path: record.parts[0].file)
    try Data("garbage".utf8).write(to: file)
    #expect(throws: (any Error).self) { try RecommendProducts(store: store) }
  }

  @Test func withoutItsFolderAShopIsUntrained() throws {
    let store = try shop { shopper, deed in (shopper / 4 + deed) % Self.shelf }
    _ = try train()
    let folder = try #require(try TrainedRecommender.folder(of: store))
    try FileManager.default.removeItem(at: directory.appending(path: folder))
    let error = #expect(throws: EngineError.self) { try RecommendProducts(store: store) }
    #expect(error?.message.contains("akin train") == true)
  }

  @Test func aShopWithoutBehaviourSaysWhatToDo() throws {
    let store = try shop { _, deed in deed }
    var empty = ShopSnapshot(
      products: [Product(id: "p", title: "p")], texts: ["p"], textOfProduct: [0], baskets: [0],
      similar: NeighbourLists(), boughtTogether: NeighbourLists(), records: [:])
    empty.similar.append([Neighbour]())
    empty.boughtTogether.append([Neighbour]())
    empty.behaviour = BehaviourSnapshot()
    try store.publish(empty)
    #expect(throws: EngineError.self) { try self.train() }
    #expect(throws: EngineError.self) { try RecommendProducts(store: store) }
  }
}
