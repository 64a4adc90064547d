internal import CKernels

/// The right-hand side of a ``SparseProduct`` as the kernel wants it: the columns with the most
/// entries come first, so that most sums are added up in a small part of the cache.
struct SparseTable: Sendable {
  /// The place of each column.
  let positions: [Int32]
  private let offsets: [Int]
  private let columns: [Int32]
  private let values: [Float]
  private let width: Int
  /// The column at each place, padded to whole blocks, as are the norms.
  private let names: [Int32]
  private let norms: [Float]
  private let rowNorms: [Float]
  private let shrinkage: Float

  /// O(entries + columns · log columns).
  init(_ matrix: SparseMatrix, score: SparseProduct.Score) {
    var counts = [Int](repeating: 0, count: matrix.columnCount)
    for column in matrix.columns { counts[Int(column)] += 1 }
    let order = counts.indices.sorted {
      counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1
    }
    var positions = [Int32](repeating: 0, count: order.count)
    for (place, column) in order.enumerated() { positions[column] = Int32(place) }
    let block = Int(AKIN_SPARSE_BLOCK)
    let padding = (block - order.count % block) % block
    self.positions = positions
    offsets = matrix.offsets
    columns = matrix.columns.map { positions[Int($0)] }
    values = matrix.values
    width = matrix.columnCount
    names = order.map(Int32.init) + [Int32](repeating: 0, count: padding)
    switch score {
    case .dot:
      norms = []
      rowNorms = []
      shrinkage = 0
    case .cosine(let rows, let columns, let shrinkage):
      norms = order.map { columns[$0] } + [Float](repeating: 0, count: padding)
      rowNorms = rows
      self.shrinkage = shrinkage
    }
  }

  /// The length of a row of the left-hand side.
  func norm(ofRow row: Int) -> Float { rowNorms.isEmpty ? 1 : rowNorms[row] }

  /// Lends the matrix and the score to the kernel.
  func withRows(
    _ body: (UnsafePointer<akin_sparse_rows>, UnsafePointer<akin_sparse_score>) -> Void
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          names.withUnsafeBufferPointer { names in
            norms.withUnsafeBufferPointer { norms in
              offsets.withMemoryRebound(to: Int64.self) { offsets in
                var rows = akin_sparse_rows(
                  offsets: offsets.baseAddress, columns: columns.baseAddress,
                  values: values.isEmpty ? nil : values.baseAddress, width: width,
                  names: names.baseAddress)
                var score = akin_sparse_score(
                  norms: norms.isEmpty ? nil : norms.baseAddress, shrinkage: shrinkage)
                body(&rows, &score)
              }
            }
          }
        }
      }
    }
  }
}

/// Memory of one worker each.
///
/// `@unchecked Sendable`: worker w uses block w alone.
final class SparseScratch: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let stride: Int

  init(count: Int, width: Int, k: Int) {
    stride = (akin_sparse_scratch(width, k) + 63) / 64 * 64
    base = .allocate(byteCount: stride * count, alignment: 64)
    for worker in 0..<count { akin_sparse_prepare(base + worker * stride, width, k) }
  }

  deinit { base.deallocate() }

  subscript(worker: Int) -> UnsafeMutableRawPointer { base + worker * stride }
}
