public import AkinCatalogue

/// A fitted recommender whose scores are a shopper's history times a sparse matrix of items by
/// items: item-kNN, SLIM, ridge regression over neighbours.
///
///     score(u, j) = Σ over i in the history of u of weight(u, i) · B(i, j)
public protocol SparseItemModel: Recommender {
  /// B.
  var similarity: ItemMatrix { get }
  /// Takes B over.
  init(similarity: ItemMatrix)
}

extension SparseItemModel {
  /// The number of items that are ranked.
  public var itemCount: Int { similarity.count }

  /// O(Σ over the histories of the rows of B, plus shoppers · items).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    similarity.score(shoppers, into: scores)
  }

  /// The largest entries of row `item` of B.
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    Array(similarity[item].sorted { $0.precedes($1) }.prefix(k))
  }

  /// weight · B(i, item) of each i of the history; the sum is the score.
  public func explain(_ item: Int, for shopper: Shoppers) throws -> [Neighbour]? {
    try RecommenderError.check(shopper.histories.itemCount, against: itemCount)
    return similarity.contributions(to: item, of: shopper)
  }

  /// B.
  public func archived() -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    similarity.store(in: &archive)
    return archive
  }

  /// Takes B.
  public init(_ archive: ModelArchive) throws {
    self.init(similarity: try ItemMatrix(archive))
  }
}

/// Items by items, in compressed rows.
public struct ItemMatrix: Sendable, Equatable {
  /// Start of each row, one more than there are items.
  public let offsets: [Int32]
  /// The columns of all rows, ascending within each.
  public let columns: [Int32]
  /// The value of each entry of ``columns``.
  public let values: [Float]

  /// Lists as rows.
  public init(_ lists: NeighbourLists) {
    var offsets: [Int32] = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    columns.reserveCapacity(lists.ids.count)
    values.reserveCapacity(lists.ids.count)
    for row in 0..<lists.count {
      for entry in lists[row].sorted(by: { $0.item < $1.item }) {
        columns.append(Int32(entry.item))
        values.append(entry.score)
      }
      offsets.append(Int32(columns.count))
    }
    (self.offsets, self.columns, self.values) = (offsets, columns, values)
  }

  /// Takes finished rows over, columns ascending within each.
  init(offsets: [Int32], columns: [Int32], values: [Float]) {
    (self.offsets, self.columns, self.values) = (offsets, columns, values)
  }

  /// The number of items.
  public var count: Int { offsets.count - 1 }

  /// The entries of row `item`, by column.
  public subscript(item: Int) -> [Neighbour] {
    range(of: item).map { Neighbour(item: Int(columns[$0]), score: values[$0]) }
  }

  /// Entry (i, j) times `factor` · output(j) / output(i).
  func scaled(by factor: Float, output: [Float]) -> ItemMatrix {
    var values = self.values
    for row in 0..<count {
      for place in range(of: row) {
        values[place] *= factor * output[Int(columns[place])] / output[row]
      }
    }
    return ItemMatrix(offsets: offsets, columns: columns, values: values)
  }

  func range(of item: Int) -> Range<Int> { Int(offsets[item])..<Int(offsets[item + 1]) }

  /// Histories × matrix; every element of `scores` is overwritten, or added to.
  func score(
    _ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>, adding: Bool = false
  ) {
    if !adding { scores.update(repeating: 0) }
    let (histories, count) = (shoppers.histories, self.count)
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        for (row, shopper) in shoppers.rows.enumerated() {
          let line = UnsafeMutableBufferPointer(
            rebasing: scores[row * count..<(row + 1) * count])
          for entry in histories.range(of: shopper) {
            let weight = histories.weights?[entry] ?? 1
            for place in range(of: Int(histories.items[entry])) {
              line[Int(columns[place])] += weight * values[place]
            }
          }
        }
      }
    }
  }

  /// What each item of the one shopper's history adds to the score of `item`, largest first.
  func contributions(to item: Int, of shopper: Shoppers) -> [Neighbour] {
    let histories = shopper.histories
    return histories.range(of: shopper.rows.lowerBound).compactMap { entry in
      let row = range(of: Int(histories.items[entry]))
      guard let place = columns[row].firstIndex(of: Int32(item)) else { return nil }
      let weight = histories.weights?[entry] ?? 1
      return Neighbour(item: Int(histories.items[entry]), score: weight * values[place])
    }.sorted { $0.precedes($1) }
  }

  func store(in archive: inout ModelArchive) {
    archive.integers["offsets"] = offsets
    archive.integers["columns"] = columns
    archive.floats["values"] = values
  }

  /// The matrix of an archive.
  ///
  /// - Throws: ``RecommenderError`` `damaged` when its parts do not fit together.
  init(_ archive: ModelArchive) throws(RecommenderError) {
    let offsets = try archive.ordinals("offsets")
    guard let last = offsets.last, offsets[0] == 0,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw archive.damaged("has rows that do not ascend") }
    let columns = try archive.ordinals("columns", below: offsets.count - 1)
    guard columns.count == Int(last) else {
      throw archive.damaged("has \(columns.count) entries, its rows count \(last)")
    }
    self.init(
      offsets: offsets, columns: columns,
      values: try archive.numbers("values", count: columns.count))
  }
}
