import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Catalogue importer")
struct CatalogueImporterTests {
  private func run(
    _ feed: RowsFeed, _ options: ImportOptions = ImportOptions(), rejects: URL? = nil
  ) throws -> (products: [Product], report: QualityReport) {
    let importer = CatalogueImporter(
      options: options, rejects: try RejectLog(url: rejects))
    var products: [Product] = []
    try importer.add(FeedSource(name: "memory", format: "rows", reader: feed)) { imported in
      if imported.replaces {
        products[imported.ordinal] = imported.product
      } else {
        #expect(imported.ordinal == products.count)
        products.append(imported.product)
      }
    }
    return (products, importer.report())
  }

  @Test("a row becomes a product with typed fields")
  func product() throws {
    let feed = RowsFeed(
      [
        "id", "name", "品牌", "category", "price", "sale_price", "currency", "ean", "stock", "images",
        "weight", "colour", "new", "code",
      ],
      rows: [
        [
          "1", "<b>Green&nbsp;Tea</b> with the mint 250g", "Akin", "Food > Tea", "1.299,00", "9,99",
          "EUR",
          "4006381333931", "7", "https://a/1.jpg,https://a/2.jpg", "0.5 kg", "green", "true", "007",
        ]
      ])
    let product = try #require(try run(feed).products.first)
    #expect(product.title == "Green Tea with the mint 250g" && product.brand == "Akin")
    #expect(product.categories == [["Food", "Tea"]])
    #expect(product.price == Price(amount: 1299, currency: "EUR"))
    #expect(product.salePrice == Price(amount: 9.99, currency: "EUR"))
    #expect(product.gtin == "4006381333931" && product.availability == .inStock)
    #expect(product.imageLinks.count == 2 && product.language == "en")
    let values = Dictionary(uniqueKeysWithValues: product.attributes.map { ($0.name, $0.value) })
    #expect(
      values["weight"] == .quantity(Quantity(value: 500, dimension: .mass, written: "0.5 kg")))
    #expect(
      values["title.mass"] == .quantity(Quantity(value: 250, dimension: .mass, written: "250g")))
    #expect(values["colour"] == .text("green") && values["new"] == .boolean(true))
    #expect(values["code"] == .text("007"))
  }

  @Test("the later row wins and keeps the first one's place")
  func laterWins() throws {
    let feed = RowsFeed(
      ["id", "title", "brand"],
      rows: [["a", "One", "X"], ["b", "Two", "X"], ["a", "One again", nil]])
    let (products, report) = try run(feed)
    #expect(products.map(\.title) == ["One again", "Two"])
    #expect(report.products == 2 && report.exactDuplicates == 1)
    #expect(report.fields.first { $0.name == "brand" }?.products == 1)
    #expect(report.files[0].rows == 3 && report.files[0].products == 3)
  }

  @Test("refused rows are written with file, line, column, reason and the row")
  func rejects() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let feed = RowsFeed(
      ["id", "title"],
      [
        .row(["1", "good"]), .row([nil, "no \"id\"\n"]), .row(["3", "N/A"]), .broken("a,b,c\tü"),
        .row(["5", "good"]),
      ])
    let (products, report) = try run(feed, rejects: url)
    #expect(products.map(\.id) == ["1", "5"])
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let rejects = try lines.map { try JSONDecoder().decode(Reject.self, from: Data($0.utf8)) }
    #expect(rejects.map(\.reason) == [.missingIdentifier, .missingTitle, .malformedRecord])
    #expect(rejects.map(\.line) == [3, 4, 5])
    #expect(rejects.map(\.column) == ["id", "title", "title"])
    #expect(rejects.map(\.row) == [",no \"id\"\n", "3,N/A", "a,b,c\tü"])
    #expect(report.refusedRows == 3 && report.files[0].rejects["missing_title"] == 1)
  }

  @Test("strict mode stops at the first refused row")
  func strict() throws {
    var options = ImportOptions()
    options.isStrict = true
    let feed = RowsFeed(["id", "title"], rows: [["1", "good"], ["", "bad"], ["3", "good"]])
    let error = #expect(throws: ImportError.self) { try run(feed, options) }
    #expect(error?.code == .refusedRow && error?.line == 3 && error?.column == "id")
  }

  @Test("near duplicates: same words in any order, but no variants")
  func nearDuplicates() throws {
    let titles = [
      "Apple iPhone 12 Case clear silicone cover with stand black",
      "apple iphone 12 case, clear silicone cover with stand - BLACK",
      "Clear silicone case cover apple iphone 12 with stand black",
      "Apple iPhone 13 Case clear silicone cover with stand black",
      "Samsung tablet stand", "功夫茶具用品茶桶茶渣桶矮款家用", "功夫茶具用品茶桶茶渣桶矮款家用 ", "功夫熊猫玩具",
      "Rice 500g", "Rice 1kg", "Rice 500 g",
    ]
    let feed = RowsFeed(
      ["id", "title"], rows: titles.enumerated().map { ["\($0.offset)", $0.element] })
    let report = try run(feed).report
    let groups = report.nearDuplicates.map { Set($0.examples.map(\.id)) }
    #expect(groups.contains(["0", "1", "2"]) && groups.contains(["5", "6"]))
    #expect(!groups.contains { $0.contains("3") || $0.contains("9") || $0.contains("7") })
    #expect(report.nearDuplicateProducts == report.nearDuplicates.reduce(0) { $0 + $1.size })
  }

  @Test("findings: outliers, suspicious prices, bad gtin")
  func findings() throws {
    var rows: [[String?]] = (0..<40).map {
      ["\($0)", "Tea \($0)", "Tea", "\(10 + $0 % 5)", nil, nil]
    }
    rows.append(["odd", "Tea odd", "Tea", "9000", nil, nil])
    rows.append(["zero", "Tea zero", "Tea", "0", nil, nil])
    rows.append(["sale", "Tea sale", "Tea", "10", "12", nil])
    rows.append(["gtin", "Tea gtin", "Tea", "10", nil, "4006381333932"])
    rows.append(["text", "Tea text", "Tea", "ask", nil, nil])
    let report = try run(
      RowsFeed(["id", "title", "category", "price", "sale_price", "gtin"], rows: rows)
    ).report
    let found = Dictionary(
      uniqueKeysWithValues: report.findings.map { ($0.kind, $0.examples.map(\.id)) })
    #expect(found["price_outlier"] == ["odd"] && found["price_zero"] == ["zero"])
    #expect(found["sale_above_price"] == ["sale"] && found["bad_gtin"] == ["gtin"])
    #expect(found["price_unreadable"] == ["text"])
    let again = try JSONDecoder().decode(QualityReport.self, from: JSONEncoder().encode(report))
    #expect(again == report)
    for width in [60, 80, 120] {
      for line in report.render(width: width).split(separator: "\n") {
        #expect(DisplayWidth.of(String(line)) <= width)
      }
    }
  }

  @Test("events: defaults, totals, items, repeats, rejects")
  func events() throws {
    var events: [Event] = []
    let importer = EventImporter(rejects: try RejectLog(url: nil)) { $0 == "p1" }
    try importer.add(
      FeedSource(
        name: "m", format: "rows",
        reader: RowsFeed(
          [
            "household_id", "basket_id", "product_id", "quantity", "sales_value",
            "transaction_timestamp",
          ],
          rows: [
            ["u", "b", "p1", "2", "5.00", "2017-01-01 07:30:00"],
            ["u", "b", "p2", "x", "1", "2017-01-01"],
          ]))
    ) { events.append($0) }
    #expect(events.count == 1 && events[0].type == .purchase && events[0].transaction == "b")
    #expect(events[0].price?.amount == 2.5 && events[0].time == 1_483_255_800)
    #expect(importer.summary.rejects == ["unreadable_quantity": 1])
    try importer.add(
      FeedSource(
        name: "m", format: "rows",
        reader: RowsFeed(
          ["event_id", "event_name", "user_pseudo_id", "items"],
          rows: [
            [
              "e", "add_to_cart", "v",
              "[{\"item_id\":\"p1\",\"quantity\":3},{\"item_id\":7,\"price\":2.5}]",
            ],
            ["e", "add_to_cart", "v", "[{\"item_id\":\"p1\"},{\"item_id\":7}]"],
            ["f", "dance", "v", "[]"],
            ["g", "view", "v", "[{}]"], ["h", "view", "v", "nonsense"],
          ]))
    ) { events.append($0) }
    #expect(events.dropFirst().map(\.product) == ["p1", "7"])
    #expect(events[1].quantity == 3 && events[2].price?.amount == 2.5)
    #expect(importer.summary.repeated == 2 && importer.summary.unknownProducts == 1)
    #expect(importer.summary.rejects["unknown_event_type"] == 1)
    #expect(importer.summary.rejects["missing_product"] == 1)
    #expect(importer.summary.rejects["unreadable_items"] == 1)
  }
}

