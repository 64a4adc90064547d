public import AkinCatalogue
internal import Foundation

/// What most shoppers took: the same list for everybody, and what every other recommender must
/// beat.
///
/// Where the interactions have times, each counts ½^(age / halfLife), its age taken from the
/// latest one: what was in season long ago fades. O(n).
public struct Popularity: RecommenderAlgorithm, Equatable, Codable {
  /// Seconds after which an interaction counts half; `nil` for no decay.
  public var halfLife: Double?

  /// Creates the algorithm.
  public init(halfLife: Double? = nil) { self.halfLife = halfLife }

  /// Counts.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` for a half-life that is not positive.
  public func fit(_ interactions: Interactions, progress: FitProgress) throws -> PopularityModel {
    if let halfLife, !(halfLife > 0) {
      throw RecommenderError(.badSetting, "a half-life must be positive, not \(halfLife) s")
    }
    var scores = [Double](repeating: 0, count: interactions.itemCount)
    let latest = interactions.times?.max() ?? 0
    for (entry, item) in interactions.items.enumerated() {
      var weight = interactions.weights.map { Double($0[entry]) } ?? 1
      if let halfLife, let times = interactions.times {
        weight *= exp2((times[entry] - latest) / halfLife)
      }
      scores[Int(item)] += weight
    }
    return PopularityModel(scores: scores.map(Float.init))
  }
}

/// The fitted ``Popularity``.
public struct PopularityModel: Recommender, Equatable {
  /// `popularity`.
  public static let kind = "popularity"
  /// The (decayed) weight of each item.
  public let scores: [Float]

  init(scores: [Float]) { self.scores = scores }

  /// The number of items that are ranked.
  public var itemCount: Int { scores.count }

  /// The same scores for everybody. O(shoppers · items).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    for row in 0..<shoppers.count {
      _ = scores[(row * itemCount)...].update(fromContentsOf: self.scores)
    }
  }

  /// The most popular others: popularity knows no likeness. O(items).
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    Array(
      scores.indices.lazy.filter { $0 != item }.map { Neighbour(item: $0, score: scores[$0]) }
        .sorted { $0.precedes($1) }.prefix(k))
  }

  /// The scores.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.floats["scores"] = scores
    return archive
  }

  /// Takes the scores.
  public init(_ archive: ModelArchive) throws {
    scores = try archive.numbers("scores")
  }
}
