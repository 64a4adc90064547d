import AkinAlike
import AkinCatalogue
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

@Suite final class KnownLinksTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "akin-links-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func file(_ text: String) throws -> URL {
    let file = folder.appending(path: "links.csv")
    try Data(text.utf8).write(to: file)
    return file
  }

  @Test func linksAreRead() throws {
    let links = try ProductLink.read(
      file("product,other,type\na,b,complement\n\"c\",d,Same\nd,c,unrelated\n"))
    #expect(
      links == [
        ProductLink(from: "a", to: "b", relation: .complement),
        ProductLink(from: "c", to: "d", relation: .same),
        ProductLink(from: "d", to: "c", relation: .unrelated),
      ])
  }

  @Test(arguments: [
    ("product,other,type\na,b,friend\n", "line 2"), ("product,other\na,b\n", "line 2"),
    ("product,other,type\n,b,same\n", "line 2"),
  ])
  func faultsNameTheirLine(text: String, place: String) throws {
    let file = try file(text)
    let error = #expect(throws: EngineError.self) { try ProductLink.read(file) }
    #expect(error?.message.contains(place) ?? false)
    #expect(error?.code == .unreadableInput)
  }

  @Test func linksOfTextsHaveDirections() throws {
    let store = try ShopStore(directory: folder, for: .building)
    let products = ["a", "b", "c"].map { Product(id: $0, title: $0) }
    var lists = NeighbourLists()
    for _ in products { lists.append([Neighbour]()) }
    try store.publish(
      ShopSnapshot(
        products: products, texts: ["a", "b", "c"], textOfProduct: [0, 1, 2],
        baskets: [0, 0, 0], similar: lists, boughtTogether: lists, records: [:]))
    let links = try #require(
      try KnownLinks(
        [
          ProductLink(from: "a", to: "b", relation: .complement),
          ProductLink(from: "a", to: "c", relation: .same),
          ProductLink(from: "a", to: "gone", relation: .same),
        ], in: store))
    #expect(links.count == 2)
    #expect(links.relations(from: 0, to: 1) == [.complement])
    #expect(links.relations(from: 1, to: 0).isEmpty)
    #expect(links.relations(from: 2, to: 0) == [.same])
    #expect(links.targets(of: 0) == [1, 2])
    #expect(links.width == 0)
    #expect(try KnownLinks([], in: store) == nil)
  }
}
