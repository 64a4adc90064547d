internal import AkinText
internal import CKernels
internal import Foundation

/// What another source than words says of a product: its cosine to the query, its rank by it among
/// all products from 1, and the best product's cosine.
public struct MeaningEvidence: Sendable, Hashable {
  /// Cosine of the query's and the product's vectors.
  public var cosine: Float
  /// Products that are nearer, plus one.
  public var rank: Int
  /// The nearest product's cosine.
  public var best: Float

  /// Creates evidence.
  public init(cosine: Float, rank: Int, best: Float) {
    (self.cosine, self.rank, self.best) = (cosine, rank, best)
  }
}

/// What a shop knows of a product beside its words.
public struct ProductSignals: Sendable, Hashable {
  /// From 0 for the shop's oldest product to 1 for its newest.
  public var freshness: Float
  /// How often shoppers bought it or showed that they want it.
  public var wanted: Int

  /// Creates signals.
  public init(freshness: Float, wanted: Int) {
    (self.freshness, self.wanted) = (freshness, wanted)
  }
}

/// The numbers that a learned ranker sees of a query and a product.
public enum RankFeatures {
  /// What the columns are, in their order.
  public static let names = [
    "bm25f", "bm25f / best", "log rank by bm25f", "words", "words had", "worth had",
    "worth missing", "dearest missing", "first word had", "last word had", "last two had",
    "longest run", "neighbours kept", "first place", "last place", "title words", "title covered",
    "head covered", "head ends in it", "had in head", "letters shared", "word likeness",
    "worst likeness", "numbers", "numbers had", "sizes contradict", "corrections", "way weight",
    "title starts with it", "query letters", "mean worth", "highest worth", "popularity",
    "accessory", "freshness", "wanted", "cosine", "cosine / best", "log rank by cosine",
    "cosine above mean",
    "bm25f above mean", "cosine place", "bm25f place", "candidates", "tuned cosine",
    "tuned above mean", "tuned place",
  ]

  /// The columns from here on are about an encoder that was tuned on the shop's own queries; not a
  /// number where there is none.
  public static let tunedColumns = names.count - 3..<names.count

  /// Puts the cosines of a tuned encoder into the rows of one query's candidates.
  ///
  /// - Parameter cosines: one of each row, not a number where there is none.
  public static func fill(_ rows: inout [[Float]], tuned cosines: [Float]) {
    precondition(rows.count == cosines.count, "one cosine a candidate")
    let known = cosines.filter { !$0.isNaN }
    let mean = known.reduce(0, +) / Float(max(1, known.count))
    for (row, cosine) in cosines.enumerated() {
      let place = Float(known.count { $0 > cosine }) / Float(max(1, known.count))
      rows[row].replaceSubrange(
        tunedColumns,
        with: cosine.isNaN ? [.nan, .nan, .nan] : [cosine, cosine - mean, place])
    }
  }
}

/// Computes ``RankFeatures`` for the candidates of one query.
struct FeatureReader {
  let snapshot: Snapshot
  let scratch: SearchScratch
  let k1: Float

  /// A row for each of `ids`, `nil` for those that are not in the index.
  func rows(
    _ query: String, ids: [String], meaning: [MeaningEvidence?], signals: [ProductSignals?]
  ) throws(SearchError) -> [[Float]?] {
    let plan = try scratch.reader.read(query, understands: true, in: snapshot)
    let lexical = lexicalScores(plan, ids)
    let view = QueryView(plan, query: query, reader: scratch.reader, worths: lexical.worths)
    var rows: [[Float]?] = []
    for (index, id) in ids.enumerated() {
      guard let place = lexical.places[id] else {
        rows.append(nil)
        continue
      }
      let segment = snapshot.parts[place.part].segment
      let title = TitleView(segment.titles.string(place.product), reader: scratch.reader)
      let score = lexical.scores[index]
      var row: [Float] = [
        score, lexical.best > 0 ? score / lexical.best : 0, log(1 + Float(lexical.ranks[index])),
      ]
      row += view.compare(with: title)
      row += [segment.popularity[place.product], segment.priors[place.product] < 1 ? 1 : 0]
      row += signals[index].map { [$0.freshness, log(1 + Float($0.wanted))] } ?? [.nan, .nan]
      if let evidence = meaning[index] {
        row += [
          evidence.cosine, evidence.best > 0 ? evidence.cosine / evidence.best : 0,
          log(Float(evidence.rank)),
        ]
      } else {
        row += [.nan, .nan, .nan]
      }
      rows.append(row)
    }
    return Self.withPlaces(rows)
  }

