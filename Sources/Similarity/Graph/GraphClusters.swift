public import AkinCatalogue

/// Groups of items that are all alike, from the edges of a similarity graph: greedy agglomeration
/// by average linkage.
///
/// Edges are taken from the strongest on; two clusters become one where the mean score of all pairs
/// across them is at least the threshold, a pair without an edge counting 0. So a single odd edge
/// does not chain two families of products together, as connected components would. Average linkage
/// after Sokal and Michener (1958); each edge is looked at once, which keeps the cost near that of
/// sorting them.
public struct GraphClusters: Sendable {
  /// Two items and how alike they are.
  public struct Edge: Sendable, Hashable {
    /// The smaller ordinal.
    public let left: Int32
    /// The larger one.
    public let right: Int32
    /// More is more alike.
    public let score: Float

    /// An edge between two items, in either order.
    public init(_ a: Int, _ b: Int, score: Float) {
      (left, right) = (Int32(min(a, b)), Int32(max(a, b)))
      self.score = score
    }
  }

  private let count: Int
  /// From the strongest on, ties by ordinals; one an undirected pair.
  private let edges: [Edge]

  /// - Parameters:
  ///   - count: the number of items; edges name items below it.
  ///   - edges: of pairs in any order; of a pair that is there twice the higher score counts.
  public init(count: Int, edges: some Sequence<Edge>) {
    self.count = count
    let sorted = edges.filter { $0.left != $0.right }.sorted {
      ($1.score, $0.left, $0.right) < ($0.score, $1.left, $1.right)
    }
    var seen: Set<UInt64> = []
    self.edges = sorted.filter { edge in
      precondition(edge.left >= 0 && edge.right < count, "an edge names an item")
      return seen.insert(UInt64(edge.left) << 32 | UInt64(edge.right)).inserted
    }
  }

  /// The edges of a graph's lists whose score `score` gives.
  public init(_ lists: NeighbourLists, score: (_ from: Int, Neighbour) -> Float) {
    self.init(
      count: lists.count,
      edges: (0..<lists.count).flatMap { item in
        lists[item].map { Edge(item, $0.item, score: score(item, $0)) }
      })
  }

  /// The clusters of two or more items, each ascending, in the order of their first item.
  /// O(edges · members of the smaller cluster).
  public func clusters(threshold: Float) -> [[Int]] {
    let neighbours = adjacency()
    var root = Array(0..<Int32(count))
    var members = (0..<Int32(count)).map { [$0] }
    for edge in edges {
      guard edge.score >= threshold else { break }
      var (a, b) = (Int(root[Int(edge.left)]), Int(root[Int(edge.right)]))
      guard a != b else { continue }
      if members[a].count < members[b].count { swap(&a, &b) }
      var sum: Float = 0
      for item in members[b] {
        for (other, score) in neighbours[Int(item)] where Int(root[Int(other)]) == a {
          sum += score
        }
      }
      guard sum >= threshold * Float(members[a].count * members[b].count) else { continue }
      for item in members[b] { root[Int(item)] = Int32(a) }
      members[a] += members[b]
      members[b] = []
    }
    return members.filter { $0.count > 1 }.map { $0.map(Int.init).sorted() }
      .sorted { $0[0] < $1[0] }
  }

  private func adjacency() -> [[(item: Int32, score: Float)]] {
    var result = [[(item: Int32, score: Float)]](repeating: [], count: count)
    for edge in edges {
      result[Int(edge.left)].append((edge.right, edge.score))
      result[Int(edge.right)].append((edge.left, edge.score))
    }
    return result
  }
}
