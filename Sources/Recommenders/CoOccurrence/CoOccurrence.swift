public import AkinCatalogue

/// "Bought together": items that share more baskets than their popularity explains.
///
/// The score of items *a* and *b*, which occur in *n(a)* and *n(b)* baskets and together in
/// *n(ab)*, is the cosine of their binary basket vectors, shrunk towards zero where few baskets
/// support it:
///
///     score = n(ab) / √(n(a) · n(b)) · n(ab) / (n(ab) + shrinkage)
///
/// in `0 ... 1`. Cosine after Sarwar et al., *Item-based collaborative filtering recommendation
/// algorithms* (WWW 2001); shrinkage after Bell and Koren, *Scalable collaborative filtering with
/// jointly derived neighborhood interpolation weights* (ICDM 2007).
public struct CoOccurrence: Sendable {
  /// Baskets that hold both items must be at least this many.
  public var minimumSupport: Int
  /// Baskets of support at which the cosine counts half.
  public var shrinkage: Float
  /// Baskets larger than this are left out: they say little and cost their size squared.
  public var largestBasket: Int

  /// Creates the measure.
  public init(minimumSupport: Int = 2, shrinkage: Float = 10, largestBasket: Int = 500) {
    self.minimumSupport = minimumSupport
    self.shrinkage = shrinkage
    self.largestBasket = largestBasket
  }

  /// The `k` best partners of every item, best first. O(Σ b²) over the baskets' sizes b, and
  /// O(items) memory beside the result.
  ///
  /// - Parameter progress: called with the number of finished items; throws to stop.
  public func neighbours(
    of baskets: Baskets, k: Int, progress: (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    let holders = baskets.transposed()
    let counted = (0..<baskets.itemCount).map { item in
      holders[item].count { baskets[Int($0)].count <= largestBasket }
    }
    var together = [Int32](repeating: 0, count: baskets.itemCount)
    var touched: [Int] = []
    var lists = NeighbourLists()
    for item in 0..<baskets.itemCount {
      for basket in holders[item] {
        let members = baskets[Int(basket)]
        guard members.count <= largestBasket else { continue }
        for member in members {
          if together[Int(member)] == 0 { touched.append(Int(member)) }
          together[Int(member)] += 1
        }
      }
      var partners: [Neighbour] = []
      for member in touched {
        let support = Int(together[member])
        together[member] = 0
        guard member != item, support >= minimumSupport else { continue }
        partners.append(
          Neighbour(
            item: member,
            score: score(support: support, counted[item], counted[member])))
      }
      touched.removeAll(keepingCapacity: true)
      partners.sort { $0.precedes($1) }
      lists.append(partners.prefix(k))
      if item % 1024 == 0 { try progress(item) }
    }
    try progress(baskets.itemCount)
    return lists
  }

  /// The number of baskets that are too large to count.
  public func largeBaskets(in baskets: Baskets) -> Int {
    (0..<baskets.count).count { baskets[$0].count > largestBasket }
  }

  /// The shrunk cosine of two items, in `0 ... 1`.
  public func score(support: Int, _ first: Int, _ second: Int) -> Float {
    let support = Float(support)
    let cosine = support / (Float(first) * Float(second)).squareRoot()
    return cosine * support / (support + shrinkage)
  }
}