  /// Adds how a candidate stands among the others of its list.
  private static func withPlaces(_ rows: [[Float]?]) -> [[Float]?] {
    let present = rows.compactMap(\.self)
    guard let width = present.first?.count else { return rows }
    let cosine = width - 3
    func mean(_ column: Int) -> Float {
      present.reduce(0) { $0 + ($1[column].isNaN ? 0 : $1[column]) } / Float(present.count)
    }
    let (meanCosine, meanScore) = (mean(cosine), mean(0))
    func place(_ row: [Float], _ column: Int) -> Float {
      Float(present.count { $0[column] > row[column] }) / Float(present.count)
    }
    return rows.map { row in
      row.map { row in
        row + [
          row[cosine] - meanCosine, row[0] - meanScore, place(row, cosine), place(row, 0),
          Float(present.count), .nan, .nan, .nan,
        ]
      }
    }
  }

  /// How many of `ascending` are below `value`. O(log n).
  private static func count(of ascending: [Float], below value: Float) -> Int {
    var (low, high) = (0, ascending.count)
    while low < high {
      let middle = (low + high) / 2
      if ascending[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private struct Lexical {
    var places: [String: Place] = [:]
    var scores: [Float] = []
    /// Products with a larger score.
    var ranks: [Int] = []
    var best: Float = 0
    var worths: [Float] = []
  }

  private func lexicalScores(_ plan: QueryPlan, _ ids: [String]) -> Lexical {
    let searcher = Searcher(snapshot: snapshot, scratch: scratch, k1: k1)
    var lexical = Lexical()
    lexical.worths = searcher.worths(of: plan.concepts)
    for id in ids {
      for (part, entry) in snapshot.parts.enumerated() {
        guard let product = entry.segment.product(id: id), entry.isLive(product) else { continue }
        lexical.places[id] = Place(part: part, product: product)
      }
    }
    lexical.scores = [Float](repeating: 0, count: ids.count)
    var all: [[Float]] = []
    for (number, part) in snapshot.parts.enumerated() {
      PartSearch(part: part, scratch: scratch).score(plan.concepts, worths: lexical.worths)
      for (index, id) in ids.enumerated() {
        guard let place = lexical.places[id], place.part == number else { continue }
        lexical.scores[index] = scratch.matches[place.product].score
      }
      all.append((0..<part.segment.count).map { scratch.matches[$0].score }.filter { $0 > 0 })
      lexical.best = max(lexical.best, all[number].max() ?? 0)
    }
    // Of each distinct score how many products lie between it and the next larger one.
    let ascending = Set(lexical.scores).sorted()
    var above = [Int](repeating: 0, count: ascending.count)
    for score in all.joined() {
      let below = Self.count(of: ascending, below: score)
      if below > 0 { above[below - 1] += 1 }
    }
    lexical.ranks = lexical.scores.map { score in
      above[Self.count(of: ascending, below: score)...].reduce(0, +)
    }
    return lexical
  }
}

/// A title, cut into words.
struct TitleView {
  let tokens: [QueryToken]
  let terms: Set<String>
  /// Words before the first preposition, comma or bracket: what the product is.
  let headLength: Int
  let letters: Set<String>

  init(_ title: String, reader: QueryReader) {
    tokens = reader.tokens(of: title)
    terms = Set(tokens.flatMap { [$0.main] + $0.parts.map(\.text) })
    let end =
      tokens.dropFirst().firstIndex {
        ["with", "for", "in", "and", "to", "of", "适用"].contains($0.surface)
      } ?? tokens.count
    let bytes = Array(title.utf8)
    let sign =
      bytes.firstIndex { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ",") } ?? bytes.count
    headLength = max(1, min(end, tokens.prefix { $0.source.lowerBound < sign }.count))
    letters = Self.trigrams(tokens.map(\.surface).joined(separator: " "))
  }

  static func trigrams(_ text: String) -> Set<String> {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count > 2 else { return [text] }
    return Set((0..<scalars.count - 2).map { "\(scalars[$0])\(scalars[$0 + 1])\(scalars[$0 + 2])" })
  }
}
