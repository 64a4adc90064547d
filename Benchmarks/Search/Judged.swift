import AkinCatalogue
import AkinSearch
import AkinSimilarity
import AkinTrees
import Foundation

/// Judged pairs of `search/homedepot`: learns on train, stops on validation, and writes what each
/// ranker says of every row of validation and test.
struct Judged {
  struct Row {
    var id: String
    var product: String
    var query: String
    var relevance: Float
    var split: String
  }

  let rows: [Row]
  let titles: [(id: String, title: String)]
  let queryVectors: VectorRows
  let titleVectors: VectorRows
  let queryOrder: [String: Int]

  /// Columns of the file: id, product, title, query, relevance, split. The vectors stand in the
  /// order in which queries and products first occur.
  init(judgments: String, queryVectors: String, titleVectors: String) throws {
    var (rows, titles): ([Row], [(String, String)]) = ([], [])
    var (seen, queries): (Set<String>, [String: Int]) = ([], [:])
    for line in try String(contentsOfFile: judgments, encoding: .utf8).split(separator: "\n") {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 6, let relevance = Float(cells[4]) else {
        throw Refused("\(judgments): six cells a line are needed")
      }
      rows.append(
        Row(
          id: cells[0], product: cells[1], query: cells[3], relevance: relevance, split: cells[5]))
      if seen.insert(cells[1]).inserted { titles.append((cells[1], cells[2])) }
      if queries[cells[3]] == nil { queries[cells[3]] = queries.count }
    }
    (self.rows, self.titles, queryOrder) = (rows, titles, queries)
    self.queryVectors = try VectorRows(queryVectors)
    self.titleVectors = try VectorRows(titleVectors)
    guard self.queryVectors.count == queries.count, self.titleVectors.count == titles.count else {
      throw Refused("there are not as many vectors as texts")
    }
  }

  func run(output: String, settings: [String: String]) throws {
    let clock = ContinuousClock()
    var start = clock.now
    func log(_ what: String) {
      let text = "\(what): \(String(format: "%.1f", seconds(start.duration(to: clock.now)))) s\n"
      FileHandle.standardError.write(Data(text.utf8))
      start = clock.now
    }
    let index = try SearchIndex(
      titles.map { IndexedProduct(Product(id: $0.id, title: $0.title)) })
    log("index")
    var features = try features(index)
    let extras = try (settings["extra"] ?? "").split(separator: ",").map { try scores(String($0)) }
    for column in extras { add(column, to: &features) }
    log("features")
    let options = Self.options(settings)
    var train = RankingRows(featureCount: features.first?.count ?? 0)
    var validation = train
    for group in groups() where rows[group[0]].split != "test" {
      let targets = group.map { rows[$0].relevance - 1 }
      let values = group.map { features[$0] }
      if rows[group[0]].split == "train" {
        try train.append(values, targets: targets)
      } else {
        try validation.append(values, targets: targets)
      }
    }
    let ranker = try LearnedRanker.fit(
      train, validation: validation, options: options,
      rounds: settings["rounds"].flatMap { Int($0) } ?? 1)
    log(
      "learning, \(ranker.order.treeCount) and \(ranker.value.treeCount) trees, value share \(ranker.valueShare)"
    )
    if let model = settings["model"] { try ranker.save(to: URL(filePath: model)) }
    try write(ranker, features, extras.first, to: output)
  }

  static func options(_ settings: [String: String]) -> TreeOptions {
    var options = TreeOptions()
    if let text = settings["leaves"], let number = Int(text) { options.leaves = number }
    if let text = settings["rate"], let number = Float(text) { options.learningRate = number }
    if let text = settings["trees"], let number = Int(text) { options.trees = number }
    if let text = settings["leaf"], let number = Int(text) { options.smallestLeaf = number }
    if let text = settings["share"], let number = Double(text) { options.columnShare = number }
    options.patience = 100
    return options
  }

  /// Lines of a row's id and a score.
  private func scores(_ path: String) throws -> [Float] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let known = Dictionary(
      lines.map { line in
        let cells = line.split(separator: "\t")
        return (String(cells[0]), cells.count > 1 ? Float(cells[1]) ?? .nan : .nan)
      }, uniquingKeysWith: { $1 })
    return rows.map { known[$0.id] ?? .nan }
  }

  /// A further score, how far it stands above the mean of its query, and its place there.
  private func add(_ column: [Float], to features: inout [[Float]]) {
    for group in groups() {
      let mean = group.reduce(0) { $0 + column[$1] } / Float(group.count)
      for row in group {
        let better = Float(group.count { column[$0] > column[row] })
        features[row] += [column[row], column[row] - mean, better / Float(group.count)]
      }
    }
  }

  /// Rows of each query, in the file's order.
  func groups() -> [[Int]] {
    var groups: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() { groups[row.query, default: []].append(index) }
    return groups.values.sorted { $0[0] < $1[0] }
  }

  private func features(_ index: SearchIndex) throws -> [[Float]] {
    let places = Dictionary(
      uniqueKeysWithValues: titles.enumerated().map { ($0.element.id, $0.offset) })
    let dimension = titleVectors.dimension
    let vectors = try Vectors(values: titleVectors.values, dimension: dimension)
    let search = try ExactNeighbours(vectors)
    var result = [[Float]](repeating: [], count: rows.count)
    for group in groups() {
      let query = rows[group[0]].query
      guard let place = queryOrder[query] else { continue }
      let vector = try Vectors(values: Array(queryVectors[place]), dimension: dimension)
      // How deep the list goes says how far ranks are told apart.
      let near = try search.search(vector, k: 1_000)[0]
      let ids = group.map { rows[$0].product }
      let evidence = ids.map { id -> MeaningEvidence? in
        guard let title = places[id] else { return nil }
        let cosine = zip(queryVectors[place], vectors[title]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        return MeaningEvidence(
          cosine: cosine, rank: near.count { $0.score > cosine } + 1, best: near.first?.score ?? 1)
      }
      let found: [[Float]?]
      do { found = try index.rankFeatures(query, ids: ids, meaning: evidence) } catch {
        guard error.code == .emptyQuery else { throw error }
        found = ids.map { _ in [Float](repeating: 0, count: RankFeatures.names.count) }
      }
      for (row, values) in zip(group, found) {
        result[row] = values ?? [Float](repeating: 0, count: RankFeatures.names.count)
      }
    }
    return result
  }

  private func write(
    _ ranker: LearnedRanker, _ features: [[Float]], _ tuned: [Float]?, to output: String
  ) throws {
    let cosine = RankFeatures.names.firstIndex(of: "cosine") ?? 0
    var lines = ["id\tsplit\tquery\trelevance\twords\tmeaning\tfused\ttuned\torder\tmixed\tvalue"]
    for group in groups() where rows[group[0]].split != "train" {
      func order(_ column: Int) -> [Int] {
        group.sorted { (features[$1][column], $0) < (features[$0][column], $1) }
      }
      let fused = Dictionary(
        uniqueKeysWithValues: RankFusion().fuse([order(0), order(cosine)])
          .map { ($0.item, $0.score) })
      for row in group {
        let values: [Float] = [
          features[row][0], features[row][cosine], fused[row] ?? 0, tuned?[row] ?? 0,
          ranker.order(features[row]),
          ranker.score(features[row]),
          ranker.value(features[row]) + 1,
        ]
        lines.append(
          ([rows[row].id, rows[row].split, rows[row].query, "\(rows[row].relevance)"]
            + values.map { "\($0)" }).joined(separator: "\t"))
      }
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: output))
  }
}
