/// What is asked of an index.
public struct SearchRequest: Sendable, Hashable {
  /// What the shopper typed.
  public var query: String
  /// Conditions that every result meets.
  public var filters: [SearchFilter] = []
  /// The order of the results.
  public var sort: Sort = .relevance
  /// Results wanted, 1 to 1,000.
  public var count = 10
  /// Where the page before ended: ``SearchResults/cursor``.
  public var cursor: String?
  /// Fields to count the values of, such as `brand`, `category`, `price`, `colour`.
  public var facets: [String] = []
  /// Values listed of each facet.
  public var facetValues = 10
  /// Whether hits say where the query's words stand in their titles.
  public var highlights = true
  /// Whether the query's words may become conditions on price, brand …, may be corrected, and may
  /// be left out where nothing has them all. Without it every word must be there as it stands.
  public var understands = true

  /// Asks for `query`.
  public init(_ query: String) { self.query = query }

  /// An order of results.
  public enum Sort: String, Sendable, Hashable, CaseIterable {
    case relevance
    case priceAscending = "price"
    case priceDescending = "-price"
    case popularity
  }
}

/// A condition on products.
public enum SearchFilter: Sendable, Hashable {
  /// The field has one of the values; names of several scripts and spellings are one.
  case value(field: String, anyOf: [String])
  /// The price lies in the range; `nil` is open.
  case price(minimum: Double?, maximum: Double?)

  /// Reads `brand=Apple|苹果`, `category=Phones`, `price=10..50`, `price=..50`, `price=10..`.
  ///
  /// - Throws: ``SearchError`` `badFilter`.
  public init(parsing text: String) throws(SearchError) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw SearchError(
        .badFilter, "a filter is field=value, such as brand=Apple or price=10..50")
    }
    let field = String(text[..<equals]).lowercased()
    let value = String(text[text.index(after: equals)...])
    guard field != "price" else {
      self = try Self.price(parsing: value)
      return
    }
    let values = value.split(separator: "|").map(String.init)
      .filter { $0.contains { !$0.isWhitespace } }
    guard !values.isEmpty else {
      throw SearchError(.badFilter, "the filter on '\(field)' names no value; write \(field)=value")
    }
    self = .value(field: field, anyOf: values)
  }

  private static func price(parsing text: String) throws(SearchError) -> SearchFilter {
    let malformed = SearchError(
      .badFilter, "a price filter is price=10..50, price=..50 or price=10..")
    let parts = text.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw malformed }
    func number(_ part: Substring) throws(SearchError) -> Double? {
      guard !part.isEmpty else { return nil }
      guard let number = Double(part), number.isFinite, number >= 0 else { throw malformed }
      return number
    }
    let (low, high) = (try number(parts[0]), try number(parts[1]))
    guard low != nil || high != nil, (low ?? 0) <= (high ?? .infinity) else { throw malformed }
    return .price(minimum: low, maximum: high)
  }
}
