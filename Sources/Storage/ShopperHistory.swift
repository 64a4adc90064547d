public import AkinCatalogue
internal import Foundation

/// What one shopper did, oldest first: the behaviour that recommenders learn from.
public struct ShopperHistory: Sendable, Equatable {
  /// One deed.
  public struct Entry: Sendable, Equatable {
    /// The product, by its number in ``BehaviourSnapshot/products``.
    public var product: Int32
    /// What was done.
    public var type: EventType
    /// Seconds since 1970-01-01 UTC; `nil` where the log had no time.
    public var time: Double?

    /// Creates an entry.
    public init(product: Int32, type: EventType, time: Double?) {
      self.product = product
      self.type = type
      self.time = time
    }
  }

  /// Whose history it is.
  public var name: ShopperName
  /// The deeds, oldest first.
  public var entries: [Entry]

  /// Creates a history.
  public init(name: ShopperName, entries: [Entry]) {
    self.name = name
    self.entries = entries
  }
}

/// All behaviour that a build read, kept under identifiers so that it outlives a new catalogue.
public struct BehaviourSnapshot: Sendable, Equatable {
  /// The identifiers of the products that the histories name by number. The catalogue need not
  /// have all of them.
  public var products: [String]
  /// One history a shopper.
  public var histories: [ShopperHistory]

  /// Creates a snapshot.
  public init(products: [String] = [], histories: [ShopperHistory] = []) {
    self.products = products
    self.histories = histories
  }
}

/// Histories as bytes: for each entry an Int32 number, a Float64 time (NaN where unknown) and one
/// byte for the type, little-endian: 13 bytes.
enum HistoryBlob {
  private static let size = 13

  static func encode(_ entries: [ShopperHistory.Entry]) -> Data {
    var bytes = Data(capacity: entries.count * size)
    for entry in entries {
      withUnsafeBytes(of: entry.product.littleEndian) { bytes.append(contentsOf: $0) }
      let time = (entry.time ?? .nan).bitPattern.littleEndian
      withUnsafeBytes(of: time) { bytes.append(contentsOf: $0) }
      bytes.append(code(of: entry.type))
    }
    return bytes
  }

  /// - Returns: `nil` for bytes that are no history.
  static func decode(_ bytes: Data) -> [ShopperHistory.Entry]? {
    guard bytes.count.isMultiple(of: size) else { return nil }
    return bytes.withUnsafeBytes { bytes in
      var entries: [ShopperHistory.Entry] = []
      entries.reserveCapacity(bytes.count / size)
      for start in stride(from: 0, to: bytes.count, by: size) {
        guard let type = type(of: bytes[start + 12]) else { return nil }
        let bits = bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt64.self)
        let time = Double(bitPattern: UInt64(littleEndian: bits))
        entries.append(
          ShopperHistory.Entry(
            product: Int32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int32.self)),
            type: type, time: time.isNaN ? nil : time))
      }
      return entries
    }
  }

  /// The order is the file format: new types go to the end.
  private static let types: [EventType] = [
    .viewItemList, .selectItem, .viewItem, .addToWishlist, .addToCart, .removeFromCart,
    .beginCheckout, .purchase, .refund, .search,
  ]

  private static func type(of code: UInt8) -> EventType? {
    types.indices.contains(Int(code)) ? types[Int(code)] : nil
  }

  private static let codes: [EventType: UInt8] = Dictionary(
    uniqueKeysWithValues: types.enumerated().map { ($1, UInt8($0)) })

  private static func code(of type: EventType) -> UInt8 { codes[type] ?? 0 }
}
