/// Something a shopper did with one product.
///
/// A purchase of three products is three events that share ``transaction``.
public struct Event: Sendable, Hashable, Codable {
  /// The sender's identifier; two events with the same one are the same event.
  public var id: String?
  /// What was done.
  public var type: EventType
  /// A browser or device, known before any login.
  public var visitor: String?
  /// A known customer.
  public var user: String?
  /// One visit.
  public var session: String?
  /// One order or basket.
  public var transaction: String?
  /// Seconds since 1970-01-01 UTC; `nil` where the log has no time.
  public var time: Double?
  /// The product's ``Product/id``.
  public var product: String
  /// Pieces, 1 where the log does not say.
  public var quantity: Double = 1
  /// Price of one piece.
  public var price: Price?

  /// What a list of recommendations was handed out with, brought back by the click on it.
  public var attribution: String?

  /// Creates an event of one product.
  public init(type: EventType, product: String) {
    self.type = type
    self.product = product
  }
}

/// What a shopper did, under GA4's names.
public enum EventType: String, Sendable, Hashable, Codable, CaseIterable {
  case viewItemList = "view_item_list"
  case selectItem = "select_item"
  case viewItem = "view_item"
  case addToWishlist = "add_to_wishlist"
  case addToCart = "add_to_cart"
  case removeFromCart = "remove_from_cart"
  case beginCheckout = "begin_checkout"
  case purchase
  case refund
  case search
}