@Suite("Real catalogues")
struct RealCatalogueTests {
  private func read(_ path: String, _ pairs: [String] = []) throws -> (
    products: [Product], report: QualityReport
  ) {
    var options = ImportOptions()
    options.overrides = try MappingOverrides(pairs)
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    var products: [Product] = []
    let data = try #require(testData)
    try importer.add(file: data.appending(path: path)) { products.append($0.product) }
    return (products, importer.report())
  }

  @Test("pricerunner, myntra, shein", .enabled(if: testData != nil))
  func catalogues() throws {
    let runner = try read("catalogue/pricerunner/products.csv")
    #expect(runner.products.count == 35_311 && runner.report.refusedRows == 0)
    #expect(runner.products[0].categories == [["Mobile Phones"]])
    #expect(runner.report.nearDuplicateGroups > 100)
    let myntra = try read("catalogue/myntra/products.tsv")
    #expect(myntra.products[0].price?.amount == 11_745 && myntra.products[0].brand == "DKNY")
    let shein = try read("catalogue/brightdata_shein/products.csv")
    #expect(shein.products[0].categories.first?.count == 4)
    #expect(shein.products[0].price == Price(amount: 120.99, currency: "USD"))
    #expect(shein.products[0].attributes.contains { $0.name == "Color" })
  }

