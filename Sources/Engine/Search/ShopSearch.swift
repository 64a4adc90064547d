public import AkinCatalogue
package import AkinRanking
package import AkinSearch
public import AkinStorage
internal import Foundation

/// The use case "find what a shopper typed".
public final class ShopSearch: Sendable {
  /// What results are found by.
  public enum Mode: String, Sendable, CaseIterable {
    /// Words; meaning adds to them where they find fewer than asked for. In the order of the shop's
    /// learned ranker, where one was trained.
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
    /// The first picture.
    public var imageLink: String?
    /// The score of its source; comparable within one answer and source only.
    public var score: Float
    /// `words`, `meaning`, `both`, or `rule` for what a rule put there.
    public var source: String
    /// The merchandiser's rules that moved it, by id; `nil` where none did.
    public var rules: [String]?
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
    /// What each of the merchandiser's rules did; `nil` where none holds.
    package var effects: [RuleEffect]?
  }

  /// Products near in meaning.
  package struct Near: Sendable {
    /// Identifiers with cosines, best first.
    package var items: [(id: String, score: Float)]
    /// Those below it are near by chance: not to be shown beside what words found.
    package var floor: Float
    /// The cosine of any product, `nil` where it has no vector.
    package var cosine: @Sendable (_ id: String) throws -> Float?

    package init(
      items: [(id: String, score: Float)], floor: Float = -.infinity,
      cosine: @escaping @Sendable (_ id: String) throws -> Float? = { _ in nil }
    ) {
      (self.items, self.floor, self.cosine) = (items, floor, cosine)
    }
  }

  /// Finds the products nearest in meaning.
  package typealias Meaning = @Sendable (_ query: String, _ count: Int) throws -> Near

  let index: SearchIndex
  let product: @Sendable (String) throws -> Product?
  let meaning: Meaning
  let judge: ShopJudge?

  /// Asks an index; `product` finds a product by its identifier, `judge` orders what was found.
  package init(
    index: SearchIndex, product: @escaping @Sendable (String) throws -> Product?,
    meaning: @escaping Meaning, judge: ShopJudge? = nil
  ) {
    self.index = index
    self.product = product
    self.meaning = meaning
    self.judge = judge
  }

  /// Asks the shop in `store`, whose index is made where it is missing or of an older catalogue.
  ///
  /// - Throws: `SearchError`, `StorageError`; ``EngineError`` `nothingToDo` for an empty shop.
  public convenience init(
    store: ShopStore, progress: any ProgressReporter = SilentProgress()
  ) throws {
    let meaning = ShopMeaning(store: store)
    self.init(
      index: try ShopIndex.open(store, progress: progress),
      product: { try store.product(id: $0)?.product },
      meaning: { try meaning.near($0, count: $1) }, judge: try ShopJudge(store: store))
  }

  /// Answers `request`, under a merchandiser's `rules`.
  ///
  /// - Throws: `SearchError`; what finding by meaning throws.
  package func search(_ request: SearchRequest, mode: Mode = .auto, rules: SearchRules? = nil)
    throws -> Result
  {
    var run = SearchRun(self, request, mode, rules)
    return try run.answer()
  }

  /// Completions of `prefix`, likeliest first.
  ///
  /// - Throws: `SearchError` `badArgument`.
  public func suggest(_ prefix: String, count: Int = 8) throws -> [String] {
    try index.suggest(prefix, count: count).map(\.text)
  }
}
