internal import AkinCatalogue

/// Several recommenders as one: a weighted sum of their scores, each divided by its largest of the
/// row, so that no recommender counts more because its numbers are larger.
///
/// Scores lie in about `-1 ... Σ weights`; the parts of a score are its explanation. Weighted
/// hybrids: Burke, *Hybrid recommender systems: survey and experiments* (2002).
public struct Blend: Sendable {
  /// One recommender.
  public struct Part: Sendable {
    /// What people call it.
    public var name: String
    /// What its normalised score counts; positive.
    public var weight: Float
    /// The recommender.
    public var model: any Recommender

    /// Creates a part.
    public init(name: String, weight: Float, model: any Recommender) {
      self.name = name
      self.weight = weight
      self.model = model
    }
  }

  /// The recommenders, of which each ranks the same items.
  public let parts: [Part]
  /// The number of items that are ranked.
  public let itemCount: Int

  /// Joins recommenders.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` without parts, `wrongItems` when they do not rank
  ///   equally many items.
  public init(_ parts: [Part]) throws(RecommenderError) {
    guard let first = parts.first else {
      throw RecommenderError(.badSetting, "a blend needs at least one recommender")
    }
    for part in parts {
      try RecommenderError.check(part.model.itemCount, against: first.model.itemCount)
    }
    self.parts = parts
    itemCount = first.model.itemCount
  }

  /// Scores all items for each of `shoppers`. O(parts · shoppers · items) beside the parts' own work.
  ///
  /// - Parameter scores: row-major `[shoppers.count, itemCount]`; every element is overwritten.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    scores.update(repeating: 0)
    var own = [Float](repeating: 0, count: scores.count)
    try own.withUnsafeMutableBufferPointer { own in
      for part in parts {
        try part.model.score(shoppers, into: own)
        for row in 0..<shoppers.count {
          let range = row * itemCount..<(row + 1) * itemCount
          let line = UnsafeMutableBufferPointer(rebasing: own[range])
          let scale = part.weight * Self.scale(of: UnsafeBufferPointer(line))
          for (index, value) in line.enumerated() {
            scores[range.lowerBound + index] += scale * value
          }
        }
      }
    }
  }

  /// What each part adds to the score of each of `items` for one shopper: `[items][parts]`, whose
  /// rows sum to the scores, up to rounding.
  public func contributions(to items: [Int], for shopper: Shoppers) throws -> [[Float]] {
    precondition(shopper.count == 1, "one shopper")
    var result = items.map { _ in [Float]() }
    var own = [Float](repeating: 0, count: itemCount)
    try own.withUnsafeMutableBufferPointer { own in
      for part in parts {
        try part.model.score(shopper, into: own)
        let scale = part.weight * Self.scale(of: UnsafeBufferPointer(own))
        for (index, item) in items.enumerated() { result[index].append(scale * own[item]) }
      }
    }
    return result
  }

  /// 1 / the largest score of a row; 0 where no score is positive and finite, so that a recommender
  /// that knows nothing of a shopper says nothing.
  static func scale(of row: UnsafeBufferPointer<Float>) -> Float {
    var largest: Float = 0
    for value in row where value > largest { largest = value }
    return largest > 0 && largest.isFinite ? 1 / largest : 0
  }
}
