/// The best items of each row, best first, and where wanted each row's AUC.
public struct RankedLists: Sendable, Equatable {
  /// The length of a full list.
  public let k: Int
  /// `[rows, k]`; -1 where fewer than k items could be listed.
  public private(set) var items: [Int32]
  /// The share of (relevant, other) pairs in the right order, ties counting half; one a row, and
  /// NaN where a row has no such pair. `nil` unless it was asked for.
  public internal(set) var areas: [Float]?

  init(rows: Int, k: Int) {
    self.k = k
    items = [Int32](repeating: -1, count: rows * k)
  }

  /// Lists given by hand: each is cut to `k` or filled with -1.
  public init(_ lists: [[Int32]], k: Int) {
    self.init(rows: lists.count, k: k)
    for (row, list) in lists.enumerated() {
      for (rank, item) in list.prefix(k).enumerated() { items[row * k + rank] = item }
    }
  }

  /// The number of rows.
  public var count: Int { k == 0 ? 0 : items.count / k }

  /// The list of `row`, best first, without the filling.
  public subscript(row: Int) -> ArraySlice<Int32> {
    let all = items[row * k..<row * k + k]
    return all.prefix { $0 >= 0 }
  }

  mutating func withItems<Result>(
    _ body: (inout UnsafeMutableBufferPointer<Int32>) throws -> Result
  ) rethrows -> Result {
    try items.withUnsafeMutableBufferPointer(body)
  }
}
