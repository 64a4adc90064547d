import AkinAlike
import AkinEncoders
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// The traps of `Samples/README.md`, asked of a shop that was built from the sample as any other.
@Suite(.serialized) struct BilingualLikenessTests {
  /// Built once for all tests.
  private static let shop: Result<URL, any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "akin-likeness-\(ProcessInfo.processInfo.processIdentifier)")
    let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Samples/bilingual")
    let build = try BuildShop(
      directory: folder, options: BuildOptions(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 0) })
    _ = try build.run(
      products: ["products.csv", "products-en.tsv"].map { sample.appending(path: $0) }, events: [])
    return folder
  }

  private func list(_ id: String, k: Int = 300) throws -> [SimilarProducts.Item] {
    let store = try ShopStore(directory: Self.shop.get())
    return try SimilarProducts(store: store, explaining: true).similar(to: id, k: k).items
  }

  @Test(
    arguments: [
      // The same phone in the other language before the rival, its case and the fruit.
      ("101001", "B-1001", ["101007", "101101", "201001", "B-2107", "202107", "B-1004"]),
      ("B-1001", "101001", ["101007", "101101", "B-1101", "201001", "B-1004"]),
      ("101001", "101017", ["101007", "101101", "101004", "101005"]),
      // One case and another, not the phone.
      ("101101", "101103", ["101001", "101002", "201001"]),
      ("B-1101", "101101", ["B-1001", "101001"]),
      // One character of a model number.
      ("102002", "B-1302", ["102001", "102004", "B-1301"]),
      ("B-1302", "B-1303", ["B-1301", "102001"]),
      ("B-9001", "B-1301", ["B-1302", "102002"]),
      // The fruit is like fruit.
      ("201001", "201002", ["101001", "101101", "B-1001"]),
    ])
  func traps(of id: String, nearer: String, than others: [String]) throws {
    let ids = try list(id).map(\.id)
    let place = try #require(ids.firstIndex(of: nearer), "\(nearer) is not in the list of \(id)")
    for other in others {
      let rival = ids.firstIndex(of: other) ?? ids.count
      #expect(place < rival, "\(id): \(nearer) at \(place), \(other) at \(rival)")
    }
  }

  @Test(arguments: ["101001", "B-1302", "201001", "202012"])
  func evidenceAddsUp(id: String) throws {
    for item in try list(id, k: 20) {
      let parts = try #require(item.evidence)
      #expect(abs(parts.reduce(0) { $0 + $1.contribution } - item.score) < 1e-4)
      #expect(item.score <= 1)
    }
  }

  @Test func aShoppersWordsAreScoredByTheSameMeasure() throws {
    let store = try ShopStore(directory: Self.shop.get())
    let asked = SimilarProducts(store: store, explaining: true)
    let phones = try asked.similar(toText: "苹果手机12", k: 20).items.map(\.id)
    let phone = try #require(phones.firstIndex(of: "101001"))
    #expect(phone < phones.firstIndex(of: "101101") ?? 99)
    #expect(phone < phones.firstIndex(of: "201001") ?? 99)
    let headphones = try asked.similar(toText: "wh1000xm4", k: 3).items.map(\.id)
    #expect(Set(headphones).isSubset(of: ["102002", "102003", "B-1302", "B-1303"]))
  }
}
