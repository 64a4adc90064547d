public import AkinAlike
internal import AkinCatalogue
internal import AkinEncoders
internal import AkinSimilarity
public import AkinStorage
internal import Synchronization

/// The use case "what is like this?": a product's neighbours by content and by baskets.
public final class SimilarProducts: Sendable {
  /// One neighbour, ready to show.
  public struct Item: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// How alike the contents are by the joined measure, 1 for the same text; or the shrunk cosine
    /// of the baskets.
    public var score: Float
    /// `content` or `basket`; `relation` in a list of one type.
    public var source: String
    /// What it is to the product that was asked about, in a list of one type.
    public var relation: Relation?
    /// How likely that is.
    public var probability: Float?
    /// The product's brand.
    public var brand: String?
    /// The narrowest category.
    public var category: String?
    /// What tells it from others of its title: size, colour, flavour, as written.
    public var variant: String?
    /// Further products whose encoded text is the same as this one's, which are not listed.
    public var sameText: Int?
    /// Why it is called alike: parts that add up to ``score``; where it was asked for.
    public var evidence: [LikenessAccount.Part]?
  }

  /// What was asked.
  public struct Query: Sendable, Codable, Equatable {
    /// The product asked about.
    public var id: String?
    /// Its title.
    public var title: String?
    /// The text asked about.
    public var text: String?
    /// The type asked for.
    public var relation: Relation?
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

  let store: ShopStore
  private let isDistinct: Bool
  private let explains: Bool
  private let index: Mutex<ExactNeighbours?> = Mutex(nil)
  private let likeness: Mutex<LikenessReader?> = Mutex(nil)
  let relations: Mutex<(scorer: RelationScorer, data: StoredRelationData)?> = Mutex(nil)

  /// Texts nearest by meaning that are scored for a shopper's words.
  private static let candidates = 200

  /// Asks the shop in `store`.
  ///
  /// - Parameters:
  ///   - distinct: whether products of one title, such as the sizes of one article, count as one
  ///     neighbour, of which the nearest stands for all.
  ///   - explaining: whether content neighbours come with ``Item/evidence``.
  public init(store: ShopStore, distinct: Bool = false, explaining: Bool = false) {
    self.store = store
    isDistinct = distinct
    explains = explaining
  }

  /// The `k` nearest by content and the `k` best basket partners of the product `id`.
  ///
  /// Products whose encoded text is the same count as one content neighbour: the most bought of
  /// them stands for all, and says how many it stands for.
  ///
  /// - Throws: ``EngineError`` `unknownProduct`, with identifiers that look alike; ``StorageError``.
  public func similar(to id: String, k: Int) throws -> Result {
    let stored = try stored(id)
    var content = Shelf(capacity: k, isDistinct: isDistinct)
    if let twin = try twins(of: stored) { content.offer(twin) }
    for neighbour in try nearest(to: stored.text, k: k) where !content.isFull {
      guard var item = try item(text: neighbour.item, score: neighbour.score) else { continue }
      if explains { try explain(&item, stored.text, neighbour.item) }
      content.offer(item)
    }
    var basket = Shelf(capacity: k, isDistinct: isDistinct)
    for neighbour in try store.neighbours(.basket, of: stored.ordinal) where !basket.isFull {
      guard let partner = try store.product(ordinal: neighbour.item) else { continue }
      basket.offer(item(partner, score: neighbour.score, source: .basket))
    }
    return Result(
      query: Query(id: id, title: stored.product.title), items: content.items + basket.items)
  }

  /// The `k` products nearest to `text`, as a shopper's query. O(texts · dimension).
  ///
  /// - Throws: ``EngineError`` `nothingToDo` for a shop that was never built; `EncoderError`;
  ///   ``StorageError``.
  public func similar(toText text: String, k: Int) throws -> Result {
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw EngineError(.badArgument, "the text is empty; say what to look for")
    }
    guard let summary = try BuildSummary.last(of: store) else { throw EngineError.emptyShop }
    let model = try ShopModel(of: summary)
    let rows = try model.load().encode([text], as: .query)
    let query = try Vectors(values: rows.values, dimension: rows.dimension)
    var content = Shelf(capacity: k, isDistinct: isDistinct)
    let near = try searchable(summary).search(query, k: max(reach(k), Self.candidates))[0]
    for (neighbour, account) in try scored(near, asLike: text) where !content.isFull {
      guard var item = try item(text: neighbour.item, score: neighbour.score) else { continue }
      item.evidence = explains ? account?.parts : nil
      content.offer(item)
    }
    return Result(query: Query(text: text), items: content.items)
  }

  /// The product with the identifier `id`.
  func stored(_ id: String) throws -> StoredProduct {
    if let stored = try store.product(id: id) { return stored }
    guard try store.productCount() > 0 else { throw EngineError.emptyShop }
    let alike = try store.identifiers(like: id, limit: 3)
    let hint = alike.isEmpty ? "" : "; did you mean \(alike.joined(separator: ", "))?"
    throw EngineError(.unknownProduct, "no product has the id '\(id)'\(hint)")
  }

  /// An empty list of `k`.
  func shelf(_ k: Int) -> Shelf { Shelf(capacity: k, isDistinct: isDistinct) }

  /// How many texts to look at for `k` items: many may share a title.
  func reach(_ k: Int) -> Int { isDistinct ? 100 * k : k }

  /// Stored lists where they are long enough, else also those nearest by meaning, by score.
  private func nearest(to text: Int, k: Int) throws -> [Neighbour] {
    let stored = try store.neighbours(.content, of: text)
    guard stored.count < reach(k), let summary = try BuildSummary.last(of: store),
      stored.count < summary.texts - 1
    else { return stored }
    let index = try searchable(summary)
    let query = try Vectors(values: Array(index.vectors[text]), dimension: summary.dimension)
    let near = try index.search(query, k: reach(k) + 1)[0].filter { $0.item != text }
    guard let likeness = try measured() else { return near }
    let known = Set(stored.map(\.item))
    let further = try near.filter { !known.contains($0.item) }.map { neighbour in
      let account = try likeness.account(text, neighbour.item, cosine: neighbour.score)
      return Neighbour(item: neighbour.item, score: account.score)
    }
    return (stored + further).sorted { $0.precedes($1) }
  }

  /// Texts near by meaning, by the joined score; by the cosine in a shop without a measure.
  private func scored(_ near: [Neighbour], asLike text: String) throws
    -> [(neighbour: Neighbour, account: LikenessAccount?)]
  {
    guard let likeness = try measured() else { return near.map { ($0, nil) } }
    return try near.map { neighbour in
      let account = try likeness.account(query: text, neighbour.item, cosine: neighbour.score)
      return (Neighbour(item: neighbour.item, score: account.score), account)
    }.sorted { $0.0.precedes($1.0) }
  }

  /// Adds the account of a pair of texts to its item, and the score it sums to.
  private func explain(_ item: inout Item, _ text: Int, _ other: Int) throws {
    guard let likeness = try measured(), let summary = try BuildSummary.last(of: store) else {
      return
    }
    let vectors = try searchable(summary).vectors
    let cosine = zip(vectors[text], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
    let account = try likeness.account(text, other, cosine: cosine)
    item.evidence = account.parts
    item.score = account.score
  }

  /// The measure of the last build, read at its first use.
  private func measured() throws -> LikenessReader? {
    try likeness.withLock { likeness in
      if let likeness { return likeness }
      likeness = try MeasureRecord.last(of: store).map { try LikenessReader($0, store: store) }
      return likeness
    }
  }

  /// All vectors, read at their first use.
  func searchable(_ summary: BuildSummary) throws -> ExactNeighbours {
    try index.withLock { index in
      if let index { return index }
      let vectors = try Vectors(
        values: store.publishedVectors(model: summary.modelKey, dimension: summary.dimension),
        dimension: summary.dimension)
      let made = try ExactNeighbours(vectors)
      index = made
      return made
    }
  }

  /// The other products with the very same text, as one item.
  private func twins(of stored: StoredProduct) throws -> Item? {
    let twins = try store.products(text: stored.text, limit: 2)
    guard let twin = twins.first(where: { $0.ordinal != stored.ordinal }) else { return nil }
    let others = try store.productCount(text: stored.text) - 2
    var item = item(twin, score: 1, source: .content, sameText: others)
    if explains { item.evidence = [.init(sameTextScoring: 1)] }
    return item
  }

  func item(text: Int, score: Float) throws -> Item? {
    guard let product = try store.products(text: text, limit: 1).first else { return nil }
    let others = try store.productCount(text: text) - 1
    return item(product, score: score, source: .content, sameText: others)
  }

  func item(
    _ stored: StoredProduct, score: Float, source: NeighbourSource, sameText: Int = 0
  ) -> Item {
    Item(
      id: stored.product.id, title: stored.product.title, score: score, source: source.rawValue,
      brand: stored.product.brand, category: stored.product.categories.first?.last,
      variant: ProductText.variant(of: stored.product),
      sameText: sameText > 0 ? sameText : nil)
  }
}

/// Items as they fill up a list, in the order of their scores.
struct Shelf {
  private(set) var items: [SimilarProducts.Item] = []
  private var titles: Set<String> = []
  let capacity: Int
  let isDistinct: Bool

  init(capacity: Int, isDistinct: Bool) {
    self.capacity = capacity
    self.isDistinct = isDistinct
  }

  var isFull: Bool { items.count >= capacity }

  mutating func offer(_ item: SimilarProducts.Item) {
    if isDistinct && !titles.insert(item.title.lowercased()).inserted { return }
    items.append(item)
  }
}
