public import AkinCatalogue
package import AkinSearch
internal import AkinSimilarity
public import AkinStorage
internal import Foundation
internal import Synchronization

/// The use case "find what a shopper typed".
public final class ShopSearch: Sendable {
  /// What results are found by.
  public enum Mode: String, Sendable, CaseIterable {
    /// Words; where they find fewer than asked for, meaning adds to them.
    case auto
    /// Words alone.
    case words
    /// The vectors of the texts alone.
    case meaning
    /// Words and meaning, fused by reciprocal rank.
    case both
  }

  /// One product.
  public struct Item: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// Where the query's words stand in the title: start and end in UTF-8 bytes.
    public var highlights: [[Int]] = []
    /// The product's brand.
    public var brand: String?
    /// The narrowest category.
    public var category: String?
    /// The price.
    public var price: Price?
    /// The score of its source; comparable within one answer and source only.
    public var score: Float
    /// `words`, `meaning` or `both`.
    public var source: String
  }

  /// The answer.
  public struct Result: Sendable, Codable, Equatable {
    /// What was typed.
    public var query: String
    /// What was read out of it.
    package var understood: Understanding
    /// The products, best first.
    public var items: [Item]
    /// All products that match by words.
    public var total: Int
    /// Of each asked field its most frequent values.
    package var facets: [String: [SearchResults.FacetValue]]
    /// For the next page.
    public var cursor: String?
  }

  /// Finds the products nearest in meaning: identifiers with scores, best first.
  package typealias Meaning =
    @Sendable (_ query: String, _ count: Int) throws -> [(
      id: String, score: Float
    )]

  private let index: SearchIndex
  private let product: @Sendable (String) throws -> Product?
  private let meaning: Meaning

  /// Asks an index; `product` finds a product by its identifier.
  package init(
    index: SearchIndex, product: @escaping @Sendable (String) throws -> Product?,
    meaning: @escaping Meaning
  ) {
    self.index = index
    self.product = product
    self.meaning = meaning
  }

  /// Asks the shop in `store`, whose index is made where it is missing or of an older catalogue.
  ///
  /// - Throws: `SearchError`, `StorageError`; ``EngineError`` `nothingToDo` for an empty shop.
  public convenience init(
    store: ShopStore, progress: any ProgressReporter = SilentProgress()
  ) throws {
    let similar = SimilarProducts(store: store)
    self.init(
      index: try ShopIndex.open(store, progress: progress),
      product: { try store.product(id: $0)?.product },
      meaning: { query, count in
        try similar.similar(toText: query, k: count).items.map { ($0.id, $0.score) }
      })
  }

  /// Answers `request`.
  ///
  /// - Throws: `SearchError`; what finding by meaning throws.
  package func search(_ request: SearchRequest, mode: Mode = .auto) throws -> Result {
    if mode == .meaning { return try byMeaning(request) }
    let found = try index.search(request)
    var result = Result(
      query: request.query, understood: found.understood, items: [], total: found.total,
      facets: found.facets, cursor: found.cursor)
    let words = found.hits.map { Ranked(id: $0.id, score: $0.score, source: "words") }
    let marks = Dictionary(
      found.hits.map { ($0.id, $0.highlights) }, uniquingKeysWith: { first, _ in first })
    var ranked = words
    let isShort = words.count < request.count || !found.understood.relaxed.isEmpty
    if request.cursor == nil, request.sort == .relevance,
      mode == .both || (mode == .auto && isShort)
    {
      let near = try nearest(request)
      ranked =
        mode == .both
        ? Self.fused(words, near)
        : words + near.filter { candidate in !words.contains { $0.id == candidate.id } }
    }
    result.items = try ranked.prefix(request.count).compactMap {
      try item($0, highlights: marks[$0.id] ?? [])
    }
    return result
  }

  /// Completions of `prefix`, likeliest first.
  ///
  /// - Throws: `SearchError` `badArgument`.
  public func suggest(_ prefix: String, count: Int = 8) throws -> [String] {
    try index.suggest(prefix, count: count).map(\.text)
  }

  private struct Ranked {
    var id: String
    var score: Float
    var source: String
  }

  private func byMeaning(_ request: SearchRequest) throws -> Result {
    Result(
      query: request.query, understood: Understanding(),
      items: try nearest(request).prefix(request.count).compactMap { try item($0, highlights: []) },
      total: 0, facets: [:], cursor: nil)
  }

  /// The nearest in meaning that meet the request's conditions.
  private func nearest(_ request: SearchRequest) throws -> [Ranked] {
    let near = try meaning(request.query, max(100, 4 * request.count))
    let admitted = try index.admitted(near.map(\.id), by: request)
    return near.filter { admitted.contains($0.id) }
      .map { Ranked(id: $0.id, score: $0.score, source: "meaning") }
  }

  /// Reciprocal rank fusion of both lists; the score is then that of the fusion.
  private static func fused(_ words: [Ranked], _ near: [Ranked]) -> [Ranked] {
    let sources = Dictionary(
      grouping: words + near, by: \.id)
    return RankFusion().fuse([words.map(\.id), near.map(\.id)]).map { entry in
      let lists = sources[entry.item] ?? []
      return Ranked(
        id: entry.item, score: entry.score, source: lists.count > 1 ? "both" : lists[0].source)
    }
  }

  private func item(_ ranked: Ranked, highlights: [Range<Int>]) throws -> Item? {
    guard let product = try product(ranked.id) else { return nil }
    return Item(
      id: ranked.id, title: product.title,
      highlights: highlights.map { [$0.lowerBound, $0.upperBound] }, brand: product.brand,
      category: product.categories.first?.last, price: product.salePrice ?? product.price,
      score: ranked.score, source: ranked.source)
  }
}
