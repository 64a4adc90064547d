import AkinCatalogue
import AkinSearch
import AkinStorage
import Foundation
import Synchronization
import Testing

@testable import AkinEngine

@Suite struct ShopSearchTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "akin-shop-\(UUID())")

  private func shop(_ titles: [String]) throws -> ShopStore {
    let store = try ShopStore(directory: folder, for: .building)
    let products = titles.enumerated().map { Product(id: "\($0 + 1)", title: $1) }
    try store.publish(
      ShopSnapshot(
        products: products, texts: titles, textOfProduct: Array(titles.indices),
        baskets: titles.map { _ in 0 }, similar: NeighbourLists(),
        boughtTogether: NeighbourLists(), records: [:]))
    return store
  }

  private func ids(_ index: SearchIndex, _ query: String) throws -> [String] {
    try index.search(SearchRequest(query)).hits.map(\.id).sorted()
  }

  @Test func theIndexIsKeptAndFollowsTheCatalogue() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop(["red coat", "blue scarf"])
    #expect(try ids(ShopIndex.open(store), "coat") == ["1"])
    let kept = folder.appending(path: "search/manifest").path(percentEncoded: false)
    let before = FileManager.default.contents(atPath: kept)
    #expect(try ids(ShopIndex.open(store), "coat") == ["1"])
    #expect(FileManager.default.contents(atPath: kept) == before)
    _ = try store.upsert([ProductWrite(product: Product(id: "3", title: "green coat"), text: "x")])
    #expect(try ids(ShopIndex.open(store), "coat") == ["1", "3"])
    _ = try store.removeProducts(["1"])
    #expect(try ids(ShopIndex.open(store), "coat") == ["3"])
  }

  @Test func aDamagedIndexIsMadeAgain() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop(["red coat"])
    _ = try ShopIndex.open(store)
    let search = folder.appending(path: "search")
    for name in try FileManager.default.contentsOfDirectory(atPath: search.path())
    where name.hasPrefix("segment-") {
      try Data("AKINSRCH".utf8).write(to: search.appending(path: name))
    }
    #expect(try ids(ShopIndex.open(store), "coat") == ["1"])
  }

  @Test func aShopsOwnSynonymsCount() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop(["red coat"])
    #expect(try ids(ShopIndex.open(store), "gizmo").isEmpty)
    let file = folder.appending(path: "synonyms.txt")
    try Data("gizmo, coat\n".utf8).write(to: file)
    #expect(try ids(ShopIndex.open(store), "gizmo") == ["1"])
    try Data("gizmo\n".utf8).write(to: file)
    let error = #expect(throws: SearchError.self) { try ShopIndex.open(store) }
    #expect(error?.code == .badLexicon)
  }

  @Test func anEmptyShopSaysSo() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop([])
    #expect(throws: EngineError.self) { try ShopIndex.open(store) }
  }

  /// Where conditions leave few of the nearest, those farther away are looked at too.
  @Test func aNarrowFilterReachesFartherInMeaning() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop((0..<1_000).map { $0 == 700 ? "lonely lamp" : "chair \($0)" })
    let asked = Asked()
    let search = ShopSearch(
      index: try ShopIndex.open(store), product: { try store.product(id: $0)?.product },
      meaning: { _, count in
        asked.counts.withLock { $0.append(count) }
        return ShopSearch.Near(
          items: (0..<min(count, 1_000)).map { ("\($0 + 1)", 1 - Float($0) / 2_000) })
      })
    var request = SearchRequest("something -chair")
    request.count = 10
    #expect(try search.search(request, mode: .meaning).items.map(\.id) == ["701"])
    #expect(asked.counts.withLock { $0 } == [100, 800, 6_400])
    asked.counts.withLock { $0 = [] }
    #expect(try search.search(SearchRequest("something"), mode: .meaning).items.count == 10)
    #expect(asked.counts.withLock { $0 } == [100])
  }

  private final class Asked: Sendable { let counts = Mutex<[Int]>([]) }

  @Test func meaningAddsToWordsAndKeepsTheConditions() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try shop(["red coat", "warm jacket", "leather jacket", "wool coat"])
    let index = try ShopIndex.open(store)
    let search = ShopSearch(
      index: index, product: { try store.product(id: $0)?.product },
      meaning: { _, _ in
        ShopSearch.Near(items: [("2", 0.9), ("3", 0.8), ("4", 0.7), ("gone", 0.6)], floor: 0.75)
      })
    func found(_ query: String, _ mode: ShopSearch.Mode) throws -> [String] {
      try search.search(SearchRequest(query), mode: mode).items.map { "\($0.id) \($0.source)" }
    }
    #expect(Set(try found("coat", .words)) == ["1 words", "4 words"])
    #expect(try found("coat", .auto).suffix(2) == ["2 meaning", "3 meaning"])
    #expect(try found("coat", .meaning) == ["2 meaning", "3 meaning", "4 meaning"])
    #expect(try found("coat", .both).first == "4 both")
    #expect(try found("coat -leather", .auto).allSatisfy { !$0.hasPrefix("3") })
    // Far off is left out, and where words keep next to nothing meaning leads.
    #expect(!(try found("coat", .auto)).contains("gone meaning"))
    let poor = try found("something coat to wear outdoors tonight", .auto)
    #expect(poor.first == "2 meaning" && poor.contains { $0.hasSuffix("words") }, "\(poor)")
    let item = try #require(try search.search(SearchRequest("coat")).items.first)
    #expect(item.highlights.count == 1 && search.isConsistent(item))
  }
}

extension ShopSearch {
  fileprivate func isConsistent(_ item: Item) -> Bool {
    item.highlights.allSatisfy { $0.count == 2 && $0[0] < $0[1] && $0[1] <= item.title.utf8.count }
  }
}
