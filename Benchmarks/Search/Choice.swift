import AkinCatalogue
import AkinSearch
import Foundation

/// Choosing the right one of four titles (`zh_multicpr_select`).
enum Choice {
  struct Row: Decodable {
    var query: String
    var candidates: [String]
    var gold: Int
  }

  /// The vectors stand in the order in which queries and titles first occur.
  static func run(rows path: String, queryVectors: String, titleVectors: String) throws {
    let decoder = JSONDecoder()
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try decoder.decode(Row.self, from: Data($0.utf8))
    }
    var (queries, titles): ([String: Int], [String: Int]) = ([:], [:])
    for row in rows {
      if queries[row.query] == nil { queries[row.query] = queries.count }
      for title in row.candidates where titles[title] == nil { titles[title] = titles.count }
    }
    let (asked, offered) = (try VectorRows(queryVectors), try VectorRows(titleVectors))
    guard asked.count >= queries.count, offered.count >= titles.count else {
      throw Refused("there are fewer vectors than texts")
    }
    let index = try SearchIndex(
      titles.sorted { $0.value < $1.value }.map {
        IndexedProduct(Product(id: "\($0.value)", title: $0.key))
      })
    var right = ["words": 0, "meaning": 0, "fused": 0, "words + 10 · cosine": 0]
    for row in rows {
      guard let query = queries[row.query] else { continue }
      let ids = row.candidates.compactMap { titles[$0] }
      let words = try index.lexicalScores(row.query, ids: ids.map(String.init))
      let meaning = ids.map { title in
        zip(asked[query], offered[title]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      }
      let best = words.max() ?? 0
      // Nothing to choose by counts as wrong.
      if best > 0, words.firstIndex(of: best) == row.gold, words.count(where: { $0 == best }) == 1 {
        right["words", default: 0] += 1
      }
      if meaning.firstIndex(of: meaning.max() ?? 0) == row.gold {
        right["meaning", default: 0] += 1
      }
      func order(_ scores: [Float]) -> [Int] {
        scores.indices.filter { scores[$0] > 0 }.sorted { (scores[$1], $0) < (scores[$0], $1) }
      }
      if RankFusion().fuse([order(words), order(meaning)]).first?.item == row.gold {
        right["fused", default: 0] += 1
      }
      let joint = zip(words, meaning).map { ($0 / max(best, 1e-6), $1) }
      let chosen = joint.indices.max { left, right in
        joint[left].0 + 10 * joint[left].1 < joint[right].0 + 10 * joint[right].1
      }
      if chosen == row.gold { right["words + 10 · cosine", default: 0] += 1 }
    }
    for (name, count) in right.sorted(by: { $0.key < $1.key }) {
      print("\(name): \(count) of \(rows.count), \(Double(count) / Double(rows.count))")
    }
  }
}
