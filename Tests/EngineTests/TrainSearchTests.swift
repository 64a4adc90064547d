import AkinCatalogue
import AkinSearch
import AkinSimilarity
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

@Suite struct TrainSearchTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "akin-shop-\(UUID())")

  /// Of each of `count` words three products of these titles; people want the last one.
  private func shop(
    _ count: Int, titles: [String] = ["W plain shirt", "shirt W plain", "plain shirt W"]
  ) throws -> (ShopStore, SearchJudgments) {
    let store = try ShopStore(directory: folder, for: .building)
    var products: [Product] = []
    var judgments = SearchJudgments()
    for number in 0..<count {
      let word = "word\(number)x"
      for (place, title) in titles.enumerated() {
        let title = title.replacing("W", with: word)
        products.append(Product(id: "\(number)-\(place)", title: title))
        judgments.add(word, "\(number)-\(place)", Float(place))
      }
      judgments.add(word, "gone", 1)
    }
    let texts = products.map(\.title)
    try store.publish(
      ShopSnapshot(
        products: products, texts: texts, textOfProduct: Array(texts.indices),
        baskets: texts.map { _ in 0 }, similar: NeighbourLists(),
        boughtTogether: NeighbourLists(), records: [:]))
    return (store, judgments)
  }

  private func search(_ store: ShopStore) throws -> ShopSearch {
    ShopSearch(
      index: try ShopIndex.open(store), product: { try store.product(id: $0)?.product },
      meaning: { _, _ in ShopSearch.Near(items: []) }, judge: try ShopJudge(store: store))
  }

  @Test func anOrderIsLearnedKeptAndUsed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, judgments) = try shop(120)
    let before = try search(store).search(SearchRequest("word7x")).items.map(\.id)
    #expect(before.first == "7-0")
    let training = try TrainSearch(
      store: store, judgments: judgments, progress: SilentProgress(),
      meaning: { _, _ in ShopSearch.Near(items: []) })
    let report = try training.run()
    #expect(report.isKept && report.queries == 120 && report.products == 360, "\(report)")
    #expect(report.unknown == 120 && report.source == "judged")
    let learned = try #require(report.figures.last)
    #expect(learned.order == "learned" && learned.test > 0.99, "\(learned)")
    #expect(report.figures.first { $0.order == "words" }.map { $0.test < 0.9 } == true)
    let search = try search(store)
    #expect(try search.search(SearchRequest("word7x")).items.map(\.id) == ["7-2", "7-1", "7-0"])
    #expect(try search.search(SearchRequest("word7x"), mode: .words).items.map(\.id) == before)
    // Pages go on where the last one ended.
    var request = SearchRequest("plain shirt")
    request.count = 100
    var (seen, cursor): ([String], String?) = ([], nil)
    repeat {
      request.cursor = cursor
      let page = try search.search(request)
      seen += page.items.map(\.id)
      cursor = page.cursor
    } while cursor != nil && seen.count < 1_000
    #expect(seen.count == 360 && Set(seen).count == 360)
    // A file of another version says so instead of being passed over.
    try Data("{}".utf8).write(to: try #require(try ShopJudge.file(of: store)))
    let later = try self.search(store)
    #expect(throws: SearchError.self) { try later.search(SearchRequest("word7x")) }
    #expect(try later.search(SearchRequest("word7x"), mode: .words).items.count == 3)
  }

  /// A list holds more than anybody judged: an order that only tells judged products apart must not
  /// let the others stand above them.
  @Test func whatNobodyJudgedStandsBelow() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, _) = try shop(
      120, titles: ["W shirt", "plain W shirt", "shirt W plain", "plain shirt W"])
    // The file names what is wanted, and nothing else.
    var judgments = SearchJudgments()
    for number in 0..<120 { judgments.add("word\(number)x", "\(number)-3", 2) }
    let report = try TrainSearch(
      store: store, judgments: judgments, progress: SilentProgress(),
      meaning: { _, _ in ShopSearch.Near(items: []) }
    ).run()
    #expect(report.isKept && report.queries == 120 && report.products == 120, "\(report)")
    let learned = try #require(report.figures.last)
    #expect(learned.order == "learned" && learned.test > 0.99, "\(report.figures)")
    let words = try #require(report.figures.first { $0.order == "words" })
    #expect(words.test < 0.7, "what nobody judged stands above: \(report.figures)")
    #expect(try search(store).search(SearchRequest("word7x")).items.first?.id == "7-3")
  }

  /// What a shopper did with a product that a search for its word showed.
  private static func deed(_ type: EventType, _ number: Int, _ place: Int) -> Event {
    var event = Event(type: type, product: "\(number)-\(place)")
    event.user = "u\(number)"
    event.attribution = "search.1.2." + SearchAttribution.encoded("Word\(number)X")
    return event
  }

  private func learn(from events: [Event], in store: ShopStore) throws -> SearchTrainingReport {
    _ = try store.add(events, received: 1)
    return try TrainSearch(
      store: store, judgments: nil, progress: SilentProgress(),
      meaning: { _, _ in ShopSearch.Near(items: []) }
    ).run()
  }

  @Test func clicksTeachToo() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, _) = try shop(90)
    let report = try learn(
      from: (0..<90).flatMap { number in
        [(2, EventType.purchase), (1, .viewItem), (0, .viewItemList)].map { place, type in
          Self.deed(type, number, place)
        }
      }, in: store)
    // What was listed and not taken is what nobody wanted.
    #expect(report.source == "clicks" && report.queries == 90 && report.products == 180)
    #expect(report.isKept)
    #expect(try search(store).search(SearchRequest("word7x")).items.first?.id == "7-2")
  }

  /// Who clicked what is a matter of chance here. How often a product was wanted tells it all the same,
  /// because the clicks are part of it: an order that learned from that would look perfect.
  @Test func clicksByChanceTeachNothing() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, _) = try shop(90, titles: ["W plain shirt", "W shirt plain", "shirt W plain"])
    var random = SplitMix64(seed: 3)
    let report = try learn(
      from: (0..<90).map { Self.deed(.purchase, $0, Int.random(in: 0..<3, using: &random)) },
      in: store)
    let learned = try #require(report.figures.last { $0.order == "learned" })
    #expect(learned.test < 0.95, "\(report.figures)")
  }

  @Test func whatIsNoBetterIsNotKept() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // The order of words itself: nothing can be better.
    let (store, judgments) = try shop(
      80, titles: ["plain long shirt of the W kind in four sizes", "plain shirt W", "W"])
    let report = try TrainSearch(
      store: store, judgments: judgments, progress: SilentProgress(),
      meaning: { _, _ in ShopSearch.Near(items: []) }
    ).run()
    #expect(!report.isKept && report.reason.contains("nothing was changed"))
    #expect(try ShopJudge.file(of: store) == nil)
  }

  /// What is read at once for training says what the store says product by product.
  @Test func theTableSaysWhatTheStoreSays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, _) = try shop(4)
    _ = try store.removeProducts(["1-0"])
    let table = try ProductTable(store)
    #expect(table["1-0"] == nil && table.ids(ofText: 3).isEmpty)
    for id in ["0-0", "1-1", "3-2"] {
      let stored = try #require(try store.product(id: id))
      let entry = try #require(table[id])
      #expect(entry.ordinal == stored.ordinal && entry.text == stored.text)
      #expect(table.ids(ofText: stored.text) == [id])
    }
    let index = try ShopIndex.open(store)
    let near = ShopSearch.Near(items: [])
    let (ids, query) = (["0-0", "1-0", "1-2"], "word1x shirt")
    let rows = try [nil, table].map {
      try ShopJudge(store: store, table: $0).rows(query, ids, near: near, index: index)
        .map { $0?.map(\.bitPattern) }
    }
    #expect(rows[0] == rows[1] && rows[0][0] != nil && rows[0][1] == nil)
  }

  @Test func tooLittleIsSaid() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (store, judgments) = try shop(10)
    let error = #expect(throws: EngineError.self) {
      try TrainSearch(
        store: store, judgments: judgments, progress: SilentProgress(),
        meaning: { _, _ in ShopSearch.Near(items: []) }
      ).run()
    }
    #expect(error?.code == .nothingToDo)
  }

  /// What is near by chance is told from what is near.
  @Test func theFloorLiesAboveChance() {
    let sample = (0..<256).map { 0.80 + Float($0 % 16) / 400 }
    let floor = MeaningFloor.floor(best: 0.93, sample: sample)
    #expect(floor > 0.85 && floor < 0.92)
    #expect(MeaningFloor.floor(best: 0.84, sample: sample) > 0.84)
    #expect(MeaningFloor.floor(best: 0.9, sample: [0.8]) == -.infinity)
    #expect(MeaningFloor.places(among: 1_000).count == 256)
    #expect(MeaningFloor.places(among: 3) == [0, 1, 2] && MeaningFloor.places(among: 0).isEmpty)
  }
}
