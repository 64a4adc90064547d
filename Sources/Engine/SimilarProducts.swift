internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
public import AkinStorage

/// The use case "what is like this?": a product's neighbours by content and by baskets.
public struct SimilarProducts: Sendable {
  /// One neighbour, ready to show.
  public struct Item: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// Cosine of the texts' vectors, or the shrunk cosine of the baskets.
    public var score: Float
    /// `content` or `basket`.
    public var source: String
    /// The product's brand.
    public var brand: String?
    /// The narrowest category.
    public var category: String?
    /// Further products whose encoded text is the same as this one's, which are not listed.
    public var sameText: Int?
  }

  /// What was asked.
  public struct Query: Sendable, Codable, Equatable {
    /// The product asked about.
    public var id: String?
    /// Its title.
    public var title: String?
    /// The text asked about.
    public var text: String?
  }

  /// The answer.
  public struct Result: Sendable, Codable, Equatable {
    /// What was asked.
    public var query: Query
    /// Content neighbours, best first, then basket neighbours, best first.
    public var items: [Item]

    /// The items of one source, best first.
    public func items(from source: NeighbourSource) -> [Item] {
      items.filter { $0.source == source.rawValue }
    }
  }

  private let store: ShopStore

  /// Asks the shop in `store`.
  public init(store: ShopStore) {
    self.store = store
  }

  /// The `k` nearest by content and the `k` best basket partners of the product `id`.
  ///
  /// Products whose encoded text is the same count as one content neighbour: the most bought of
  /// them stands for all, and says how many it stands for.
  ///
  /// - Throws: ``EngineError`` `unknownProduct`, with identifiers that look alike; ``StorageError``.
  public func similar(to id: String, k: Int) throws -> Result {
    guard let stored = try store.product(id: id) else {
      let alike = try store.identifiers(like: id, limit: 3)
      let hint = alike.isEmpty ? "" : "; did you mean \(alike.joined(separator: ", "))?"
      throw EngineError(
        .unknownProduct, "no product has the id '\(id)'\(hint)")
    }
    var items = try twins(of: stored).map { [$0] } ?? []
    for neighbour in try content(of: stored.text, k: k) where items.count < k {
      if let item = try item(text: neighbour.item, score: neighbour.score) { items.append(item) }
    }
    for neighbour in try store.neighbours(.basket, of: stored.ordinal).prefix(k) {
      guard let partner = try store.product(ordinal: neighbour.item) else { continue }
      items.append(item(partner, score: neighbour.score, source: .basket))
    }
    return Result(query: Query(id: id, title: stored.product.title), items: items)
  }

  /// The `k` products nearest to `text`, as a shopper's query. O(texts · dimension).
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never built; `EncoderError`;
  ///   ``StorageError``.
  public func similar(toText text: String, k: Int) throws -> Result {
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    let encoder = try ModelStore().encoder(named: summary.model)
    let rows = try encoder.encode([text], as: .query)
    let query = try Vectors(values: rows.values, dimension: rows.dimension)
    let index = try ExactNeighbours(vectors(model: summary.model, dimension: rows.dimension))
    let items = try index.search(query, k: k)[0].compactMap {
      try item(text: $0.item, score: $0.score)
    }
    return Result(query: Query(text: text), items: items)
  }

  /// Stored lists where they are long enough, else a search of all vectors.
  private func content(of text: Int, k: Int) throws -> [Neighbour] {
    let stored = try store.neighbours(.content, of: text)
    guard stored.count < k, let summary = try BuildSummary.last(of: store),
      stored.count < summary.texts - 1
    else { return stored }
    let all = try vectors(model: summary.model, dimension: summary.dimension)
    let query = try Vectors(values: Array(all[text]), dimension: summary.dimension)
    return try ExactNeighbours(all).search(query, k: k + 1)[0].filter { $0.item != text }
  }

  private func vectors(model: String, dimension: Int) throws -> Vectors {
    try Vectors(
      values: store.publishedVectors(model: model, dimension: dimension), dimension: dimension)
  }

  /// The other products with the very same text, as one item.
  private func twins(of stored: StoredProduct) throws -> Item? {
    let twins = try store.products(text: stored.text, limit: 2)
    guard let twin = twins.first(where: { $0.ordinal != stored.ordinal }) else { return nil }
    let others = try store.productCount(text: stored.text) - 2
    return item(twin, score: 1, source: .content, sameText: others)
  }

  private func item(text: Int, score: Float) throws -> Item? {
    guard let product = try store.products(text: text, limit: 1).first else { return nil }
    let others = try store.productCount(text: text) - 1
    return item(product, score: score, source: .content, sameText: others)
  }

  private func item(
    _ stored: StoredProduct, score: Float, source: NeighbourSource, sameText: Int = 0
  ) -> Item {
    Item(
      id: stored.product.id, title: stored.product.title, score: score, source: source.rawValue,
      brand: stored.product.brand, category: stored.product.categories.first?.last,
      sameText: sameText > 0 ? sameText : nil)
  }
}
