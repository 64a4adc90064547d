import AkinCatalogue
import AkinSearch
import AkinSimilarity
import Foundation

/// Indexing, queries and completions of a corpus, one thread.
enum Speed {
  static func run(corpus: String, queries: String, vectors: [String]) throws {
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
    func measure(
      _ name: String, every step: Int = 1, rounds: Int = 3, _ body: (String) throws -> Int
    ) rethrows {
      let lines = stride(from: 0, to: lines.count, by: step).map { lines[$0] }
      // Of each query the least of its times: what it costs, not what else the machine did.
      var times = [Double](repeating: .infinity, count: lines.count)
      var found = 0
      for _ in 0..<rounds {
        found = 0
        for (number, line) in lines.enumerated() {
          let start = clock.now
          found += try body(line)
          times[number] = min(times[number], seconds(start.duration(to: clock.now)) * 1000)
        }
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
    let near = try NearVectors(products, lines, files: vectors)
    report["lists_s"] = near.seconds
    report["lists_recall@100"] = try near.recall(of: lines)
    try measure("meaning_exact", every: 16, rounds: 12) { try near.exact($0).count }
    try measure("meaning_lists", every: 16, rounds: 12) { try near.ids($0).count }
    try measure("fused", every: 16, rounds: 12) { try fused(opened, near, $0) }
    try measure("judged", every: 16, rounds: 12) { try judged(opened, near, $0) }
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

  /// What a serving shop does for `mode=both`, without encoding the query: 200 by words, 100 by
  /// meaning, conditions, fusion, highlights of ten.
  private static func fused(_ index: SearchIndex, _ near: NearVectors, _ query: String) throws
    -> Int
  {
    guard let (request, lists) = try candidates(index, near, query) else { return 0 }
    let fused = RankFusion().fuse(lists).prefix(10).map(\.item)
    return try index.highlights(of: request, in: fused).count
  }

  /// The same with the numbers of a learned ranker for the first 60.
  private static func judged(_ index: SearchIndex, _ near: NearVectors, _ query: String) throws
    -> Int
  {
    guard let (_, lists) = try candidates(index, near, query) else { return 0 }
    let ids = RankFusion().fuse(lists).prefix(60).map(\.item)
    let evidence = ids.map { _ in MeaningEvidence(cosine: 0.5, rank: 3, best: 0.9) }
    return try index.rankFeatures(query, ids: ids, meaning: evidence).count
  }

  private static func candidates(_ index: SearchIndex, _ near: NearVectors, _ query: String) throws
    -> (SearchRequest, [[String]])?
  {
    var request = SearchRequest(query)
    request.count = 200
    request.highlights = false
    do {
      let words = try index.search(request).hits.map(\.id)
      let ids = try near.ids(query)
      let admitted = try index.admitted(ids, by: request)
      return (request, [words, ids.filter(admitted.contains)])
    } catch let error as SearchError {
      guard error.code == .emptyQuery else { throw error }
      return nil
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
