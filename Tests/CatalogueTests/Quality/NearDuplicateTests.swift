import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Near duplicates")
struct NearDuplicateTests {
  /// Groups as sets of identifiers.
  private func groups(_ columns: [String], _ rows: [[String?]]) throws -> [Set<String>] {
    let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
    var identifiers: [String] = []
    try importer.add(
      FeedSource(name: "memory", format: "rows", reader: RowsFeed(columns, rows: rows))
    ) { identifiers.append($0.product.id) }
    return importer.nearDuplicateGroups().map { Set($0.map { identifiers[$0] }) }
  }

  static let title = "Stand mixer with bowl, dough hook and whisk"

  @Test(
    "what is known of both must agree; what one lacks does not matter",
    arguments: [
      ("brand", "Kenwood", "KENWOOD", true), ("brand", "Kenwood", nil, true),
      ("brand", "Kenwood", "Bosch", false), ("mpn", "KVC-3110", "KVC3110", true),
      ("mpn", "KVC3110", "KVC5320", false), ("gtin", "4006381333931", "4006381333948", false),
      ("manufacturer_id", "69", "103", false), ("manufacturer_id", "69", "69", true),
      ("size", "XL", "M", false), ("colour", "red", "Red", true), ("颜色", "红", "黑", false),
      ("size", "2 l", "2000 ml", true), ("package_size", "2 l", "1 l", false),
      ("price", "100", "350", false), ("price", "100", "120", true), ("rating", "4.1", "3.9", true),
    ] as [(String, String?, String?, Bool)])
  func typed(column: String, left: String?, right: String?, areSame: Bool) throws {
    let found = try groups(
      ["id", "title", column], [["a", Self.title, left], ["b", Self.title, right]])
    #expect(found == (areSame ? [["a", "b"]] : []))
  }

  @Test("a product without a brand does not tie two brands together")
  func bridge() throws {
    let found = try groups(
      ["id", "title", "brand"],
      [["a", Self.title, "Kenwood"], ["b", Self.title, nil], ["c", Self.title, "Bosch"]])
    #expect(found == [["a", "b"]])
  }

  @Test("a title that many share names a kind and is no evidence")
  func kinds() throws {
    let kinds = (0..<40).map { ["k\($0)", $0 % 2 == 0 ? "Yoghurt" : "Bagged cheese"] }
    let others = (0..<100).map { ["o\($0)", "Article \($0) of the shop"] }
    let pair = [["x", Self.title], ["y", Self.title]]
    #expect(try groups(["id", "title"], kinds + others + pair) == [["x", "y"]])
    // Where most titles name kinds, none is evidence.
    #expect(try groups(["id", "title"], kinds + pair).isEmpty)
  }

  @Test("quantities are compared by their value, wherever they stand in the title")
  func quantities() throws {
    let found = try groups(
      ["id", "title"],
      [
        ["a", "Coca-Cola Zero Sugar 0.5 l"], ["b", "500 ml Coca-Cola Zero Sugar"],
        ["c", "Coca-Cola Zero Sugar 1 l"], ["d", "Coca-Cola Zero Sugar"],
      ])
    #expect(found == [["a", "b"]])
  }

  @Test("a model number is one word, with hyphens or without")
  func models() throws {
    let found = try groups(
      ["id", "title"],
      [
        ["a", "Sony WH-1000XM4 wireless noise cancelling headphones"],
        ["b", "Sony WH1000XM4 wireless noise cancelling headphones"],
        ["c", "Sony WH-1000XM5 wireless noise cancelling headphones"],
        ["d", "Set of glasses cold-brew-7 and a jug"], ["e", "Set of glasses coldbrew7 and a jug"],
      ])
    #expect(found == [["a", "b"]])
  }

  @Test("without the search nothing is kept for it")
  func off() throws {
    var options = ImportOptions()
    options.findsNearDuplicates = false
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    let rows = [["a", Self.title], ["b", Self.title]]
    try importer.add(
      FeedSource(name: "m", format: "rows", reader: RowsFeed(["id", "title"], rows: rows))
    ) { _ in }
    let report = importer.report()
    #expect(report.products == 2 && report.nearDuplicateGroups == 0)
    #expect(importer.nearDuplicateGroups().isEmpty)
  }

