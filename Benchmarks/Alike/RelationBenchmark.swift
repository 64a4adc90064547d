import AkinAlike
import AkinEncoders
import AkinSimilarity
import Foundation

/// Typing of directed pairs on amazon-grocery: complement, substitute or unrelated.
///
/// By the protocol of the data's README: pairs that are both are left out, and each positive pair has
/// an unrelated one of the same source whose target is drawn by its incoming links. Unordered pairs
/// fall into ten parts by a hash: part 0 is test, 1 validation, 2 to 6 train; each part's numbers are
/// read from the graph of all others but 0.
struct RelationBenchmark {
  private struct Pair: Hashable {
    var from: Int
    var to: Int
    var part: Int {
      var hash = UInt64(min(from, to)) << 32 | UInt64(max(from, to))
      hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
      hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
      return Int((hash ^ hash >> 33) % 10)
    }
  }

  /// In the order of a model's answers.
  private static let types: [Relation] = [.substitute, .complement, .unrelated]

  private typealias Examples = (pairs: [(from: Int, to: Int)], relations: [Relation])

  private var links: [RelationGraph.Kind: Set<Pair>] = [:]
  private var categories: [Int] = []
  private var shoppers: SparseMatrix
  private var count = 0

  init(_ data: URL) throws {
    let folder = data.appending(path: "graph/amazon-grocery")
    func rows(_ name: String) throws -> [[Substring]] {
      try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n")
        .dropFirst().map { $0.split(separator: "\t") }
    }
    for row in try rows("links_train.tsv") where row.count == 3 {
      let kind: RelationGraph.Kind = row[1] == "complement" ? .complement : .substitute
      for target in row[2].split(separator: " ") {
        guard let from = Int(row[0]), let to = Int(target) else { continue }
        links[kind, default: []].insert(Pair(from: from, to: to))
        count = max(count, from + 1, to + 1)
      }
    }
    let items = try rows("items.tsv").map { (Int($0[0]) ?? 0, Int($0[1]) ?? 0) }
    count = max(count, (items.map(\.0).max() ?? 0) + 1)
    categories = Array(repeating: 0, count: count)
    for (item, category) in items { categories[item] = category }
    var visits = [Set<Int>](repeating: [], count: count)
    for row in try rows("interactions.tsv") {
      guard let user = Int(row[0]), let item = Int(row[1]), item < count else { continue }
      visits[item].insert(user)
    }
    shoppers = SparseMatrix(columnCount: (visits.joined().max() ?? 0) + 1)
    for row in visits { try shoppers.append(row.sorted().map { ($0, 1) }) }
  }

  /// - Parameter validates: whether part 1 is reported instead of the test part, which is then not
  ///   touched: to choose numbers and settings.
  func run(validates: Bool = false) throws {
    let (shown, held, first) = validates ? (1, 2, 3) : (0, 1, 2)
    let start = ContinuousClock.now
    var train: Examples = ([], [])
    var trainRows = FeatureRows(width: RelationFeatures.names.count)
    for part in first..<first + 5 {
      let some = examples([part])
      let rows = try features(without: [0, shown, part]).rows(some.pairs)
      for row in 0..<rows.count { trainRows.append(Array(rows[row])) }
      train.pairs += some.pairs
      train.relations += some.relations
    }
    let validation = examples([held])
    let test = examples([shown])
    let features = try features(without: [0, shown])
    let rows = [
      trainRows, try self.features(without: [0, shown, held]).rows(validation.pairs),
      features.rows(test.pairs),
    ]
    let read = AlikeBenchmark.seconds(since: start)
    let model = RelationModel(
      rows[0], train.relations, validation: (rows[1], validation.relations, []))
    let fitted = AlikeBenchmark.seconds(since: start)
    let asked = ContinuousClock.now
    let probabilities = model.probabilities(features.rows(test.pairs))
    let seconds = AlikeBenchmark.seconds(since: asked)
    report(
      validates ? "akin, on validation" : "akin", probabilities, test.relations,
      String(
        format: "%d train pairs, read in %.0f s, fitted in %.0f s; %.0f pairs/s", train.pairs.count,
        read, fitted - read, Double(test.pairs.count) / seconds))
    guard !validates else { return }
    for (name, columns) in [
      ("popularity", ["to.in.complement", "to.in.substitute"]),
      ("category rules", ["sameCategory", "categories.complement", "categories.substitute"]),
      ("Adamic-Adar", ["adamicAdar.complement.complement", "adamicAdar.substitute.substitute"]),
      ("bare cosine", ["embedding.any.sources"]),
    ] {
      let narrow = rows.map { Self.columns($0, columns) }
      let baseline = RelationModel(
        narrow[0], train.relations, validation: (narrow[1], validation.relations, []))
      report(name, baseline.probabilities(narrow[2]), test.relations, "the same trees on it alone")
    }
  }

  private static func columns(_ rows: FeatureRows, _ names: [String]) -> FeatureRows {
    let places = names.compactMap(RelationFeatures.names.firstIndex)
    var result = FeatureRows(width: places.count)
    for row in 0..<rows.count {
      let values = rows[row]
      result.append(places.map { values[values.startIndex + $0] })
    }
    return result
  }

  /// What the links outside `parts` say.
  private func features(without parts: Set<Int>) throws -> RelationFeatures {
    let graph = try RelationGraph(
      count: count,
      links: links.mapValues { pairs in
        pairs.filter { !parts.contains($0.part) }.map { ($0.from, $0.to) }
      })
    return RelationFeatures(graph, shoppers: shoppers, categories: categories)
  }

  private func examples(_ parts: Set<Int>) -> Examples {
    let complements = links[.complement] ?? []
    let substitutes = links[.substitute] ?? []
    let all = complements.union(substitutes)
    let targets = (complements.map(\.to) + substitutes.map(\.to)).sorted()
    var state = UInt64(parts.min() ?? 0) &+ 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var result: Examples = ([], [])
    let positives = all.filter { parts.contains($0.part) }
      .sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    for pair in positives where complements.contains(pair) != substitutes.contains(pair) {
      result.pairs.append((pair.from, pair.to))
      result.relations.append(complements.contains(pair) ? .complement : .substitute)
      var other = pair
      repeat {
        other.to = targets[next(targets.count)]
      } while other.to == pair.from
        || all.contains(other) || all.contains(Pair(from: other.to, to: other.from))
      result.pairs.append((other.from, other.to))
      result.relations.append(.unrelated)
    }
    return result
  }

  private func report(
    _ peer: String, _ probabilities: [[Double]], _ relations: [Relation], _ note: String
  ) {
    var f1 = 0.0
    var notes = [note]
    let chosen = probabilities.map { values in
      values.enumerated().max { $0.element < $1.element }?.offset ?? 0
    }
    for (place, relation) in Self.types.enumerated() {
      let labels = relations.map { $0 == relation }
      let hits = zip(chosen, labels).count { $0 == place && $1 }
      let found = chosen.count { $0 == place }
      f1 += 2 * Double(hits) / Double(found + labels.count { $0 }) / 3
      let scores = probabilities.map { Float($0[place]) }
      notes.append(String(format: "AUC \(relation) %.3f", PairScores.auc(scores, labels)))
    }
    print(
      "{\"bench\": \"relations amazon-grocery\", \"peer\": \"\(peer)\", \"metric\": \"macro-F1\", "
        + "\"value\": \(String(format: "%.4f", f1)), \"note\": \"\(notes.joined(separator: ", "))\"}"
    )
  }
}
