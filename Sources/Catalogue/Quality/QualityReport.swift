/// The state of an imported catalogue: what is there, what is missing, what looks wrong.
///
/// Counts are over the products that were kept (a product that a later row replaced counts once,
/// with its last values), except those of ``files``, which are over rows. The JSON form has the
/// property names in snake case as keys and no `null`s.
public struct QualityReport: Codable, Sendable, Hashable {
  /// One source file.
  public struct File: Codable, Sendable, Hashable {
    /// The name.
    public var name: String
    /// `csv`, `jsonl`, `parquet` …
    public var format: String
    /// The text encoding found, where the format has one.
    public var encoding: String?
    /// Rows read, refused ones included.
    public var rows: Int
    /// Rows that became a product (or replaced one).
    public var products: Int
    /// Refused rows by reason (``RejectReason``).
    public var rejects: [String: Int]
    /// What each column was taken for: `title`, `categories[0]`, `attribute colour`, `ignored`.
    public var mapping: [Column]
  }

  /// A column and what it was taken for.
  public struct Column: Codable, Sendable, Hashable {
    /// The column, as the feed names it.
    public var column: String
    /// What it was taken for.
    public var role: String
  }

  /// How many products have a field or attribute.
  public struct Fill: Codable, Sendable, Hashable {
    /// The name.
    public var name: String
    /// Products it concerns.
    public var products: Int
    /// `products` of all, 0 to 1.
    public var share: Double
  }

  /// A product named as an example.
  public struct Example: Codable, Sendable, Hashable {
    /// The identifier.
    public var id: String
    /// The title.
    public var title: String
    /// What is odd about it, in words.
    public var note: String?
  }

  /// A group of products that are probably one.
  public struct DuplicateGroup: Codable, Sendable, Hashable {
    /// Products in the group.
    public var size: Int
    /// The first five.
    public var examples: [Example]
  }

  /// Something odd that was counted but refused nothing.
  public struct Finding: Codable, Sendable, Hashable {
    /// Name for programs: `bad_gtin`, `price_zero` …
    public var kind: String
    /// In words, for people.
    public var label: String
    /// Products it concerns.
    public var products: Int
    /// At most five.
    public var examples: [Example]
  }

  /// A value and how many products have it.
  public struct Count: Codable, Sendable, Hashable {
    /// The name.
    public var name: String
    /// Products it concerns.
    public var products: Int
  }

  /// Lengths of titles in characters.
  public struct TitleLengths: Codable, Sendable, Hashable {
    /// The shortest.
    public var shortest = 0
    /// The median.
    public var median = 0
    /// The arithmetic mean, to one decimal.
    public var mean = 0.0
    /// The longest.
    public var longest = 0
  }

  /// The files, in the order read.
  public var files: [File] = []
  /// Products it concerns.
  public var products = 0
  /// Rows whose identifier had been read before; the later one won.
  public var exactDuplicates = 0
  /// At most five of them.
  public var exactDuplicateExamples: [Example] = []
  /// All groups of near duplicates are counted, the twenty largest listed.
  public var nearDuplicateGroups = 0
  /// Products in those groups.
  public var nearDuplicateProducts = 0
  /// The twenty largest groups.
  public var nearDuplicates: [DuplicateGroup] = []
  /// Fields of ``Product`` in its order, `id` and `title` included.
  public var fields: [Fill] = []
  /// Attributes, the commonest first, at most 100.
  public var attributes: [Fill] = []
  /// Different attribute names in all.
  public var attributeNames = 0
  /// Most products first; products whose language is unknown are not listed.
  public var languages: [Count] = []
  /// Full paths joined by ` > `, most products first, at most 50.
  public var categories: [Count] = []
  /// Different category paths in all.
  public var categoryPaths = 0
  /// Currencies of the prices, most products first.
  public var currencies: [Count] = []
  /// Lengths of titles.
  public var titleLengths = TitleLengths()
  /// What looks wrong, the most frequent first.
  public var findings: [Finding] = []

  enum CodingKeys: String, CodingKey {
    case files, products, languages, categories, currencies, findings, fields, attributes
    case exactDuplicates = "exact_duplicates"
    case exactDuplicateExamples = "exact_duplicate_examples"
    case nearDuplicateGroups = "near_duplicate_groups"
    case nearDuplicateProducts = "near_duplicate_products"
    case nearDuplicates = "near_duplicates"
    case attributeNames = "attribute_names"
    case categoryPaths = "category_paths"
    case titleLengths = "title_lengths"
  }

  /// An empty report.
  public init() {}

  /// Refused rows of all files.
  public var refusedRows: Int { files.reduce(0) { $0 + $1.rejects.values.reduce(0, +) } }
}
