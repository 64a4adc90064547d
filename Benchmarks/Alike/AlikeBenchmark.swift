import AkinAlike
import AkinCatalogue
import AkinEncoders
import AkinSimilarity
import Foundation

/// akin-bench-alike
///   [--part cluster,encoder,duplicates,pairs,zh,relations,relations-validation,relations-cost]
///   [--model NAME] [--set name=value …] [--half 0|1] [--rivals no] [--tagger FOLDER, for zh]
struct AlikeBenchmark {
  private var parts: Set<String> = ["cluster", "pairs", "zh"]
  private var model = "minilm-l6"
  private var weights = AlikeWeights()
  private var half: Int?
  private var usesRivals = true
  private var tagger: URL?
  private let data: URL

  struct Usage: Error, CustomStringConvertible { let description: String }

  init(_ arguments: [String]) throws {
    let folder = ProcessInfo.processInfo.environment["AKIN_DATA"] ?? "../shared/data"
    data = URL(filePath: folder)
    var rest = arguments[...]
    while let word = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Usage(description: "\(word) needs a value") }
      switch word {
      case "--part": parts = Set(value.split(separator: ",").map(String.init))
      case "--model": model = value
      case "--rivals": usesRivals = value != "no"
      case "--tagger": tagger = URL(filePath: value)
      case "--half": half = Int(value)
      case "--set": try set(value)
      default: throw Usage(description: "unknown option \(word)")
      }
    }
  }

  private mutating func set(_ text: String) throws {
    for assignment in text.split(separator: ",") {
      let parts = assignment.split(separator: "=").map(String.init)
      guard parts.count == 2, let value = Float(parts[1]) else {
        throw Usage(description: "--set takes name=number")
      }
      let paths: [String: WritableKeyPath<AlikeWeights, Float>] = [
        "word": \.terms.word, "number": \.terms.number, "compound": \.terms.compound,
        "part": \.terms.part, "adjacent": \.terms.adjacent, "dictionary": \.terms.dictionaryWord,
        "bigram": \.terms.bigram, "crossing": \.terms.crossing, "character": \.terms.character,
        "quantity": \.terms.quantity, "measured": \.terms.measured, "brandterm": \.terms.brand,
        "rarity": \.terms.rarity,
        "words": \.words, "meaning": \.meaning,
      ]
      if let path = paths[parts[0]] {
        weights[keyPath: path] = value
      } else if parts[0] == "facts" {
        weights.facts.agreement = weights.facts.agreement.map { $0 * value }
        weights.facts.conflict = weights.facts.conflict.map { $0 * value }
      } else if parts[0] == "conflicts" {
        weights.facts.conflict = weights.facts.conflict.map { $0 * value }
      } else if let aspect = FactAspect(rawValue: String(parts[0].dropFirst())),
        let index = FactAspect.allCases.firstIndex(of: aspect)
      {
        if parts[0].first == "+" { weights.facts.agreement[index] = value }
        if parts[0].first == "-" { weights.facts.conflict[index] = value }
      } else {
        throw Usage(description: "--set knows no \(parts[0])")
      }
    }
  }

  func run() throws {
    if !parts.isDisjoint(with: ["cluster", "duplicates"]) { try clusters() }
    if parts.contains("encoder") { try bareEncoder() }
    if parts.contains("pairs") {
      for set in [
        "WDC_computers", "Structured_Amazon-Google", "Structured_Walmart-Amazon", "Textual_Abt-Buy",
      ] { try pairs(set) }
    }
    if parts.contains("zh") { try chinese() }
    if parts.contains("relations") { try RelationBenchmark(data).run() }
    if parts.contains("relations-validation") {
      try RelationBenchmark(data).run(validates: true)
    }
    if parts.contains("relations-cost") { try RelationCost(data).run() }
  }

  // MARK: Vectors

  /// The vectors of texts, kept under `AKIN_ALIKE_CACHE` between runs that try weights.
  private func vectors(_ texts: [String], name: String) throws -> (values: [Float], seconds: Double)
  {
    guard weights.meaning > 0 else { return ([], 0) }
    let cache = ProcessInfo.processInfo.environment["AKIN_ALIKE_CACHE"].map {
      URL(filePath: $0).appending(path: "\(name)-\(model)-\(texts.count).f32")
    }
    if let cache, let saved = try? Data(contentsOf: cache) {
      return (saved.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, 0)
    }
    let encoder = try ModelStore().locate(model).encoder()
    let start = ContinuousClock.now
    let rows = try encoder.encode(texts)
    let seconds = Self.seconds(since: start)
    if let cache { try rows.values.withUnsafeBytes { try Data($0).write(to: cache) } }
    return (rows.values, seconds)
  }

  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let elapsed = start.duration(to: .now).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }

  private func emit(_ bench: String, _ metric: String, _ value: Double, _ note: String = "") {
    let rounded = String(format: "%.4f", value)
    print(
      "{\"bench\": \"\(bench)\", \"peer\": \"akin \(model)\", \"metric\": \"\(metric)\", "
        + "\"value\": \(rounded), \"note\": \"\(note)\"}")
    fflush(nil)
  }

  // MARK: Parts

  private func clusters() throws {
    let offers = try PricerunnerOffers(data.appending(path: "catalogue/pricerunner/products.csv"))
    let (values, encoding) = try vectors(offers.products.map(\.title), name: "pricerunner")
    let start = ContinuousClock.now
    var index = try ContentIndex(offers.products, weights: weights)
    let read = Self.seconds(since: start)
    let dimension = values.count / max(1, offers.products.count)
    var meaning = NeighbourLists()
    let lists = try values.withUnsafeBufferPointer { values in
      if dimension > 0 {
        index.fitMeaning(values, dimension: dimension)
        meaning = try SimilarityGraph(k: 50).neighbours(
          of: HeldVectors(values: values, dimension: dimension))
      }
      return try ContentGraph(k: 100).neighbours(
        of: index, values: values, dimension: dimension, meaning: meaning)
    }
    let joining = Self.seconds(since: start)
    let note = String(
      format: "encoding %.1f s, all else %.1f s, of it reading %.1f s; unrelated %.2f", encoding,
      joining, read, index.measure.unrelatedCosine)
    if parts.contains("duplicates") { try duplicates(offers, lists) }
    guard parts.contains("cluster") else { return }
    for chosen in half.map({ [$0] }) ?? [0, 1, nil] as [Int?] {
      let (recall, precision) = offers.measure(lists, half: chosen)
      let part = chosen.map { " half \($0)" } ?? ""
      emit("pricerunner clusters\(part)", "recall@1", recall, note)
      emit("pricerunner clusters\(part)", "mAP@100", precision)
    }
  }

  /// The encoder's cosines alone, and its speed over all titles, three times.
  private func bareEncoder() throws {
    let offers = try PricerunnerOffers(data.appending(path: "catalogue/pricerunner/products.csv"))
    let titles = offers.products.map(\.title)
    let encoder = try ModelStore().locate(model).encoder()
    _ = try encoder.encode(Array(titles.prefix(256)))
    var rates: [Double] = []
    var rows = try encoder.encode(Array(titles.prefix(1)))
    for _ in 0..<3 {
      let start = ContinuousClock.now
      rows = try encoder.encode(titles)
      rates.append(Double(titles.count) / Self.seconds(since: start))
    }
    let lists = try rows.values.withUnsafeBufferPointer {
      try SimilarityGraph(k: 100).neighbours(
        of: HeldVectors(values: $0, dimension: rows.dimension))
    }
    for chosen in half.map({ [$0] }) ?? [0, 1, nil] as [Int?] {
      let (recall, precision) = offers.measure(lists, half: chosen)
      let part = chosen.map { " half \($0)" } ?? ""
      emit("pricerunner encoder\(part)", "recall@1", recall)
      emit("pricerunner encoder\(part)", "mAP@100", precision)
    }
    emit(
      "pricerunner encoder", "titles/s", rates.sorted()[1],
      String(format: "%.0f to %.0f", rates.min() ?? 0, rates.max() ?? 0))
  }

  /// Clusters of offers of one product: threshold and depth chosen on half 0, reported on half 1.
  private func duplicates(_ offers: PricerunnerOffers, _ lists: NeighbourLists) throws {
    let sameness = Sameness(lists)
    var best: (f1: Double, depth: Int, threshold: Float, clusters: [[Int]]) = (0, 0, 0, [])
    for depth in [10, 20, 50] {
      var short = NeighbourLists()
      for row in 0..<lists.count { short.append(lists[row].prefix(depth)) }
      let graph = GraphClusters(short) { sameness($0, $1.item, score: $1.score) }
      for step in 0..<30 {
        let threshold = Float(step) / 50
        let clusters = graph.clusters(threshold: threshold)
        let found = offers.pairwise(clusters, half: 0)
        if found.f1 > best.f1 { best = (found.f1, depth, threshold, clusters) }
      }
    }
    let test = offers.pairwise(best.clusters, half: 1)
    emit(
      "pricerunner duplicates half 1", "pairwise F1", test.f1,
      String(
        format: "precision %.3f, recall %.3f; half 0 %.3f at depth %d, threshold %.2f",
        test.precision, test.recall, best.f1, best.depth, best.threshold))
  }

  private func scores(_ parts: [LabelledPairs], name: String) throws -> [[Float]] {
    var products: [Product] = []
    var places: [Product: Int] = [:]
    func place(_ product: Product) -> Int {
      if let known = places[product] { return known }
      places[product] = products.count
      products.append(product)
      return products.count - 1
    }
    let pairs = parts.map { part in zip(part.left, part.right).map { (place($0), place($1)) } }
    let (values, _) = try vectors(products.map(ProductText.compose), name: name)
    var index = try ContentIndex(products, weights: weights)
    let dimension = values.count / products.count
    return try values.withUnsafeBufferPointer { values in
      var meaning = NeighbourLists()
      if dimension > 0 {
        index.fitMeaning(values, dimension: dimension)
        meaning = try SimilarityGraph(k: 20).neighbours(
          of: HeldVectors(values: values, dimension: dimension))
      }
      let sameness = Sameness(
        try ContentGraph(k: 20).neighbours(
          of: index, values: values, dimension: dimension, meaning: meaning))
      return pairs.map { part in
        part.map { left, right in
          let cosine = dimension > 0 ? index.cosine(left, right, values, dimension) : 0
          let score = index.score(left, right, cosine: cosine)
          return usesRivals ? sameness(left, right, score: score) : score
        }
      }
    }
  }

  private func pairs(_ name: String) throws {
    let folder = data.appending(path: "matching/\(name)")
    let parts = try ["train", "valid", "test"].map { part in
      let files = ["\(part).txt", "\(part).txt.medium"].map { folder.appending(path: $0) }
      return try LabelledPairs(
        lines: files.first { FileManager.default.fileExists(atPath: $0.path) } ?? files[0])
    }
    let scores = try scores(parts, name: name)
    let train = PairScores.best(scores[0], parts[0].labels)
    let (threshold, valid) = PairScores.best(scores[1], parts[1].labels)
    let test = PairScores.f1(scores[2], parts[2].labels, threshold: threshold)
    emit(
      "zero-shot \(name)", "F1", test,
      String(
        format: "valid %.3f, train %.3f, test AUC %.3f", valid, train.f1,
        PairScores.auc(scores[2], parts[2].labels)))
  }

  private func chinese() throws {
    var pairs = try LabelledPairs(
      json: data.appending(path: "matching/zh_OpenBG_Align_500/pairs.jsonl"))
    if let tagger = try tagger.map({ try TitleTagger(folder: $0) }) {
      for side in [\LabelledPairs.left, \.right] {
        let spans = try tagger.spans(of: pairs[keyPath: side].map(\.title))
        for (row, spans) in spans.enumerated() {
          pairs[keyPath: side][row].attributes += TitleField.attributes(of: spans)
        }
      }
    }
    let scores = try scores([pairs], name: "openbg")[0]
    emit("zero-shot OpenBG", "AUC", PairScores.auc(scores, pairs.labels))
  }
}
