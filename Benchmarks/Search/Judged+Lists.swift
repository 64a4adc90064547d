import AkinCatalogue
import AkinSearch
import AkinSimilarity
import AkinTrees
import Foundation

/// Whole lists: each query is asked of all products, as a shopper would, and its first ten results
/// are measured. Nobody judged most of them; those gain nothing, so the figures are lower than those
/// among judged products, and only their ratios say something.
extension Judged {
  /// What a search finds for a query, and what is known of it.
  private struct Found {
    var split: String
    /// Judged products, then found ones that nobody judged.
    var rows: [[Float]]
    var gains: [Float]
    /// The first `judged` rows are judged.
    var judged: Int
    /// Rows of the candidates, best first, by each order: rows that a search puts in order.
    var lists: [String: [Int]]
    /// The best that could be.
    var ideal: Double
  }

  private static let reach = 100
  private static let window = 200
  private static let candidates = 60

  func lists(settings: [String: String]) throws {
    let counterparts = settings["counterparts"].flatMap { Int($0) } ?? Self.candidates
    let found = try found()
    let splits = ["validation"] + (settings["test"] == "1" ? ["test"] : [])
    for name in ["words", "meaning", "both"] {
      show(name, found, splits) { $0.lists[name] ?? [] }
    }
    let options = Self.options(settings)
    let rounds = settings["rounds"].flatMap { Int($0) } ?? 1
    for (name, unjudged) in [("learned from judged alone", 0), ("learned", counterparts)] {
      let start = ContinuousClock.now
      let ranker = try LearnedRanker.fit(
        rows(found, "train", unjudged), validation: rows(found, "validation", unjudged),
        options: options, rounds: rounds)
      let time = seconds(start.duration(to: .now))
      Self.log(
        "\(name): \(ranker.order.treeCount) and \(ranker.value.treeCount) trees, value share "
          + "\(ranker.valueShare), \(time) s")
      show(name, found, splits) { query in
        let scores = query.rows.map { ranker.score($0) }
        let list = query.lists["both"] ?? []
        // Ties stay in the order in which they were found.
        return list.indices.sorted { (scores[list[$1]], $0) < (scores[list[$0]], $1) }
          .map { list[$0] }
      }
      among(name, found, splits) { ranker.score($0) }
    }
  }

  private func rows(_ found: [Found], _ split: String, _ unjudged: Int) throws -> RankingRows {
    var rows = RankingRows(featureCount: RankFeatures.names.count)
    var random = SplitMix64(seed: 1)
    for query in found where query.split == split {
      let places = query.lists["both"] ?? []
      // Of what nobody judged a part taken at random: the first ones would teach that what stands
      // far down is wanted, because only judged products are seen there.
      let others = places.filter { $0 >= query.judged }.shuffled(using: &random).prefix(unjudged)
      // As they were found: where scores tie, judged ones must gain nothing by standing first.
      let chosen = Set(others)
      let kept = places.filter { $0 < query.judged || chosen.contains($0) }
      guard kept.count > 1 else { continue }
      try rows.append(kept.map { query.rows[$0] }, targets: kept.map { query.gains[$0] })
    }
    return rows
  }

  /// The mean NDCG@10 of whole lists.
  private func show(
    _ name: String, _ found: [Found], _ splits: [String], order: (Found) -> [Int]
  ) {
    for split in splits {
      let queries = found.filter { $0.split == split && $0.ideal > 0 }
      let sum = queries.reduce(0) { sum, query in
        sum + Self.gain(order(query).map { query.gains[$0] }) / query.ideal
      }
      print(
        "\(split), whole list, \(name): \(sum / Double(queries.count)), \(queries.count) queries")
    }
  }

  /// The mean NDCG@10 among judged products.
  private func among(
    _ name: String, _ found: [Found], _ splits: [String], score: ([Float]) -> Float
  ) {
    for split in splits {
      let queries = found.filter {
        $0.split == split && $0.judged > 1
          && Set($0.gains.prefix($0.judged)).count > 1
      }
      let sum = queries.reduce(0) { sum, query in
        let scores = query.rows.prefix(query.judged).map(score)
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        return sum + Self.gain(order.map { query.gains[$0] }) / query.ideal
      }
      print("\(split), among judged, \(name): \(sum / Double(queries.count))")
    }
  }

  private static func gain(_ gains: some Sequence<Float>) -> Double {
    gains.prefix(10).enumerated().reduce(0) {
      $0 + Double($1.element) / log2(Double($1.offset + 2))
    }
  }

  private func found() throws -> [Found] {
    let index = try SearchIndex(titles.map { IndexedProduct(Product(id: $0.id, title: $0.title)) })
    let vectors = try Vectors(values: titleVectors.values, dimension: titleVectors.dimension)
    let search = try ExactNeighbours(vectors)
    let places = Dictionary(
      uniqueKeysWithValues: titles.enumerated().map { ($0.element.id, $0.offset) })
    return try groups().compactMap { group in
      try found(group, index, search, vectors, places)
    }
  }

  private func found(
    _ group: [Int], _ index: SearchIndex, _ search: ExactNeighbours, _ vectors: Vectors,
    _ places: [String: Int]
  ) throws -> Found? {
    let query = rows[group[0]].query
    guard let place = queryOrder[query] else { return nil }
    let vector = try Vectors(
      values: Array(queryVectors[place]), dimension: queryVectors.dimension)
    let near = try search.search(vector, k: 1_000)[0].map { (id: titles[$0.item].id, $0.score) }
    var request = SearchRequest(query)
    request.count = Self.window
    request.highlights = false
    let words: [String]
    do { words = try index.search(request).hits.map(\.id) } catch {
      guard error.code == .emptyQuery else { throw error }
      return nil
    }
    let close = near.prefix(Self.reach).map(\.id)
    let fused = RankFusion().fuse([words, Array(close)]).prefix(Self.candidates).map(\.item)
    let judged = group.map { rows[$0].product }
    let known = Set(judged)
    let ids = judged + fused.filter { !known.contains($0) }
    let evidence = ids.map { id -> MeaningEvidence? in
      guard let title = places[id] else { return nil }
      let cosine = zip(queryVectors[place], vectors[title]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      return MeaningEvidence(
        cosine: cosine, rank: near.count { $0.1 > cosine } + 1, best: near.first?.1 ?? 1)
    }
    let features = try index.rankFeatures(query, ids: ids, meaning: evidence)
    let gains = group.map { rows[$0].relevance - 1 }
    let row = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    // A list's first ten, also where they are not among the candidates.
    func order(_ list: some Sequence<String>) -> [Int] { list.map { row[$0] ?? ids.count } }
    let nothing = [Float](repeating: 0, count: RankFeatures.names.count)
    return Found(
      split: rows[group[0]].split, rows: features.map { $0 ?? nothing } + [nothing],
      gains: gains + [Float](repeating: 0, count: ids.count - judged.count + 1),
      judged: judged.count,
      lists: [
        "words": order(words), "meaning": order(close), "both": order(fused),
      ], ideal: Self.gain(gains.sorted(by: >)))
  }

  private static func log(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
