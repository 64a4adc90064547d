/// What a rule does to a list.
public enum RuleAction: Sendable, Equatable {
  /// Puts products at places of their own, the first at `position`, counted from 1.
  case pin(products: [String], position: Int)
  /// Multiplies the scores of matching products.
  case boost(match: ProductFilter, factor: Double)
  /// Raises scores by a number among the products' attributes, such as a margin: the largest of
  /// the list by the factor `1 + weight`, the least by 1.
  case lift(attribute: String, weight: Double)
  /// Moves matching products behind all others.
  case bury(match: ProductFilter)
  /// Never shows matching products.
  case hide(match: ProductFilter)
  /// Shows matching products only.
  case keep(match: ProductFilter)
  /// Makes the list varied.
  case diversify(Diversity)
  /// Shows only products whose price is between these multiples of the subject's.
  case priceBand(least: Double?, most: Double?)
  /// What becomes of products that cannot be bought now.
  case stock(outOfStock: StockTreatment)

  /// What becomes of products that are out of stock.
  public enum StockTreatment: String, Sendable, Codable, CaseIterable {
    case hide, bury
  }
}

/// How varied a list is.
public struct Diversity: Sendable, Equatable {
  /// The weight of relevance against variety, 0 to 1, as λ in maximal marginal relevance;
  /// `nil` leaves the order.
  public var relevance: Double?
  /// The most products of one brand.
  public var perBrand: Int?
  /// The most products of one narrowest category.
  public var perCategory: Int?

  /// Creates it.
  public init(relevance: Double? = nil, perBrand: Int? = nil, perCategory: Int? = nil) {
    self.relevance = relevance
    self.perBrand = perBrand
    self.perCategory = perCategory
  }
}

extension RuleAction: Codable {
  private enum CodingKeys: String, CodingKey {
    case type, products, position, match, factor, attribute, weight, relevance, perBrand
    case perCategory, least, most, outOfStock
  }

  /// The names of the actions in JSON.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case pin, boost, lift, bury, hide, keep, diversify
    case priceBand = "price_band"
    case stock
  }

  /// The action's name in JSON.
  public var kind: Kind {
    switch self {
    case .pin: .pin
    case .boost: .boost
    case .lift: .lift
    case .bury: .bury
    case .hide: .hide
    case .keep: .keep
    case .diversify: .diversify
    case .priceBand: .priceBand
    case .stock: .stock
    }
  }

  /// Reads `{"type": "boost", "match": {…}, "factor": 2}`.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func match() throws -> ProductFilter { try members.decode(ProductFilter.self, forKey: .match) }
    func number(_ key: CodingKeys) throws -> Double { try members.decode(Double.self, forKey: key) }
    switch try members.decode(Kind.self, forKey: .type) {
    case .pin:
      self = .pin(
        products: try members.decode([String].self, forKey: .products),
        position: try members.decodeIfPresent(Int.self, forKey: .position) ?? 1)
    case .boost: self = .boost(match: try match(), factor: try number(.factor))
    case .lift:
      self = .lift(
        attribute: try members.decode(String.self, forKey: .attribute), weight: try number(.weight))
    case .bury: self = .bury(match: try match())
    case .hide: self = .hide(match: try match())
    case .keep: self = .keep(match: try match())
    case .diversify:
      self = .diversify(
        Diversity(
          relevance: try members.decodeIfPresent(Double.self, forKey: .relevance),
          perBrand: try members.decodeIfPresent(Int.self, forKey: .perBrand),
          perCategory: try members.decodeIfPresent(Int.self, forKey: .perCategory)))
    case .priceBand:
      self = .priceBand(
        least: try members.decodeIfPresent(Double.self, forKey: .least),
        most: try members.decodeIfPresent(Double.self, forKey: .most))
    case .stock:
      self = .stock(outOfStock: try members.decode(StockTreatment.self, forKey: .outOfStock))
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(kind, forKey: .type)
    switch self {
    case .pin(let products, let position):
      try members.encode(products, forKey: .products)
      try members.encode(position, forKey: .position)
    case .boost(let match, let factor):
      try members.encode(match, forKey: .match)
      try members.encode(factor, forKey: .factor)
    case .lift(let attribute, let weight):
      try members.encode(attribute, forKey: .attribute)
      try members.encode(weight, forKey: .weight)
    case .bury(let match), .hide(let match), .keep(let match):
      try members.encode(match, forKey: .match)
    case .diversify(let diversity):
      try members.encodeIfPresent(diversity.relevance, forKey: .relevance)
      try members.encodeIfPresent(diversity.perBrand, forKey: .perBrand)
      try members.encodeIfPresent(diversity.perCategory, forKey: .perCategory)
    case .priceBand(let least, let most):
      try members.encodeIfPresent(least, forKey: .least)
      try members.encodeIfPresent(most, forKey: .most)
    case .stock(let treatment): try members.encode(treatment, forKey: .outOfStock)
    }
  }
}
