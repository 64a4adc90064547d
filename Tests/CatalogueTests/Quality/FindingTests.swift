import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Findings")
struct FindingTests {
  @Test(
    "texts that were decoded wrongly",
    arguments: [
      ("cafÃ© crème", true), ("è‹¹æžœ phone", true), ("Joeâ€™s tea", true), ("ï¼Œ", true),
      ("tea\u{FFFD}", true), ("tea \u{92}s", true), ("鑻规灉鎵嬫満", true), ("MarcÂ® tea", true),
      ("plain tea", false), ("苹果手机壳 透明", false), ("Café ROSÉ® №5 „Süß“ – 20 °C", false),
      ("PÃO DE AÇÚCAR, maçã", false), ("ã â é — œuvre", false), ("りんご ジュース", false),
      ("Чай чёрный", false), ("茅台酒 53度", false), ("사과 주스", false),
    ])
  func mojibake(text: String, isWrong: Bool) {
    #expect(Mojibake.isLikely(text) == isWrong)
  }

  @Test("rows of another encoding than the file's are found")
  func mixed() throws {
    let rows = "1,caf\u{E9}\n2,gar\u{E7}on\n3,th\u{E9}\n".unicodeScalars.map { UInt8($0.value) }
    let url = URL(
      filePath: try temporaryFile(Array("id,title\n".utf8) + rows + Array("4,苹果 café\n".utf8)))
    defer { removeFile(url.path) }
    let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
    try importer.add(file: url) { _ in }
    let finding = importer.report().findings.first { $0.kind == "mojibake" }
    #expect(finding?.examples.map(\.id) == ["4"], "\(importer.report().files)")
  }

  /// 46 of its titles hold U+FFFD or control characters of Latin-1.
  @Test("only the broken titles of Taobao are taken for wrong ones", .enabled(if: testData != nil))
  func taobao() throws {
    var options = ImportOptions()
    options.overrides = try MappingOverrides(["id=@line", "-=spans"])
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    let data = try #require(testData)
    let file = data.appending(path: "catalogue/zh_taobao_title_ner/train.jsonl")
    try importer.add(file: file) { _ in }
    let report = importer.report()
    #expect(report.products == 6_000)
    #expect(report.findings.first { $0.kind == "mojibake" }?.products == 46)
  }

  @Test("equal valid bar codes and unreadable prices have notes")
  func notes() throws {
    let feed = RowsFeed(
      ["id", "title", "gtin", "price"],
      rows: [
        ["a", "Tea", "036000291452", "ask us, please, about this price\nwhich varies a lot"],
        ["b", "Green tea", "0036000291452", "5"], ["c", "Coffee", "4006381333931", "6"],
        ["d", "Cocoa", "4006381333932", nil], ["e", "Cacao", "4006381333932", nil],
        ["f", "Chai", "036000291452", "5"],
      ])
    let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
    try importer.add(FeedSource(name: "m", format: "rows", reader: feed)) { _ in }
    let findings = Dictionary(
      uniqueKeysWithValues: importer.report().findings.map { ($0.kind, $0) })
    let shared = try #require(findings["shared_gtin"])
    #expect(shared.products == 3 && shared.examples.map(\.id) == ["b"])
    #expect(shared.examples[0].note == "same bar code as a")
    #expect(
      findings["price_unreadable"]?.examples.first?.note
        == "ask us, please, about this price which …")
    #expect(findings["bad_gtin"]?.products == 2)
  }
}
