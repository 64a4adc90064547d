/// The state of a shop's data, as far as a page shows it.
///
/// Lists of examples may be cut by whoever fills them; the counts beside them are of everything.
public struct QualitySummary: Sendable, Hashable, Codable {
  /// Rows read from all product sources.
  public var rows = 0
  /// Rows refused.
  public var rejected = 0
  /// Rows that repeated an identifier; the later one won.
  public var exactDuplicates = 0
  /// Pairs or groups of products that look like one and the same.
  public var nearDuplicates = 0
  /// Files read, in order.
  public var sources: [Source] = []
  /// How often each field has a value.
  public var fields: [Field] = []
  /// Examples of near duplicates.
  public var duplicateExamples: [Duplicate] = []
  /// Products whose price is far from the others of their category.
  public var outliers: [PriceRemark] = []
  /// How many outliers there are, where ``outliers`` holds examples only.
  public var outlierCount: Int?
  /// Products whose price is unlikely in itself (zero, 9999, sale above regular …).
  public var suspiciousPrices: [PriceRemark] = []
  /// How many there are, where ``suspiciousPrices`` holds examples only.
  public var suspiciousCount: Int?
  /// Products a language, BCP 47 code first.
  public var languages: [Share] = []
  /// Refused rows a reason.
  public var rejects: [Share] = []

  /// Creates an empty summary.
  public init() {}

  /// One file.
  public struct Source: Sendable, Hashable, Codable {
    /// The file's name, without its folder.
    public var name: String
    /// What it was read as: `csv, gzip, GB18030`.
    public var format: String?
    /// Rows read.
    public var rows: Int
    /// Rows refused.
    public var rejected: Int

    /// Creates a source.
    public init(name: String, format: String? = nil, rows: Int, rejected: Int = 0) {
      self.name = name
      self.format = format
      self.rows = rows
      self.rejected = rejected
    }
  }

  /// How often a field has a value.
  public struct Field: Sendable, Hashable, Codable {
    /// The field: `brand`.
    public var name: String
    /// Products that have a value.
    public var filled: Int
    /// All products.
    public var total: Int

    /// Creates a fill rate.
    public init(name: String, filled: Int, total: Int) {
      self.name = name
      self.filled = filled
      self.total = total
    }
  }

  /// A count under a name.
  public struct Share: Sendable, Hashable, Codable {
    /// What was counted.
    public var name: String
    /// How many.
    public var count: Int

    /// Creates a count.
    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// Products that look like one and the same.
  public struct Duplicate: Sendable, Hashable, Codable {
    /// The products, at least two.
    public var products: [ProductFace]
    /// How alike, 0 … 1, where measured.
    public var score: Double?
    /// Why they were put together.
    public var reason: String?

    /// Creates a group.
    public init(products: [ProductFace], score: Double? = nil, reason: String? = nil) {
      self.products = products
      self.score = score
      self.reason = reason
    }
  }

  /// A remark on a price.
  public struct PriceRemark: Sendable, Hashable, Codable {
    /// The product, with its price.
    public var product: ProductFace
    /// What is remarkable, in words.
    public var reason: String
    /// The category's usual price, where the remark compares with it.
    public var usual: Double?

    /// Creates a remark.
    public init(product: ProductFace, reason: String, usual: Double? = nil) {
      self.product = product
      self.reason = reason
      self.usual = usual
    }
  }
}
