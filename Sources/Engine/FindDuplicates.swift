internal import AkinAlike
internal import AkinCatalogue
internal import AkinSimilarity
public import AkinStorage

/// The use case "which products are in the catalogue twice?": groups of products that are probably
/// one, worded differently.
///
/// Pairs of a product's ten nearest are ordered by `Sameness`, which takes the nearness of rivals
/// off; groups grow by average linkage (`GraphClusters`).
public struct FindDuplicates {
  /// Products that are probably one.
  public struct Group: Sendable, Equatable, Codable {
    /// One of them.
    public struct Member: Sendable, Equatable, Codable {
      /// The product's identifier.
      public var id: String
      /// Its title.
      public var title: String
      /// Its brand.
      public var brand: String?
      /// Further products with the very same text.
      public var sameText: Int?
    }

    /// How much alike, beyond what is usual among their neighbours; groups are in this order.
    public var sameness: Float
    /// The products, in the order of the catalogue.
    public var products: [Member]
  }

  /// The answer.
  public struct Result: Sendable, Equatable, Codable {
    /// Products of the shop.
    public var products: Int
    /// All groups that were found; ``groups`` may be fewer.
    public var found: Int
    /// The most certain first.
    public var groups: [Group]
    /// The threshold they were found at.
    public var threshold: Float
  }

  /// The threshold that was best on half of pricerunner's clusters; docs/benchmarks/alike.md has
  /// what it does on the other half.
  public static let usualThreshold: Float = 0.08
  /// Neighbours of a text that are looked at.
  private static let depth = 10

  private let store: ShopStore

  /// Asks the shop in `store`.
  public init(store: ShopStore) { self.store = store }

  /// Finds groups whose pairs are on average as alike as `threshold`; at most `limit` of them are
  /// read out. O(texts).
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never built; ``StorageError``.
  public func run(threshold: Float = usualThreshold, limit: Int = 100) throws -> Result {
    let count = try store.productCount()
    guard count > 0 else { throw EngineError.emptyShop }
    let stored = try store.allNeighbours(.content)
    // A text may stand in a list and have none itself.
    let items = stored.values.lazy.flatMap { $0.lazy.map(\.item) }
    let last = max(stored.keys.max() ?? 0, items.max() ?? 0)
    var lists = NeighbourLists()
    for text in 0...last { lists.append((stored[text] ?? []).prefix(Self.depth)) }
    let sameness = Sameness(lists)
    let clusters = GraphClusters(lists) { sameness($0, $1.item, score: $1.score) }
      .clusters(threshold: threshold)
    let rated = clusters.map { ($0, Self.mean($0, lists, sameness)) }
      .sorted { ($1.1, $0.0[0]) < ($0.1, $1.0[0]) }
    let groups = try rated.prefix(limit).map { cluster, sameness in
      Group(sameness: sameness, products: try cluster.compactMap { try member($0) })
    }
    return Result(
      products: count, found: clusters.count,
      groups: groups.filter { $0.products.count > 1 }, threshold: threshold)
  }

  /// The mean sameness of the pairs of a cluster that are neighbours.
  private static func mean(
    _ cluster: [Int], _ lists: NeighbourLists, _ sameness: Sameness
  ) -> Float {
    let members = Set(cluster)
    let values = cluster.flatMap { text in
      lists[text].filter { members.contains($0.item) }.map {
        sameness(text, $0.item, score: $0.score)
      }
    }
    return values.isEmpty ? 0 : values.reduce(0, +) / Float(values.count)
  }

  private func member(_ text: Int) throws -> Group.Member? {
    guard let stored = try store.firstProduct(text: text) else { return nil }
    let others = try store.productCount(text: text) - 1
    return Group.Member(
      id: stored.product.id, title: stored.product.title, brand: stored.product.brand,
      sameText: others > 0 ? others : nil)
  }
}
