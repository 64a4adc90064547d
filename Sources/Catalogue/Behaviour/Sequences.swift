/// Items in order of time: one row a shopper or a session. Items may repeat.
public struct Sequences: Sendable, Equatable {
  /// One more than the largest item.
  public private(set) var itemCount: Int
  /// Start of each row in ``items``, one more than there are rows.
  public private(set) var offsets: [Int] = [0]
  /// Items, all rows one after the other.
  public private(set) var items: [Int32] = []
  /// The identifier of each row where the file gives one, such as the user's number.
  public internal(set) var identifiers: [Int32]?

  /// No rows. `itemCount` grows with what is appended.
  public init(itemCount: Int = 0) { self.itemCount = itemCount }

  /// The number of rows.
  public var count: Int { offsets.count - 1 }

  /// The items of row `index`, oldest first.
  public subscript(index: Int) -> ArraySlice<Int32> { items[offsets[index]..<offsets[index + 1]] }

  /// Adds a row. O(row).
  public mutating func append(_ row: some Sequence<Int32>) {
    for item in row {
      items.append(item)
      itemCount = max(itemCount, Int(item) + 1)
    }
    offsets.append(items.count)
  }

  /// The rows in `range`, over the same items.
  public func rows(_ range: Range<Int>) -> Sequences {
    var result = Sequences(itemCount: itemCount)
    let start = offsets[range.lowerBound]
    result.items = Array(items[start..<offsets[range.upperBound]])
    result.offsets = offsets[range.lowerBound...range.upperBound].map { $0 - start }
    result.identifiers = identifiers.map { Array($0[range]) }
    return result
  }
}
