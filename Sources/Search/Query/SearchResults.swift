/// The answer to a ``SearchRequest``.
public struct SearchResults: Sendable, Codable, Equatable {
  /// One product.
  public struct Hit: Sendable, Codable, Equatable {
    /// The product's identifier.
    public var id: String
    /// Its title.
    public var title: String
    /// BM25F with its boosts, larger is better; comparable within one answer only.
    public var score: Float
    /// The price, `nil` where there is none.
    public var price: Double?
    /// Where the query's words stand in the title, in UTF-8 bytes, ascending and apart.
    public var highlights: [Range<Int>]
    /// Share of the query's words that the product has.
    public var coverage: Float
  }

  /// A value of a facet with its number of products.
  public struct FacetValue: Sendable, Codable, Equatable {
    /// The value as shops write it; for prices `10..20`.
    public var value: String
    /// Products among the results that have it.
    public var count: Int
  }

  /// How the query was understood.
  public var understood: Understanding
  /// The products, best first.
  public var hits: [Hit]
  /// All products that match, beyond those listed.
  public var total: Int
  /// Of each asked field its most frequent values.
  public var facets: [String: [FacetValue]]
  /// For the next page; `nil` where this is the last.
  public var cursor: String?
}

extension SearchResults {
  /// Of nothing that was looked for.
  package static var none: SearchResults {
    SearchResults(understood: Understanding(), hits: [], total: 0, facets: [:], cursor: nil)
  }
}

/// What was read out of a query.
public struct Understanding: Sendable, Codable, Equatable {
  /// A word that was replaced.
  public struct Correction: Sendable, Codable, Equatable {
    /// As typed.
    public var from: String
    /// As looked for.
    public var to: String
  }

  /// Words that are names of brands.
  public var brands: [String] = []
  /// Words that are names of categories.
  public var categories: [String] = []
  /// Words that are colours.
  public var colours: [String] = []
  /// Amounts with units, as typed.
  public var sizes: [String] = []
  /// Lowest price wanted.
  public var minimumPrice: Double?
  /// Highest price wanted.
  public var maximumPrice: Double?
  /// ISO 4217 code, where the query names a currency.
  public var currency: String?
  /// What must not be there.
  public var excluded: [String] = []
  /// Misspelt words and Chinese in Latin letters.
  public var corrections: [Correction] = []
  /// The query with its corrections, `nil` where there are none.
  public var suggestion: String?
  /// Conditions that were given up because no product met all of them.
  public var relaxed: [String] = []
  /// Whether the query was too long and only its beginning was used.
  public var isTruncated = false

  /// Nothing yet.
  public init() {}
}