  @Test("Chinese titles without identifiers", .enabled(if: testData != nil))
  func chinese() throws {
    let path = "catalogue/zh_ecomgpt_eval/openbg_classify.jsonl"
    #expect(throws: ImportError.self) { try read(path) }
    let (products, report) = try read(path, ["id=@line", "categories=coarse/fine"])
    #expect(products[0].categories == [["大百货", "茶道/零配"]])
    #expect(products[0].attributes.contains { $0.name == "品牌" || $0.name == "风格" })
    #expect(report.languages.first?.name == "zh")
    let taobao = try read("catalogue/zh_taobao_title_ner/train.jsonl", ["id=@line", "-=spans"])
    #expect(Double(taobao.report.languages[0].products) > 0.97 * Double(taobao.report.products))
  }

  @Test("the grocery chain's Parquet files", .enabled(if: groceryData != nil))
  func grocery() throws {
    let folder = try #require(groceryData)
    var options = ImportOptions()
    options.overrides = try MappingOverrides([
      "title=product_type", "categories=department/product_category/product_type",
    ])
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    var count = 0
    try importer.add(file: folder.appending(path: "products.parquet")) { _ in count += 1 }
    let report = importer.report()
    #expect(count + report.refusedRows == 92_331)
    #expect(report.fields.first { $0.name == "categories" }?.products == count)
  }
}
