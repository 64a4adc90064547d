internal import AkinCatalogue
internal import AkinSimilarity

/// A low-rank matrix of items by items, left · rightᵀ, that histories are multiplied by.
struct ItemFactors: Sendable {
  private let left: DenseRows
  private let right: DenseRows
  private let packed: PackedRows

  /// Both `[items, rank]`.
  init(left: DenseRows, right: DenseRows) {
    precondition(left.dimension == right.dimension && left.count == right.count, "one shape")
    self.left = left
    self.right = right
    packed = PackedRows(right)
  }

  /// Histories × left × rightᵀ; every element is overwritten.
  func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) {
    guard let base = scores.baseAddress else { return }
    let dimension = left.dimension
    let histories = shoppers.histories
    var queries = [Float](repeating: 0, count: shoppers.count * dimension)
    queries.withUnsafeMutableBufferPointer { queries in
      guard let target = queries.baseAddress else { return }
      left.fold(histories, rows: shoppers.rows, into: target)
      packed.score(target, count: shoppers.count, into: base)
    }
  }

  /// One entry of the product.
  func product(_ row: Int, _ column: Int) -> Float {
    zip(left[row], right[column]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  func store(in archive: inout ModelArchive) {
    archive.notes["dimension"] = "\(left.dimension)"
    archive.floats["left"] = left.values
    archive.floats["right"] = right.values
  }

  /// - Throws: ``RecommenderError`` `damaged`.
  init(_ archive: ModelArchive, count: Int) throws(RecommenderError) {
    let dimension = try archive.whole("dimension")
    guard dimension > 0, dimension % 16 == 0 else {
      throw archive.damaged("has factors that are no whole rows")
    }
    self.init(
      left: DenseRows(
        count: count, padded: dimension,
        values: try archive.numbers("left", count: count * dimension)),
      right: DenseRows(
        count: count, padded: dimension,
        values: try archive.numbers("right", count: count * dimension)))
  }
}
