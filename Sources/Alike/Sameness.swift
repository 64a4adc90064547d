public import AkinCatalogue

/// How likely two products are the same one, judged beside their rivals: a product is sold once in a
/// shop or a few times, so the pair that stands out among each one's neighbours is the same product.
///
///     sameness(x, y) = score(x, y) − ¾ · (rivals(x) + rivals(y)) / 2
///
/// where rivals(x) is the mean score of the five nearest of x apart from y. It orders pairs of the
/// whole catalogue; within the list of one product it says little more than the score. After the
/// local scaling of Conneau et al., *Word translation without parallel data* (ICLR 2018).
public struct Sameness: Sendable {
  private let lists: NeighbourLists

  /// Rivals that are looked at.
  public static let rivals = 5
  /// What their score counts.
  public static let weight: Float = 0.75

  /// - Parameter lists: the graph of the catalogue, at least six neighbours each.
  public init(_ lists: NeighbourLists) { self.lists = lists }

  /// The sameness of a pair whose score is `score`. O(1).
  public func callAsFunction(_ left: Int, _ right: Int, score: Float) -> Float {
    score - Self.weight * (rivals(of: left, besides: right) + rivals(of: right, besides: left)) / 2
  }

  private func rivals(of item: Int, besides other: Int) -> Float {
    var sum: Float = 0
    var count = 0
    var place = lists.offsets[item]
    while place < lists.offsets[item + 1], count < Self.rivals {
      if lists.ids[place] != Int32(other) {
        sum += lists.scores[place]
        count += 1
      }
      place += 1
    }
    return count == 0 ? 0 : sum / Float(Self.rivals)
  }
}
