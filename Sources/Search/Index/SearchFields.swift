/// The parts of a product that words are looked for in.
public struct SearchFields: OptionSet, Sendable, Hashable {
  /// One bit a field, five in all.
  public var rawValue: UInt32

  /// Creates a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The name shown to shoppers.
  public static let title = SearchFields(rawValue: 1)
  /// The maker's brand.
  public static let brand = SearchFields(rawValue: 2)
  /// All levels of all categories.
  public static let category = SearchFields(rawValue: 4)
  /// Attribute values, the part number, the bar code, the identifier.
  public static let attributes = SearchFields(rawValue: 8)
  /// The long text.
  public static let description = SearchFields(rawValue: 16)
  /// All of them.
  public static let all = SearchFields(rawValue: 31)
  /// All but the description: what a product is, not what is said about it.
  public static let naming: SearchFields = [.title, .brand, .category, .attributes]

  /// The fields in the order of their bits.
  static let count = 5
}

/// How a word's weight in a product is computed: BM25F.
///
/// weight = k₁-saturated Σ over fields of boost · frequency / (1 − b + b · length / mean length).
///
/// S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
public struct FieldWeighting: Sendable, Hashable, Codable {
  /// Boost of each field, in the order of ``SearchFields``.
  public var boosts: [Float] = [3, 2.5, 1.5, 1.2, 0.6]
  /// Length normalisation of each field, 0 to 1.
  public var lengthNormalisation: [Float] = [0.5, 0.3, 0.3, 0.3, 0.75]
  /// Saturation.
  public var k1: Float = 1.2

  /// Weights chosen on judged shopping queries; see docs/benchmarks/search.md.
  public init() {}
}