  /// Against the clusters that Pricerunner made of the offers of many merchants.
  @Test("precision and recall on Pricerunner", .enabled(if: testData != nil))
  func pricerunner() throws {
    var options = ImportOptions()
    options.overrides = try MappingOverrides(["-=cluster_label"])
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    var clusters: [AttributeValue] = []
    let data = try #require(testData)
    try importer.add(file: data.appending(path: "catalogue/pricerunner/products.csv")) { imported in
      let cluster = imported.product.attributes.first { $0.name == "cluster_id" }
      clusters.append(cluster?.value ?? .text(imported.product.id))
    }
    func pairs(_ counts: some Sequence<Int>) -> Int { counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }
    let groups = importer.nearDuplicateGroups()
    let found = pairs(groups.map(\.count))
    let right = groups.reduce(0) { sum, group in
      sum + pairs(Dictionary(grouping: group) { clusters[$0] }.values.map(\.count))
    }
    let all = pairs(Dictionary(grouping: clusters.indices) { clusters[$0] }.values.map(\.count))
    let precision = Double(right) / Double(found)
    let recall = Double(right) / Double(all)
    print(
      "Pricerunner near duplicates: \(groups.count) groups, \(found) pairs, precision "
        + "\(precision), recall \(recall) of \(all) pairs")
    #expect(precision > 0.8 && groups.count > 500)
  }

  @Test("a grocery chain's type names are no near duplicates", .enabled(if: groceryData != nil))
  func grocery() throws {
    let folder = try #require(groceryData)
    var options = ImportOptions()
    options.overrides = try MappingOverrides([
      "title=product_type|product_category|department", "categories=department/product_category",
    ])
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    var count = 0
    try importer.add(file: folder.appending(path: "products.parquet")) { _ in count += 1 }
    let report = importer.report()
    // No row is without a title now.
    #expect(count == 92_331 && report.refusedRows == 0)
    #expect(report.nearDuplicateProducts * 1000 < count)
    // All of it is English: what is taken for something else stays rare.
    let foreign = report.languages.filter { $0.name != "en" }.reduce(0) { $0 + $1.products }
    #expect(foreign * 1000 < count)
    print("grocery: \(report.nearDuplicateGroups) groups, languages \(report.languages)")
  }

  @Test("the bilingual sample")
  func sample() throws {
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
    var products: [Product] = []
    for name in ["products.csv", "products-en.tsv"] {
      try importer.add(file: folder.appending(path: "Samples/bilingual/\(name)")) {
        products.append($0.product)
      }
    }
    #expect(products.count == 303)
    let groups = importer.nearDuplicateGroups().map { Set($0.map { products[$0].id }) }
    #expect(groups.contains(["B-2102", "B-2103"]))
    let shared = importer.report().findings.first { $0.kind == "shared_gtin" }
    print("sample: shared bar codes of \(shared?.products ?? 0) products")
    #expect(try #require(shared).products >= 64 && shared?.examples.count == 5)
    #expect(importer.report().findings.allSatisfy { $0.kind != "mojibake" })
    // Variants of one title and rivals stay apart.
    for group in groups { #expect(group.count == 2, "\(group)") }
    let languages = Dictionary(grouping: products) { $0.language ?? "-" }
    #expect(Set(languages.keys).isSubset(of: ["-", "zh", "en", "ja", "de", "fr", "es", "ko"]))
    #expect(languages["zh"]?.count == 176 && languages["fr"]?.count == 2)
    #expect(languages["es"]?.map(\.id) == ["B-9023"] && languages["ko"]?.count == 1)
    let german = languages["de"]?.map(\.id) ?? []
    #expect(Set(german) == ["B-9011", "B-9012", "B-9013", "B-9014", "B-9015"])
    #expect(languages["ja"]?.count == 5)
    print("sample: near \(groups), languages \(languages.mapValues(\.count))")
    // Typed, and still there as it was written.
    let phone = try #require(products.first { $0.id == "101001" })
    let size = phone.attributes.first { $0.name == "规格" }?.value
    #expect(
      size == .quantity(Quantity(value: 128e9, dimension: .storage, written: "128GB")))
    #expect(phone.itemGroup == "IP12" && phone.mpn == "A2404")
    #expect(phone.attributes.contains(Attribute(name: "颜色", value: .text("黑色"))))
  }
}
