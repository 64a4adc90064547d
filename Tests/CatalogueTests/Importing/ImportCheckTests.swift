import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Checks before an import, and events by file")
struct ImportCheckTests {
  private func withFile<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
    let path = try temporaryFile(Array(text.utf8))
    defer { removeFile(path) }
    return try body(URL(filePath: path))
  }

  @Test("a mapping is checked against the header or the first record")
  func mapping() throws {
    var wrong = ImportOptions()
    wrong.overrides = try MappingOverrides(["title=nmae"])
    for text in [
      "id,name\n1,One\n", "{\"id\":1,\"name\":\"One\"}\n",
      "<rss><item><id>1</id><name>One</name></item>",
    ] {
      try withFile(text) { file in
        let roles = try CatalogueImporter.check(file: file).map(\.role)
        #expect(roles == ["id", "title"])
        let error = #expect(throws: ImportError.self) {
          try CatalogueImporter.check(file: file, options: wrong)
        }
        #expect(error?.code == .mapping && error?.message.contains("Did you mean") == true)
        #expect(throws: ImportError.self) { try EventImporter.check(file: file, options: wrong) }
      }
    }
    try withFile("[]") { file in
      let columns = try CatalogueImporter.check(file: file)
      #expect(columns.isEmpty)
    }
    try withFile("user_id,sku\nu,1\n") { file in
      let roles = try EventImporter.check(file: file).map(\.role)
      #expect(roles == ["user", "product"])
    }
    let absent = URL(filePath: "/no/such/feed.csv")
    #expect(throws: FeedError.self) { try CatalogueImporter.check(file: absent) }
    #expect(throws: FeedError.self) { try EventImporter.check(file: absent) }
  }

  @Test("a broken first record costs one row")
  func brokenFirst() throws {
    try withFile("{\"id\":}\n{\"id\":1,\"title\":\"One\"}\n") { file in
      let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
      try importer.add(file: file) { _ in }
      let report = importer.report()
      #expect(report.products == 1 && report.refusedRows == 1)
      #expect(report.files[0].mapping.map(\.role) == ["id", "title"])
    }
  }

  @Test("a currency that is none is refused at once, one in small letters is taken")
  func currency() throws {
    var options = ImportOptions()
    options.currency = "euro"
    try withFile("id,title,price\n1,One,5\n") { file in
      let error = #expect(throws: ImportError.self) {
        try CatalogueImporter.check(file: file, options: options)
      }
      #expect(error?.code == .badCurrency)
      let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
      #expect(throws: ImportError.self) { try importer.add(file: file) { _ in } }
      options.currency = "eur"
      let good = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
      try good.add(file: file) { #expect($0.product.price?.currency == "EUR") }
    }
  }

  @Test("what was refused before a feed broke off is on record")
  func brokenOff() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    try withFile("<rss><item><id>1</id><title>One</title></item><item><id>2</id></item><item>") {
      file in
      let importer = CatalogueImporter(rejects: try RejectLog(url: url))
      let error = #expect(throws: FeedError.self) { try importer.add(file: file) { _ in } }
      #expect(error?.code == .truncated && importer.count == 1)
      #expect(importer.report().files[0].rows == 2 && importer.report().refusedRows == 1)
      let log = try String(contentsOf: url, encoding: .utf8)
      #expect(log.contains("missing_title"))
    }
  }

  @Test("events by file, rendered; events that nothing ties to others")
  func events() throws {
    var options = ImportOptions()
    options.requiresBasket = true
    let importer = EventImporter(options: options, rejects: try RejectLog(url: nil)) { $0 == "p" }
    let rows = [["b1", "p", "2017-01-01"], [nil, "p", "2017-02-01"], ["b1", "q", "x"]]
    let columns = ["basket_id", "product_id", "timestamp"]
    try importer.add(
      FeedSource(name: "one.csv", format: "rows", reader: RowsFeed(columns, rows: rows))
    ) { _ in }
    try importer.add(
      FeedSource(
        name: "two.csv", format: "rows", reader: RowsFeed(columns, rows: [["b2", "q", nil]]))
    ) { _ in }
    let summary = importer.summary
    #expect(summary.files.map(\.name) == ["one.csv", "two.csv"])
    #expect(summary.files.map(\.rows) == [3, 1] && summary.files.map(\.products) == [1, 1])
    #expect(summary.files[0].rejects == ["no_basket": 1, "unreadable_time": 1])
    #expect(summary.files[1].mapping.map(\.role) == ["transaction", "product", "time"])
    #expect(summary.rejects == summary.files[0].rejects && summary.rows == 4)
    let again = try JSONDecoder().decode(EventSummary.self, from: JSONEncoder().encode(summary))
    #expect(again == summary)
    let page = summary.render(width: 70)
    for words in [
      "one.csv", "3 rows, 1 taken, 2 refused", "1 no basket", "transaction=basket_id",
      "purchase", "1 event names a product", "from 2017-01-01 to 2017-01-01",
    ] {
      #expect(page.contains(words), "\(words) in\n\(page)")
    }
    for line in page.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 70) }
    #expect(EventSummary().render(width: 80).isEmpty)
    // Without the demand such events are taken.
    let lenient = EventImporter(rejects: try RejectLog(url: nil)) { _ in true }
    try lenient.add(
      FeedSource(name: "m", format: "rows", reader: RowsFeed(columns, rows: [[nil, "p", nil]]))
    ) { _ in }
    #expect(lenient.summary.events == 1)
  }
}
