public import AkinCatalogue

/// Which products may be shown. All conditions that are given must hold.
public struct ProductFilter: Sendable, Equatable, Codable {
  /// Bounds of an amount of money, both included.
  public struct PriceBand: Sendable, Equatable, Codable {
    /// The least amount.
    public var min: Double?
    /// The largest amount.
    public var max: Double?

    /// Creates a band.
    public init(min: Double? = nil, max: Double? = nil) {
      self.min = min
      self.max = max
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case min, max }

    /// Reads a band; other members are an error.
    public init(from decoder: any Decoder) throws {
      try decoder.refuseMembers(beyond: CodingKeys.self)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      min = try members.decodeIfPresent(Double.self, forKey: .min)
      max = try members.decodeIfPresent(Double.self, forKey: .max)
    }
  }

  /// One of these brands, without regard to case.
  public var brand: [String]?
  /// One of these categories, at any level, without regard to case.
  public var category: [String]?
  /// The price a shopper pays: the sale price where there is one.
  public var price: PriceBand?
  /// One of these stock states; a product that names none counts as in stock.
  public var availability: [Availability]?
  /// For each attribute one of these values as written, without regard to case.
  public var attributes: [String: [String]]?
  /// One of these identifiers.
  public var id: [String]?

  /// Lets everything through.
  public init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case brand, category, price, availability, attributes, id
  }

  /// Reads a filter; a condition that is not known is an error, because it would not filter.
  public init(from decoder: any Decoder) throws {
    try decoder.refuseMembers(beyond: CodingKeys.self)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    brand = try members.decodeIfPresent([String].self, forKey: .brand)
    category = try members.decodeIfPresent([String].self, forKey: .category)
    price = try members.decodeIfPresent(PriceBand.self, forKey: .price)
    availability = try members.decodeIfPresent([Availability].self, forKey: .availability)
    attributes = try members.decodeIfPresent([String: [String]].self, forKey: .attributes)
    id = try members.decodeIfPresent([String].self, forKey: .id)
  }

  /// Whether nothing is asked.
  public var isEmpty: Bool { self == ProductFilter() }

  /// Whether `product` may be shown. O(size of the product and of the filter).
  public func matches(_ product: Product) -> Bool { refusal(of: product) == nil }

  /// The first condition that `product` does not meet, by its name; `nil` where it meets all.
  public func refusal(of product: Product) -> String? {
    if let id, !id.contains(product.id) { return "id" }
    if let brand, !Self.holds(brand, product.brand) { return "brand" }
    if let category,
      !product.categories.contains(where: { $0.contains { Self.holds(category, $0) } })
    {
      return "category"
    }
    if let price, !price.contains(product.salePrice ?? product.price) { return "price" }
    if let availability, !availability.contains(product.availability ?? .inStock) {
      return "availability"
    }
    for (name, values) in attributes ?? [:] {
      let found = product.attributes.contains { attribute in
        attribute.name.caseInsensitiveEquals(name)
          && attribute.value.written.contains { Self.holds(values, $0) }
      }
      if !found { return "attributes.\(name)" }
    }
    return nil
  }

  private static func holds(_ wanted: [String], _ value: String?) -> Bool {
    guard let value else { return false }
    return wanted.contains { $0.caseInsensitiveEquals(value) }
  }
}

extension ProductFilter.PriceBand {
  /// A product without a price is in no band.
  func contains(_ price: Price?) -> Bool {
    guard let amount = price?.amount else { return false }
    return amount >= (min ?? -.infinity) && amount <= (max ?? .infinity)
  }
}

extension String {
  /// Equality without regard to case; equal bytes are settled first.
  func caseInsensitiveEquals(_ other: String) -> Bool {
    self == other || lowercased() == other.lowercased()
  }
}

extension AttributeValue {
  /// The value as a shop writes it, for a list each of its values.
  var written: [String] {
    switch self {
    case .text(let text): [text]
    case .number(let number): [NumberText.write(number)]
    case .quantity(let quantity): [quantity.written]
    case .boolean(let flag): [flag ? "true" : "false"]
    case .list(let values): values
    }
  }
}
