public import AkinCatalogue

/// A product as rules see it.
public struct RuleProduct: Sendable, Equatable {
  /// Its ordinal in the catalogue.
  public var item: Int
  /// The product.
  public var product: Product

  /// Creates it.
  public init(item: Int, product: Product) {
    self.item = item
    self.product = product
  }

  /// The price that a shopper pays.
  var price: Double? { (product.salePrice ?? product.price)?.amount }

  /// A number among the attributes.
  func number(_ attribute: String) -> Double? {
    for entry in product.attributes where entry.name.caseInsensitiveEquals(attribute) {
      switch entry.value {
      case .number(let number): return number
      case .quantity(let quantity): return quantity.value
      case .text(let text): return Double(text)
      case .boolean, .list: return nil
      }
    }
    return nil
  }
}

/// A product of a list, with what rules did to it.
public struct RuleItem: Sendable, Equatable {
  /// The product.
  public var subject: RuleProduct
  /// Larger is better.
  public var score: Float
  /// The rules that moved it, by id.
  public var rules: [String] = []

  /// Creates it.
  public init(_ subject: RuleProduct, score: Float) {
    self.subject = subject
    self.score = score
  }
}

/// What a rule did to a list.
public struct RuleEffect: Sendable, Equatable, Codable {
  /// The rule.
  public var rule: String
  /// What people call it.
  public var name: String
  /// What it did: `pinned`, `boosted`, `lifted`, `buried`, `hid`, `spread`.
  public var did: String
  /// How many products that touched.
  public var count: Int
  /// The first of them.
  public var products: [String]

  /// Products that an effect names.
  static let named = 20

  init(_ rule: Rule, _ did: String) {
    self.rule = rule.id
    name = rule.name
    self.did = did
    count = 0
    products = []
  }

  /// What a rule did to `products`.
  public init(_ rule: Rule, _ did: String, products: [String]) {
    self.init(rule, did)
    for id in products { add(id) }
  }

  mutating func add(_ id: String) {
    count += 1
    if products.count < Self.named { products.append(id) }
  }
}
