public import AkinCatalogue
internal import CKernels
internal import Foundation
internal import Synchronization

/// The best columns of every row of a product of two sparse matrices, without ever holding the
/// product.
///
/// A recommender's scores are such a product, shoppers × products times products × products:
/// ```swift
/// try SparseProduct(k: 20).best(history, times: similarity, excluding: .own)
/// ```
public struct SparseProduct: Sendable {
  /// What must not be listed.
  public enum Exclusion: Sendable, Hashable {
    /// Nothing.
    case none
    /// Row i never lists column i.
    case diagonal
    /// A row never lists the columns that it has entries in itself: what a shopper has already.
    /// Only where both matrices' columns mean the same.
    case own
  }

  /// How a sum becomes a score.
  enum Score {
    case dot
    /// sum / (rows' norm · columns' norm + shrinkage).
    case cosine([Float], [Float], shrinkage: Float)
  }

  /// Columns wanted a row.
  public let k: Int
  private let kernel: Kernel
  private let workers: Workers
  /// Rows that a thread takes at a time.
  private static let piece = 64

  /// Creates the operation.
  ///
  /// - Throws: ``SimilarityError/unknownKernel(_:)``.
  public init(k: Int, kernel: Kernel? = nil, threads: Int? = nil) throws(SimilarityError) {
    precondition(k > 0, "at least one column is wanted")
    self.k = k
    if let kernel { self.kernel = kernel } else { self.kernel = try .preferred() }
    workers = Workers(count: max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount))
  }

  /// The `k` best columns above zero of each row of `rows` × `matrix`, best first, ties by column.
  ///
  /// O(products of entries), on all cores.
  ///
  /// - Parameter progress: called with the number of finished rows; throws to stop.
  /// - Throws: ``SimilarityError/dimensionMismatch(expected:found:)``.
  public func best(
    _ rows: SparseMatrix, times matrix: SparseMatrix, excluding exclusion: Exclusion = .none,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> NeighbourLists {
    try best(rows, times: matrix, score: .dot, excluding: exclusion, progress: progress)
  }

  /// As above; a `matrix` without values holds ones.
  func best(
    _ rows: SparseMatrix, times matrix: SparseMatrix, score: Score,
    excluding exclusion: Exclusion, progress: (Int) throws -> Void
  ) throws -> NeighbourLists {
    guard rows.columnCount == matrix.rowCount else {
      throw SimilarityError.dimensionMismatch(expected: matrix.rowCount, found: rows.columnCount)
    }
    let table = SparseTable(matrix, score: score)
    var lists = NeighbourLists()
    // A batch is what is done between two reports of progress.
    let batch = max(Self.piece * workers.count, rows.rowCount / 64)
    let scratch = SparseScratch(count: workers.count, width: matrix.columnCount, k: k)
    for start in stride(from: 0, to: rows.rowCount, by: batch) {
      let range = start..<min(start + batch, rows.rowCount)
      let pieces = Slots<Piece>(count: (range.count + Self.piece - 1) / Self.piece)
      workers.run(range, by: Self.piece) { piece, worker in
        pieces[(piece.lowerBound - start) / Self.piece] = work(
          piece, of: rows, times: table, excluding: exclusion, scratch: scratch[worker])
      }
      for case let piece? in pieces.values {
        lists.append(lengths: piece.lengths, ids: piece.ids, scores: piece.scores)
      }
      try progress(range.upperBound)
    }
    return lists
  }

  /// The lists of a few rows.
  private struct Piece {
    var lengths: [Int] = []
    var ids: [Int32] = []
    var scores: [Float] = []
  }

  private func work(
    _ piece: Range<Int>, of rows: SparseMatrix, times table: SparseTable,
    excluding exclusion: Exclusion, scratch: UnsafeMutableRawPointer
  ) -> Piece {
    var result = Piece()
    var ids = [Int32](repeating: 0, count: k)
    var scores = [Float](repeating: 0, count: k)
    table.withRows { matrix, score in
      for row in piece {
        let excluded: [Int32] =
          switch exclusion {
          case .none: []
          case .diagonal: table.positions.indices.contains(row) ? [table.positions[row]] : []
          case .own: rows.columns[rows[row]].map { table.positions[Int($0)] }
          }
        let found = rows.withRow(row) { features, weights in
          akin_sparse_best(
            kernel.identifier, features.baseAddress, weights.baseAddress, features.count,
            table.norm(ofRow: row), matrix, score, excluded, excluded.count, k, scratch, &ids,
            &scores)
        }
        result.lengths.append(found)
        result.ids.append(contentsOf: ids.prefix(found))
        result.scores.append(contentsOf: scores.prefix(found))
      }
    }
    return result
  }
}

extension SparseMatrix {
  fileprivate func withRow<Result>(
    _ row: Int, _ body: (UnsafeBufferPointer<Int32>, UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    columns.withUnsafeBufferPointer { columns in
      values.withUnsafeBufferPointer { values in
        body(
          UnsafeBufferPointer(rebasing: columns[self[row]]),
          UnsafeBufferPointer(rebasing: values[self[row]]))
      }
    }
  }
}
