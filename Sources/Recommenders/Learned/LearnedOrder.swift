public import AkinCatalogue
internal import AkinTrees
internal import Foundation

/// A blend whose best candidates are put in order by what was learnt: boosted trees read each
/// recommender's score and rank of a candidate, how often and when the shopper took it, its category,
/// brand and price beside his, and how it sells, and correct the blend's score.
///
///     score(u, j) = blend(u, j) + trees(row(u, j)) / slope
///
/// The trees are grown on the order of lists (LambdaMART: Burges, *From RankNet to LambdaRank to
/// LambdaMART*, 2010), from where the blend stands, so that without trees there is the blend. What is
/// no candidate keeps the blend's score. Two stages: Covington, Adams and Sargin, *Deep neural
/// networks for YouTube recommendations*, RecSys 2016.
///
/// A score's parts are the blend's and the steps of the trees, by what they asked about; they sum to
/// the score.
public struct LearnedOrder: Sendable {
  /// A part of a score.
  public struct Share: Sendable, Equatable {
    /// A recommender's name, or `history`, `category`, `brand`, `price`, `shopper`.
    public var source: String
    /// What it adds.
    public var contribution: Float
  }

  /// `learned-order`.
  public static let kind = "learned-order"

  let reader: CandidateReader
  let trees: BoostedTrees
  /// What the blend's scores are multiplied with to be the trees' units.
  let slope: Float
  /// What all candidates have from the trees, which is left out.
  private let constant: Float
  /// The weight of a history from which on its list is put in order: five deeds that count 1. What is
  /// shorter keeps the blend's order: those that the trees grew on were long, and of a stranger's first
  /// clicks they know nothing.
  public static let shortest: Float = 5

  private static func isShort(_ histories: Interactions, _ row: Int) -> Bool {
    let range = histories.range(of: row)
    let weight = histories.weights.map { $0[range].reduce(0, +) } ?? Float(range.count)
    return weight < shortest
  }

  init(_ reader: CandidateReader, _ trees: BoostedTrees, slope: Float) {
    (self.reader, self.trees, self.slope) = (reader, trees, slope)
    let row = [Float](repeating: 0, count: trees.featureCount)
    constant = trees.parts(of: row).base
  }

  /// The blend that is corrected. Recommenders of weight 0 are read by the trees alone.
  public var blend: Blend { reader.blend }

  /// The number of trees.
  public var treeCount: Int { trees.treeCount }

  /// The same order over recommenders that learnt from other interactions.
  ///
  /// - Parameters:
  ///   - blend: the same recommenders in the same order, fitted to `train`.
  ///   - facts: of the same items.
  public func refitted(_ blend: Blend, _ train: Interactions, facts: ItemFacts) -> LearnedOrder {
    precondition(
      blend.parts.map(\.name) == self.blend.parts.map(\.name), "the same recommenders")
    return LearnedOrder(
      CandidateReader(
        blend: blend, knowledge: ItemKnowledge(train, facts: facts), mayRepeat: reader.mayRepeat,
        depth: reader.depth), trees, slope: slope)
  }

  /// Scores all items for each of `shoppers`, who are folded in. O(parts · shoppers · items) beside
  /// the parts' own work, and O(trees · depth) a candidate.
  ///
  /// - Parameter scores: row-major `[shoppers.count, itemCount]`; every element is overwritten.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    for (line, row) in shoppers.rows.enumerated() {
      let count = blend.itemCount
      if Self.isShort(shoppers.histories, row) {
        let own = Shoppers(strangers: row..<row + 1, of: shoppers.histories)
        let part = scores[line * count..<(line + 1) * count]
        try blend.score(own, into: UnsafeMutableBufferPointer(rebasing: part))
        continue
      }
      let pool = try reader.pool(of: Shoppers(strangers: row..<row + 1, of: shoppers.histories))
      let start = line * count
      for item in pool.blended.indices { scores[start + item] = pool.blended[item] }
      for (item, answer) in zip(pool.items, trees.answers(pool.rows)) {
        scores[start + Int(item)] += (answer - constant) / slope
      }
    }
  }

  func correction(_ pool: CandidatePool, _ place: Int) -> Float {
    (trees(numbers(pool, place)) - constant) / slope
  }

  private func numbers(_ pool: CandidatePool, _ place: Int) -> ArraySlice<Float> {
    pool.rows[place * trees.featureCount..<(place + 1) * trees.featureCount]
  }

  /// What adds to the score of each of `items` for one shopper, largest first, without what adds
  /// nothing; sums to the scores, up to rounding.
  public func contributions(to items: [Int], for shopper: Shoppers) throws -> [[Share]] {
    let isShort = Self.isShort(shopper.histories, shopper.rows.lowerBound)
    let pool = try isShort ? nil : reader.pool(of: shopper)
    let places = Dictionary(
      uniqueKeysWithValues: (pool?.items ?? []).enumerated().map { ($1, $0) })
    let sources = reader.sources
    return try zip(items, blend.contributions(to: items, for: shopper)).map { item, own in
      var sums = Dictionary(uniqueKeysWithValues: zip(blend.parts.map(\.name), own))
      if let pool, let place = places[Int32(item)] {
        let steps = trees.parts(of: numbers(pool, place)).parts
        for (source, step) in zip(sources, steps) { sums[source, default: 0] += step / slope }
      }
      return sums.filter { $0.value != 0 }.map { Share(source: $0.key, contribution: $0.value) }
        .sorted { ($1.contribution, $0.source) < ($0.contribution, $1.source) }
    }
  }
}

