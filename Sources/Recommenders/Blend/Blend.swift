public import AkinCatalogue

/// Several recommenders as one: a weighted sum of their scores, each first made a share of its
/// largest in the row, so that no recommender counts more because its numbers are larger, and then,
/// unless told otherwise, its square root, so that the few largest do not silence the others. Below
/// 0 the sign stays.
///
/// Scores are at most Σ weights; the parts of a score are its explanation. Weighted
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
    /// The form in which it was given weights to learn from, and is given histories.
    public var form: WeightForm

    /// Creates a part.
    public init(
      name: String, weight: Float, model: any Recommender, form: WeightForm = .counts
    ) {
      self.name = name
      self.weight = weight
      self.model = model
      self.form = form
    }
  }

  /// The recommenders, of which each ranks the same items.
  public let parts: [Part]
  /// Whether square roots are taken.
  public let isDamped: Bool
  /// The number of items that are ranked.
  public let itemCount: Int

  /// Joins recommenders.
  ///
  /// - Throws: ``RecommenderError`` `badSetting` without parts, `wrongItems` when they do not rank
  ///   equally many items.
  public init(_ parts: [Part], isDamped: Bool = true) throws(RecommenderError) {
    guard let first = parts.first else {
      throw RecommenderError(.badSetting, "a blend needs at least one recommender")
    }
    for part in parts {
      try RecommenderError.check(part.model.itemCount, against: first.model.itemCount)
    }
    self.parts = parts
    self.isDamped = isDamped
    itemCount = first.model.itemCount
  }

  /// Scores all items for each of `shoppers`, who are folded in: by their histories alone, as
  /// those of a living shop are. O(parts · shoppers · items) beside the parts' own work.
  ///
  /// - Parameter scores: row-major `[shoppers.count, itemCount]`; every element is overwritten.
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    scores.update(repeating: 0)
    try forEachPart(shoppers, thatCounts: true) { part, own in
      for place in own.indices { scores[place] += part.weight * own[place] }
    }
  }

  /// What each part adds to the score of each of `items` for one shopper: `[items][parts]`, whose
  /// rows sum to the scores, up to rounding.
  public func contributions(to items: [Int], for shopper: Shoppers) throws -> [[Float]] {
    precondition(shopper.count == 1, "one shopper")
    var result = items.map { _ in [Float]() }
    try forEachPart(shopper) { part, own in
      for (index, item) in items.enumerated() { result[index].append(part.weight * own[item]) }
    }
    return result
  }

  /// What speaks for `item` in the eyes of one part, largest first: see
  /// ``Recommender/explain(_:for:)``.
  public func evidence(for item: Int, in part: Part, _ shopper: Shoppers) throws -> [Neighbour]? {
    try part.model.explain(item, for: Self.folded(shopper, part.form))
  }

  /// Lends the normalised scores of each part, `[shoppers.count, itemCount]`.
  ///
  /// - Parameter thatCounts: whether parts of weight 0 are left out.
  func forEachPart(
    _ shoppers: Shoppers, thatCounts: Bool = false,
    _ body: (Part, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    var own = [Float](repeating: 0, count: shoppers.count * itemCount)
    try own.withUnsafeMutableBufferPointer { own in
      for part in parts where part.weight != 0 || !thatCounts {
        try part.model.score(Self.folded(shoppers, part.form), into: own)
        for row in 0..<shoppers.count {
          let line = own[row * itemCount..<(row + 1) * itemCount]
          normalise(UnsafeMutableBufferPointer(rebasing: line))
        }
        try body(part, own)
      }
    }
  }

  private static func folded(_ shoppers: Shoppers, _ form: WeightForm) -> Shoppers {
    let histories = form.applied(to: shoppers.histories.rows(shoppers.rows))
    return Shoppers(strangers: 0..<shoppers.count, of: histories)
  }

  private func normalise(_ row: UnsafeMutableBufferPointer<Float>) {
    let scale = Self.scale(of: UnsafeBufferPointer(row))
    guard isDamped else {
      for index in row.indices { row[index] *= scale }
      return
    }
    // Sixteen at a time, the sign put back as a bit: this runs over all items for every part.
    let whole = row.count / 16 * 16
    if let base = UnsafeMutableRawPointer(row.baseAddress) {
      let sign = SIMD16<UInt32>(repeating: 1 << 31)
      for start in stride(from: 0, to: whole, by: 16) {
        let place = base + start * MemoryLayout<Float>.stride
        let values = scale * place.loadUnaligned(as: SIMD16<Float>.self)
        let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self)
        let roots = unsafeBitCast(bits & ~sign, to: SIMD16<Float>.self).squareRoot()
        let damped = unsafeBitCast(roots, to: SIMD16<UInt32>.self) | (bits & sign)
        place.storeBytes(of: unsafeBitCast(damped, to: SIMD16<Float>.self), as: SIMD16<Float>.self)
      }
    }
    for index in whole..<row.count { row[index] = Self.damped(scale * row[index]) }
  }

  /// The square root of a share of the largest score, with its sign.
  static func damped(_ share: Float) -> Float {
    share < 0 ? -(-share).squareRoot() : share.squareRoot()
  }

  /// 1 / the largest score of a row; 0 where no score is positive and finite, so that a recommender
  /// that knows nothing of a shopper says nothing.
  static func scale(of row: UnsafeBufferPointer<Float>) -> Float {
    var largest: Float = 0
    let whole = row.count / 16 * 16
    if let base = UnsafeRawPointer(row.baseAddress) {
      var most = SIMD16<Float>(repeating: 0)
      for start in stride(from: 0, to: whole, by: 16) {
        let values = (base + start * MemoryLayout<Float>.stride).loadUnaligned(
          as: SIMD16<Float>.self)
        most.replace(with: values, where: values .> most)
      }
      largest = most.max()
    }
    for value in row[whole...] where value > largest { largest = value }
    return largest > 0 && largest.isFinite ? 1 / largest : 0
  }
}
