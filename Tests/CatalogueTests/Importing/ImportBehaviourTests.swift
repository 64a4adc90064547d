import Foundation
import Testing

@testable import AkinCatalogue

@Suite("Imports as a whole")
struct ImportBehaviourTests {
  private func temporaryFile() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "akin-test-\(UUID().uuidString)")
  }

  @Test("the grocery chain's year of baskets", .enabled(if: groceryData != nil))
  func transactions() throws {
    let folder = try #require(groceryData)
    let importer = EventImporter(rejects: try RejectLog(url: nil)) { _ in true }
    var count = 0
    var pieces = 0.0
    try importer.add(file: folder.appending(path: "transactions.parquet")) { event in
      count += 1
      pieces += event.quantity
    }
    let summary = importer.summary
    #expect(count == 1_469_307 && summary.events == count && summary.rows == count)
    #expect(summary.types == ["purchase": count] && summary.rejects.isEmpty)
    // 2017-01-01 to 2018-01-01, and more pieces than rows.
    #expect(try #require(summary.earliest) > 1_483_200_000)
    #expect(try #require(summary.latest) < 1_514_900_000)
    #expect(pieces > Double(count))
  }

  @Test("an import stops when its task is cancelled")
  func cancellation() async throws {
    let rows = (0..<20_000).map { ["\($0)", "Title \($0)"] }
    let task = Task { () throws -> Int in
      // Cancelled before it begins: the import must notice by itself.
      while !Task.isCancelled { await Task.yield() }
      let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
      let feed = RowsFeed(["id", "title"], rows: rows)
      #expect(throws: CancellationError.self) {
        try importer.add(FeedSource(name: "m", format: "rows", reader: feed)) { _ in }
      }
      let events = EventImporter(rejects: try RejectLog(url: nil)) { _ in true }
      let log = RowsFeed(["item_id", "user_id"], rows: rows)
      #expect(throws: CancellationError.self) {
        try events.add(FeedSource(name: "m", format: "rows", reader: log)) { _ in }
      }
      return importer.count + events.summary.events
    }
    task.cancel()
    #expect(try await task.value < 10_000)
  }

  /// Resident memory of this process, in bytes.
  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return pages * 4096
  }

  @Test(
    "memory does not grow with the file, only with the products",
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm")))
  func memory() throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    let text = String(repeating: "made with care for the home and the garden ", count: 48)
    var data = Data("id,title,description\n".utf8)
    // 20 MB of rows, but only 100 products: later rows replace earlier ones.
    for row in 0..<10_000 {
      data.append(contentsOf: "p\(row % 100),Title \(row % 100),\(text)\(row)\n".utf8)
    }
    try data.write(to: url)
    #expect(data.count > 20_000_000)
    data = Data()
    let importer = CatalogueImporter(rejects: try RejectLog(url: nil))
    let before = try residentBytes()
    var most = before
    importer.onProgress = { _ in most = max(most, (try? self.residentBytes()) ?? .max) }
    try importer.add(file: url) { _ in }
    #expect(importer.count == 100)
    // The reader's window and the tables; tests that run beside this one take some of it.
    #expect(most - before < 200_000_000, "grew by \((most - before) / 1_000_000) MB")
  }

  @Test("both importers write to one log; an older file is removed at the start")
  func rejectLog() throws {
    let url = temporaryFile()
    defer { try? FileManager.default.removeItem(at: url) }
    try Data("of another day\n".utf8).write(to: url)
    let log = try RejectLog(url: url)
    #expect(!FileManager.default.fileExists(atPath: url.path))
    let importer = CatalogueImporter(rejects: log)
    let products = RowsFeed(["id", "title"], rows: [["1", nil], ["2", "Two"]])
    try importer.add(FeedSource(name: "p.csv", format: "rows", reader: products)) { _ in }
    let events = EventImporter(rejects: log) { importer.contains($0) }
    let baskets = RowsFeed(["item_id", "event"], rows: [["2", "dance"], ["3", "view"]])
    try events.add(FeedSource(name: "e.csv", format: "rows", reader: baskets)) { _ in }
    #expect(log.count == 2 && events.summary.unknownProducts == 1)
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let rejects = try lines.map { try JSONDecoder().decode(Reject.self, from: Data($0.utf8)) }
    #expect(rejects.map(\.file) == ["p.csv", "e.csv"])
    #expect(rejects.map(\.reason) == [.missingTitle, .unknownEventType])
    // Nothing refused, nothing left behind.
    _ = try RejectLog(url: url)
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("a log in a folder that does not exist says what to do")
  func unwritableLog() throws {
    let log = try RejectLog(url: temporaryFile().appending(path: "absent/rejects.jsonl"))
    let importer = CatalogueImporter(rejects: log)
    let feed = RowsFeed(["id", "title"], rows: [["1", nil]])
    let error = #expect(throws: ImportError.self) {
      try importer.add(FeedSource(name: "m", format: "rows", reader: feed)) { _ in }
    }
    #expect(error?.code == .rejectsNotWritable)
  }

  @Test("the first column with a value feeds the field")
  func standIns() throws {
    var options = ImportOptions()
    options.overrides = try MappingOverrides([
      "title=type|category|department", "categories=department/category", "brand=maker|label",
    ])
    let importer = CatalogueImporter(options: options, rejects: try RejectLog(url: nil))
    let feed = RowsFeed(
      ["department", "category", "type", "sku", "label", "maker"],
      rows: [
        ["Food", "Tea", "Green tea", "1", "L", "M"], ["Food", "Tea", nil, "2", "L", nil],
        ["Food", nil, "N/A", "3", nil, nil], [nil, nil, nil, "4", nil, nil],
      ])
    var products: [Product] = []
    try importer.add(FeedSource(name: "m", format: "rows", reader: feed)) {
      products.append($0.product)
    }
    #expect(products.map(\.title) == ["Green tea", "Tea", "Food"])
    #expect(products.map(\.brand) == ["M", "L", nil])
    #expect(products.map(\.categories) == [[["Food", "Tea"]], [["Food", "Tea"]], [["Food"]]])
    #expect(importer.report().refusedRows == 1)
    #expect(importer.report().files[0].mapping[0].role == "categories[0], title (stand-in)")
    #expect(throws: MappingError.self) { try MappingOverrides(["title=|"]) }
    #expect(throws: MappingError.self) {
      try EventMapping(
        columns: ["a", "b"], overrides: try MappingOverrides(["product=a|b"]))
    }
  }

  @Test(
    "columns of groups",
    arguments: ["款式组", "商品组", "item_group", "item_group_id", "SPU", "spu_id", "父商品ID"])
  func groups(column: String) throws {
    let mapping = try ColumnMapping(
      columns: ["sku_id", "title", column, "规格"], overrides: MappingOverrides())
    #expect(mapping.roles[0] == .field(.id) && mapping.roles[2] == .field(.itemGroup))
    #expect(mapping.roles[3] == .attribute("规格"))
    // Alone, a product unit is the identifier.
    if column.lowercased().hasPrefix("spu") {
      let alone = try ColumnMapping(columns: [column, "title"], overrides: MappingOverrides())
      #expect(alone.roles[0] == .field(.id))
    }
  }
}