extension CandidateReader {
  /// To whom each column's steps are credited.
  var sources: [String] {
    let groups = [
      "taken": "history", "share": "history", "age": "history", "gap": "history", "due": "history",
      "within-category": "category", "takers": "popularity", "recent": "popularity",
      "returns": "popularity", "history": "shopper", "breadth": "shopper", "idle": "shopper",
    ]
    return blend.parts.flatMap { [$0.name, $0.name] }
      + ShopperSummary.names.map { groups[$0] ?? $0 }
  }
}

// MARK: Files

extension LearnedOrder {
  /// Trees and what is known of the items; the recommenders have files of their own.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["slope"] = "\(slope)"
    archive.notes["depth"] = "\(reader.depth)"
    archive.notes["repeats"] = "\(reader.mayRepeat)"
    archive.notes["columns"] = reader.columns.joined(separator: " ")
    let flat = trees.flattened
    archive.integers["sizes"] = flat.sizes
    archive.integers["features"] = flat.features
    archive.integers["left"] = flat.left
    archive.integers["right"] = flat.right
    archive.floats["thresholds"] = flat.thresholds
    archive.floats["answers"] = flat.values
    archive.floats["base"] = [flat.base]
    reader.knowledge.store(in: &archive)
    return archive
  }

  /// The order of such parts over `blend`.
  ///
  /// - Throws: ``RecommenderError`` `damaged`, also where the trees were grown on the numbers of
  ///   other recommenders.
  public init(_ archive: ModelArchive, _ blend: Blend) throws {
    guard archive.kind == Self.kind else { throw archive.damaged("is no learned order") }
    let reader = CandidateReader(
      blend: blend, knowledge: try ItemKnowledge(archive, count: blend.itemCount),
      mayRepeat: archive.notes["repeats"] == "true", depth: try archive.whole("depth"))
    let columns = reader.columns
    let slope = try archive.real("slope")
    let flat = FlatTrees(
      base: try archive.numbers("base", count: 1)[0], sizes: try archive.ordinals("sizes"),
      features: try archive.ordinals("features"), left: try archive.ordinals("left"),
      right: try archive.ordinals("right"), thresholds: try archive.numbers("thresholds"),
      values: try archive.numbers("answers"))
    guard archive.notes["columns"] == columns.joined(separator: " "), slope > 0,
      (1...10_000).contains(reader.depth),
      let trees = BoostedTrees(flat, featureCount: columns.count)
    else { throw archive.damaged("has trees that do not fit its recommenders") }
    self.init(reader, trees, slope: slope)
  }
}

extension ItemKnowledge {
  func store(in archive: inout ModelArchive) {
    archive.floats["takers"] = takers
    archive.floats["returns"] = returns
    if latest != nil { archive.floats["recent"] = recent }
    archive.notes["latest"] = latest.map { "\($0)" }
    archive.integers["categories"] = facts.categories
    archive.integers["brands"] = facts.brands
    archive.floats["prices"] = facts.prices.map { $0.isFinite ? $0 : 0 }
  }

  init(_ archive: ModelArchive, count: Int) throws(RecommenderError) {
    takers = try archive.numbers("takers", count: count)
    returns = try archive.numbers("returns", count: count)
    latest = archive.notes["latest"].flatMap(Double.init)
    recent =
      latest == nil
      ? [Float](repeating: .nan, count: count) : try archive.numbers("recent", count: count)
    let (categories, brands) = (
      try archive.ordinals("categories"), try archive.ordinals("brands")
    )
    guard categories.count == count, brands.count == count else {
      throw archive.damaged("has facts of other items")
    }
    facts = ItemFacts(
      categories: categories, brands: brands,
      prices: try archive.numbers("prices", count: count).map { $0 > 0 ? $0 : .nan })
  }
}
