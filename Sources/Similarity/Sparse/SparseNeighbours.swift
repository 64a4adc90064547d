public import AkinCatalogue

/// The nearest rows of every row of a sparse matrix, exactly: item-item similarity from behaviour,
/// title-title similarity from words.
///
///     score(i, j) = <x_i, x_j> / (|x_i| · |x_j| + shrinkage)
///
/// over the weighted rows, in `0 ... 1` for entries that are not negative; symmetric. The shrinkage
/// pulls scores that little evidence supports towards zero. Only scores above zero are listed, so
/// that a list may be shorter than `k`; a row without entries has an empty list.
///
/// Item-item cosine after Sarwar et al., *Item-based collaborative filtering recommendation
/// algorithms* (WWW 2001); the shrinkage in this form as in Ferrari Dacrema et al., *Are we really
/// making much progress?* (RecSys 2019).
///
/// A matrix of shoppers by products is compared by products once it is transposed:
/// ```swift
/// let alike = try SparseNeighbours(k: 100, shrinkage: 10).graph(of: purchases.transposed())
/// ```
public struct SparseNeighbours: Sendable {
  /// What the inner product is divided by.
  public enum Normalisation: Sendable, Hashable {
    /// Both rows' lengths.
    case cosine
    /// Nothing: the score is the inner product itself, plus nothing for the shrinkage.
    case dot
  }

  /// Neighbours wanted, at least 1.
  public let k: Int
  /// What entries count.
  public let weighting: SparseWeighting
  /// What the inner product is divided by.
  public let normalisation: Normalisation
  /// What is added to the product of the lengths, in their units (shoppers, for a binary matrix).
  public let shrinkage: Float
  private let product: SparseProduct

  /// Creates the measure.
  ///
  /// - Throws: ``SimilarityError/unknownKernel(_:)``.
  public init(
    k: Int, weighting: SparseWeighting = .none, normalisation: Normalisation = .cosine,
    shrinkage: Float = 0, kernel: Kernel? = nil, threads: Int? = nil
  ) throws(SimilarityError) {
    precondition(shrinkage >= 0, "shrinkage is not negative")
    self.k = k
    self.weighting = weighting
    self.normalisation = normalisation
    self.shrinkage = shrinkage
    product = try SparseProduct(k: k, kernel: kernel, threads: threads)
  }

  /// The best other rows of every row of `matrix`, best first, ties by ordinal.
  ///
  /// O(Σ c²) over the number c of entries of each column, on all cores; memory for the transposed
  /// matrix, one float a row and thread, and the result.
  ///
  /// - Parameter progress: called with the number of finished rows; throws to stop.
  /// - Throws: ``SimilarityError/negative(row:)``; ``SimilarityError/overflow(row:)`` where a row's
  ///   length is no float.
  public func graph(
    of matrix: SparseMatrix, progress: (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    var rows = try matrix.weighted(weighting)
    let norms = rows.rowNorms()
    if let row = norms.firstIndex(where: { !$0.isFinite }) {
      throw SimilarityError.overflow(row: row)
    }
    var columns = rows.transposed()
    // Where a column has one value throughout, as in a binary matrix, it is enough to multiply by
    // it on one side.
    let uniform = columns.uniformRows()
    if let uniform {
      let values = rows.columns.map { uniform[Int($0)] * uniform[Int($0)] }
      rows = rows.replacingValues(values)
      columns = columns.replacingValues([])
    }
    return try product.best(
      rows, times: columns,
      score: normalisation == .cosine ? .cosine(norms, norms, shrinkage: shrinkage) : .dot,
      excluding: .diagonal, progress: progress)
  }
}

extension SparseMatrix {
  /// The one value of each row (1 for an empty one), `nil` where a row has several.
  fileprivate func uniformRows() -> [Float]? {
    var result = [Float](repeating: 1, count: rowCount)
    for row in 0..<rowCount where !self[row].isEmpty {
      let first = values[offsets[row]]
      guard self[row].allSatisfy({ values[$0] == first }) else { return nil }
      result[row] = first
    }
    return result
  }
}
