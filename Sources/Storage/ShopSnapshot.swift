public import AkinCatalogue

/// Everything a build publishes at once.
public struct ShopSnapshot: Sendable {
  /// The catalogue, in order: a product's position is its ordinal.
  public var products: [Product]
  /// The distinct texts that were encoded.
  public var texts: [String]
  /// For each product the index of its text in ``texts``.
  public var textOfProduct: [Int]
  /// For each product the number of baskets that hold it.
  public var baskets: [Int]
  /// For each *text* the nearest other texts.
  public var similar: NeighbourLists
  /// For each *product* its partners in baskets.
  public var boughtTogether: NeighbourLists
  /// For each *product* what was looked at in the same visits.
  public var viewedTogether: NeighbourLists
  /// What shoppers did; `nil` keeps what is stored.
  public var behaviour: BehaviourSnapshot?
  /// JSON documents by name: the build's summary, the quality report. Those of other names stay.
  public var records: [String: String]

  /// Creates a snapshot.
  public init(
    products: [Product], texts: [String], textOfProduct: [Int], baskets: [Int],
    similar: NeighbourLists, boughtTogether: NeighbourLists,
    viewedTogether: NeighbourLists = NeighbourLists(),
    behaviour: BehaviourSnapshot? = nil, records: [String: String]
  ) {
    self.products = products
    self.texts = texts
    self.textOfProduct = textOfProduct
    self.baskets = baskets
    self.similar = similar
    self.boughtTogether = boughtTogether
    self.viewedTogether = viewedTogether
    self.behaviour = behaviour
    self.records = records
  }
}

/// A product as it stands in the store.
public struct StoredProduct: Sendable, Equatable {
  /// Its position in the catalogue.
  public var ordinal: Int
  /// The position of its text among the distinct ones.
  public var text: Int
  /// The number of baskets that hold it.
  public var baskets: Int
  /// The product.
  public var product: Product
}

/// What baskets said of a product, by identifiers: what outlives a change of the catalogue.
public struct BasketList: Sendable, Equatable {
  /// One partner.
  public struct Partner: Sendable, Equatable {
    /// The partner's identifier.
    public var id: String
    /// The score of the pair.
    public var score: Float
  }

  /// The number of baskets that held the product.
  public var baskets: Int
  /// Its partners, best first.
  public var partners: [Partner]
}

/// Where a list of neighbours comes from.
public enum NeighbourSource: String, Sendable {
  /// Distance of the products' texts, item = a text's ordinal.
  case content
  /// The texts that have a text in their content lists, but are not in its own; item = a text's
  /// ordinal. Written with the content lists.
  case citing
  /// Shared baskets, item = a product's ordinal.
  case basket
  /// Shared visits, item = a product's ordinal.
  case viewed
  /// Shared baskets of events that came in while serving, item = a product's ordinal.
  case live
}
