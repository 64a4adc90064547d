/// One article of a shop, in the terms of Google Merchant and schema.org.
///
/// Only ``id`` and ``title`` are always there; everything else is missing until a feed says it.
/// Nothing is ever invented for a missing field.
public struct Product: Sendable, Hashable, Codable {
  /// The shop's own identifier, unique in its catalogue.
  public var id: String
  /// The name shown to shoppers, cleaned of markup.
  public var title: String
  /// The long text, cleaned of markup.
  public var description: String?
  /// The maker's brand as the shop writes it.
  public var brand: String?
  /// Paths from the widest category to the narrowest: `[["Phones", "Cases"]]`.
  public var categories: [[String]] = []
  /// The regular price.
  public var price: Price?
  /// The price while a sale lasts.
  public var salePrice: Price?
  /// Global trade item number (EAN, UPC, ISBN), digits only.
  public var gtin: String?
  /// The maker's part number.
  public var mpn: String?
  /// Shared by the variants of one product (`item_group_id`).
  public var itemGroup: String?
  /// The product's page.
  public var link: String?
  /// Addresses of pictures, the main one first.
  public var imageLinks: [String] = []
  /// Whether the product can be bought now.
  public var availability: Availability?
  /// BCP 47 code of the texts' language, as the feed says it or as detected (`zh`, `en`).
  public var language: String?
  /// Everything else, in the feed's order, values typed.
  public var attributes: [Attribute] = []

  /// Creates a product with the two fields that are never missing.
  public init(id: String, title: String) {
    self.id = id
    self.title = title
  }
}

/// An amount of money.
///
/// A binary float, because prices are compared as ratios here and never added up for accounting.
public struct Price: Sendable, Hashable, Codable {
  /// In units of the currency (dollars, not cents), never negative.
  public var amount: Double
  /// ISO 4217 code, `nil` where the feed names none.
  public var currency: String?

  /// Creates a price.
  public init(amount: Double, currency: String? = nil) {
    self.amount = amount
    self.currency = currency
  }
}

/// Stock state, with the values of Google Merchant.
public enum Availability: String, Sendable, Hashable, Codable, CaseIterable {
  case inStock = "in_stock"
  case outOfStock = "out_of_stock"
  case preorder
  case backorder
}

/// A measured amount, converted to its dimension's base unit so that `0.5 kg` equals `500克`.
public struct Quantity: Sendable, Hashable, Codable {
  /// What is measured. Raw values are stored, so they never change.
  public enum Dimension: String, Sendable, Hashable, Codable, CaseIterable {
    /// grams
    case mass
    /// millilitres
    case volume
    /// millimetres
    case length
    /// square millimetres
    case area
    /// bytes, decimal multiples as shops write them
    case storage
    /// watts
    case power
    /// watt-hours
    case energy
    /// milliampere-hours
    case charge
    /// volts
    case voltage
    /// hertz
    case frequency
    /// pieces in a pack
    case count
    /// pixels
    case pixels
    /// seconds
    case time
  }

  /// In the dimension's base unit.
  public var value: Double
  /// What is measured.
  public var dimension: Dimension
  /// As written in the source: `0.5 kg`.
  public var written: String

  /// Creates a quantity from its base value.
  public init(value: Double, dimension: Dimension, written: String) {
    self.value = value
    self.dimension = dimension
    self.written = written
  }
}
