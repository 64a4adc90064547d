/// What a catalogue says of items beside their names: numbers that stand for the category and the
/// brand, and the price.
public struct ItemFacts: Sendable, Equatable {
  /// A number for each item's category; -1 where unknown.
  public private(set) var categories: [Int32]
  /// A number for each item's brand; -1 where unknown.
  public private(set) var brands: [Int32]
  /// Each item's price; not a number where unknown.
  public private(set) var prices: [Float]

  /// Nothing known of `count` items.
  public init(unknown count: Int) {
    categories = [Int32](repeating: -1, count: count)
    brands = categories
    prices = [Float](repeating: .nan, count: count)
  }

  /// Facts by name; equal names are one category, or brand.
  ///
  /// - Parameter items: category, brand and price of each item, `nil` where unknown.
  public init(_ items: [(category: String?, brand: String?, price: Double?)]) {
    func numbers(_ names: [String?]) -> [Int32] {
      var known: [String: Int32] = [:]
      return names.map { name in
        guard let name, !name.isEmpty else { return -1 }
        if let number = known[name] { return number }
        let number = Int32(known.count)
        known[name] = number
        return number
      }
    }
    categories = numbers(items.map(\.category))
    brands = numbers(items.map(\.brand))
    prices = items.map { $0.price.map { $0 > 0 && $0.isFinite ? Float($0) : .nan } ?? .nan }
  }

  init(categories: [Int32], brands: [Int32], prices: [Float]) {
    (self.categories, self.brands, self.prices) = (categories, brands, prices)
  }

  /// The number of items.
  public var count: Int { categories.count }
}
