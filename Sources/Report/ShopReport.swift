public import AkinCatalogue

/// What a shop's page shows: figures, sample products with their neighbours, scores, a map and
/// the state of the data.
///
/// The value is complete: ``ReportPage`` adds nothing, reads no clock and opens no file, so the
/// same report always gives the same bytes.
public struct ShopReport: Sendable, Hashable, Codable {
  /// The shop's name, as its owner writes it.
  public var shop: String
  /// When the report was made, in seconds since 1970-01-01 UTC; `nil` leaves the date out.
  public var generated: Double?
  /// When the shop was built, in seconds since 1970-01-01 UTC; `nil` leaves the date out.
  public var built: Double?
  /// The key figures.
  public var counts = ReportCounts()
  /// The text encoder behind the content scores.
  public var model: ReportModel?
  /// The state of the data; `nil` leaves the section out.
  public var quality: QualityReport?
  /// Products with what is near them, in the order in which they are shown.
  public var samples: [SampleProduct] = []
  /// Scores of each product's nearest neighbour by content.
  public var contentScores: Histogram?
  /// Scores of each product's nearest neighbour by baskets.
  public var basketScores: Histogram?
  /// The catalogue in two dimensions.
  public var map: ProductMap?
  /// What the build spent its time on, in order.
  public var timings: [BuildTiming] = []

  /// Creates an empty report.
  public init(shop: String, generated: Double? = nil) {
    self.shop = shop
    self.generated = generated
  }
}

/// The key figures of a shop. A `nil` figure is left out of the page; a zero is shown.
public struct ReportCounts: Sendable, Hashable, Codable {
  /// Products in the catalogue, after cleaning.
  public var products = 0
  /// Events read.
  public var events = 0
  /// Orders or baskets among the events.
  public var baskets: Int?
  /// Distinct shoppers among the events.
  public var shoppers: Int?
  /// Distinct brands.
  public var brands: Int?
  /// Distinct category paths.
  public var categories: Int?
  /// Products that have at least one "bought together" neighbour.
  public var productsWithBaskets: Int?

  /// Creates figures of an empty shop.
  public init() {}
}

/// The text encoder that a shop was built with.
public struct ReportModel: Sendable, Hashable, Codable {
  /// Its name: `multilingual-e5-small`.
  public var name: String
  /// Length of its vectors.
  public var dimension: Int?
  /// How it ran: `bf16 on cpu`.
  public var execution: String?

  /// Creates a description.
  public init(name: String, dimension: Int? = nil, execution: String? = nil) {
    self.name = name
    self.dimension = dimension
    self.execution = execution
  }
}

/// One product with its neighbours of both kinds and by type, best first.
public struct SampleProduct: Sendable, Hashable, Codable {
  /// The product.
  public var product: ProductFace
  /// Alike by content.
  public var similar: [ReportNeighbour]
  /// Bought together with it.
  public var boughtTogether: [ReportNeighbour]
  /// By type of relation: what is the same, a variant, a substitute, a complement of it.
  public var relations: [ReportRelation]

  /// Creates a sample.
  public init(
    product: ProductFace, similar: [ReportNeighbour], boughtTogether: [ReportNeighbour],
    relations: [ReportRelation] = []
  ) {
    self.product = product
    self.similar = similar
    self.boughtTogether = boughtTogether
    self.relations = relations
  }
}

/// The products that are of one type of relation to a sample, the likeliest first.
public struct ReportRelation: Sendable, Hashable, Codable {
  /// One product.
  public struct Entry: Sendable, Hashable, Codable {
    /// The product.
    public var product: ProductFace
    /// How likely it is of the type, 0 … 1.
    public var probability: Double
    /// The evidence, the weightiest first.
    public var evidence: [Part]

    /// Creates an entry.
    public init(product: ProductFace, probability: Double, evidence: [Part]) {
      self.product = product
      self.probability = probability
      self.evidence = evidence
    }
  }

  /// One part of the evidence.
  public struct Part: Sendable, Hashable, Codable {
    /// Where it comes from: `text`, `attributes`, `behaviour` …
    public var source: String
    /// What it adds to the logarithm of the odds.
    public var contribution: Double
    /// What was seen.
    public var detail: [String]

    /// Creates a part.
    public init(source: String, contribution: Double, detail: [String]) {
      self.source = source
      self.contribution = contribution
      self.detail = detail
    }
  }

  /// `same`, `variant`, `substitute` or `complement`.
  public var type: String
  /// Its products.
  public var entries: [Entry]

  /// Creates a list.
  public init(type: String, entries: [Entry]) {
    self.type = type
    self.entries = entries
  }
}

/// A product beside another one.
public struct ReportNeighbour: Sendable, Hashable, Codable {
  /// The neighbour.
  public var product: ProductFace
  /// Its score in its list, normally 0 … 1.
  public var score: Double

  /// Creates a neighbour.
  public init(product: ProductFace, score: Double) {
    self.product = product
    self.score = score
  }
}

/// What the page shows of one product.
public struct ProductFace: Sendable, Hashable, Codable {
  /// The shop's identifier.
  public var id: String
  /// The name.
  public var title: String
  /// The brand.
  public var brand: String?
  /// The first category path, widest first.
  public var category: [String] = []
  /// The price that a shopper pays.
  public var price: Price?
  /// What tells it from others of its title: `128GB, black`.
  public var variant: String?
  /// The long text; the page cuts it.
  public var description: String?
  /// BCP 47 code of the texts, which chooses the right form of Chinese characters.
  public var language: String?

  /// Creates a face with what every product has.
  public init(id: String, title: String) {
    self.id = id
    self.title = title
  }

  /// Creates the face of a catalogue's product: the first category, the sale price before the
  /// regular one.
  public init(_ product: Product) {
    self.init(id: product.id, title: product.title)
    brand = product.brand
    category = product.categories.first ?? []
    price = product.salePrice ?? product.price
    description = product.description
    language = product.language
  }
}

/// A step of the build.
public struct BuildTiming: Sendable, Hashable, Codable {
  /// What was done: `encode`.
  public var step: String
  /// How long it took.
  public var seconds: Double
  /// How much was done: `92,331 titles`.
  public var detail: String?

  /// Creates a timing.
  public init(step: String, seconds: Double, detail: String? = nil) {
    self.step = step
    self.seconds = seconds
    self.detail = detail
  }
}
