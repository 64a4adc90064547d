import AkinCatalogue
import AkinSearch
import Foundation

/// Indexing, queries and completions of a corpus, one thread.
enum Speed {
  static func run(corpus: String, queries: String) throws {
    let clock = ContinuousClock()
    var start = clock.now
    let products = try read(corpus)
    let reading = seconds(start.duration(to: clock.now))
    let before = peakMemory()
    start = clock.now
    let index = try SearchIndex(products.lazy.map { IndexedProduct($0) })
    let indexing = seconds(start.duration(to: clock.now))
    let folder = FileManager.default.temporaryDirectory.appending(path: "akin-bench-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    start = clock.now
    try index.save(to: folder)
    let saving = seconds(start.duration(to: clock.now))
    start = clock.now
    let opened = try SearchIndex.open(folder).index
    let opening = seconds(start.duration(to: clock.now))
    let lines = try String(contentsOfFile: queries, encoding: .utf8).split(separator: "\n")
      .map(String.init)
    var report: [String: Any] = [
      "products": products.count, "reading_s": reading, "indexing_s": indexing,
      "saving_s": saving, "opening_s": opening, "index_MiB": index.byteCount >> 20,
      "memory_before_MiB": before, "peak_memory_MiB": peakMemory(), "queries": lines.count,
    ]
    func measure(_ name: String, _ body: (String) throws -> Int) rethrows {
      for line in lines.prefix(200) { _ = try body(line) }
      var times: [Double] = []
      var found = 0
      for line in lines {
        let start = clock.now
        found += try body(line)
        times.append(seconds(start.duration(to: clock.now)) * 1000)
      }
      times.sort()
      report[name] = [
        "p50_ms": times[times.count / 2], "p99_ms": times[times.count * 99 / 100],
        "max_ms": times[times.count - 1], "results": found,
      ]
    }
    try measure("understood") { try found(opened, $0, understands: true, facets: []) }
    try measure("verbatim") { try found(opened, $0, understands: false, facets: []) }
    try measure("with_facets") {
      try found(opened, $0, understands: true, facets: ["brand", "category", "price"])
    }
    try measure("suggest") { try opened.suggest(String($0.prefix(4))).count }
    let json = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
    print(String(decoding: json, as: UTF8.self))
  }

  private static func found(
    _ index: SearchIndex, _ query: String, understands: Bool, facets: [String]
  ) throws -> Int {
    var request = SearchRequest(query)
    request.understands = understands
    request.facets = facets
    do { return try index.search(request).total } catch {
      guard error.code == .emptyQuery else { throw error }
      return 0
    }
  }

  /// Lines of id, title, brand, category, description, price, separated by tabs.
  static func read(_ path: String) throws -> [Product] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 6 else { throw Refused("\(path): six cells a line are needed") }
      var product = Product(id: cells[0], title: cells[1])
      if !cells[2].isEmpty { product.brand = cells[2] }
      if !cells[3].isEmpty { product.categories = [[cells[3]]] }
      if !cells[4].isEmpty { product.description = cells[4] }
      if let amount = Double(cells[5]) { product.price = Price(amount: amount) }
      return product
    }
  }
}
