import AkinAlike
import AkinCatalogue
import AkinEncoders
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// A build whose titles a tagger reads.
@Suite struct TitleReadingTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "akin-titles-\(UUID())", directoryHint: .isDirectory)

  private static let brands = ["羚跑", "华为", "小米", "阿迪", "耐克", "三星"]
  private static let kinds = ["背包", "手机", "耳机", "跑鞋", "水杯"]

  private func titles(_ numbers: Range<Int>, brand type: String) -> [TaggedTitle] {
    numbers.map { number in
      let (brand, kind) = (Self.brands[number % 6], Self.kinds[number / 6 % 5])
      return TaggedTitle(
        title: "\(["新款", "正品", "包邮", "男士"][number / 30 % 4])\(brand)\(kind)",
        spans: [
          TitleSpan(start: 2, end: 4, type: type, text: brand),
          TitleSpan(start: 4, end: 6, type: type == "BRAND" ? "PRODUCT" : type, text: kind),
        ])
    }
  }

  private func tagger(brand type: String) throws -> URL {
    var training = TaggerTraining()
    (training.encoder, training.epochs, training.batch) = (nil, 12, 8)
    let made = try training.fit(
      train: titles(0..<90, brand: type), valid: titles(90..<120, brand: type))
    let output = folder.appending(path: "tagger-\(type)")
    try made.save(to: output)
    return output
  }

  private func build(_ tagger: URL) throws {
    let file = folder.appending(path: "products.csv")
    let lines = ["id,title", "1,包邮小米水杯", "2,新款羚跑背包", "3,正品羚跑背包"]
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    var options = BuildOptions()
    (options.model, options.tagger) = ("minilm-l6", tagger)
    _ = try BuildShop(
      directory: folder.appending(path: "shop"), options: options, progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 5) }
    ).run(products: [file], events: [])
  }

  @Test func whatTitlesNameIsKeptAndIsEvidence() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try build(try tagger(brand: "BRAND"))
    let store = try ShopStore(directory: folder.appending(path: "shop"))
    let product = try #require(try store.product(id: "2")?.product)
    #expect(product.brand == nil, "a field that the feed leaves out stays empty")
    #expect(
      product.attributes == [
        Attribute(name: "title brand", value: .list(["羚跑"])),
        Attribute(name: "title product", value: .list(["背包"])),
      ])
    let found = try SimilarProducts(store: store, explaining: true).similar(to: "2", k: 2)
    #expect(found.items.map(\.id) == ["3", "1"])
    let kind = found.items[0].evidence?.first { $0.source == "named" }
    #expect(kind?.detail.contains("title product: 背包") == true, "\(found.items)")
    let brand = try #require(found.items[1].evidence?.first { $0.source == "brand" })
    #expect(brand.contribution < 0 && brand.detail == ["羚跑", "小米"], "\(brand)")
  }

  @Test func aTaggerOfOtherThingsIsRefusedBeforeAnyWork() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let other = try tagger(brand: "CITY")
    let error = #expect(throws: EngineError.self) { try build(other) }
    #expect(error?.description.contains("CITY") == true)
    #expect(throws: TaggerError.self) { try build(folder.appending(path: "none")) }
  }
}
