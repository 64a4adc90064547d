/// Which items were taken together: sparse binary rows, one a basket.
public struct Baskets: Sendable, Equatable {
  /// The number of different items that can occur.
  public let itemCount: Int
  private(set) var offsets: [Int] = [0]
  private(set) var items: [Int32] = []

  /// No baskets over `itemCount` items.
  public init(itemCount: Int) {
    self.itemCount = itemCount
  }

  /// The number of baskets.
  public var count: Int { offsets.count - 1 }

  /// Adds one basket; an item that occurs twice counts once. O(b · log b).
  ///
  /// - Precondition: every item is in `0 ..< itemCount`.
  public mutating func append(_ basket: some Sequence<Int>) {
    let distinct = Set(basket).sorted()
    precondition(distinct.allSatisfy { (0..<itemCount).contains($0) }, "an item out of range")
    items.append(contentsOf: distinct.map(Int32.init))
    offsets.append(items.count)
  }

  /// The items of basket `index`, ascending.
  public subscript(index: Int) -> ArraySlice<Int32> { items[offsets[index]..<offsets[index + 1]] }

  /// The baskets of each item: the transposed matrix. O(number of entries).
  func transposed() -> Baskets {
    var sizes = [Int](repeating: 0, count: itemCount + 1)
    for item in items { sizes[Int(item) + 1] += 1 }
    for item in 0..<itemCount { sizes[item + 1] += sizes[item] }
    var result = Baskets(itemCount: count)
    result.offsets = sizes
    result.items = [Int32](repeating: 0, count: items.count)
    for basket in 0..<count {
      for item in self[basket] {
        result.items[sizes[Int(item)]] = Int32(basket)
        sizes[Int(item)] += 1
      }
    }
    return result
  }
}
