internal import AkinCatalogue
internal import AkinSimilarity
internal import CKernels

extension Interactions {
  /// Lends the rows to a kernel.
  ///
  /// - Parameter values: instead of the weights.
  func withRows<Result>(
    values: [Float]? = nil, _ body: (UnsafePointer<akin_csr>) throws -> Result
  ) rethrows -> Result {
    let values = values ?? weights ?? []
    return try offsets.withUnsafeBufferPointer { offsets in
      try items.withUnsafeBufferPointer { items in
        try values.withUnsafeBufferPointer { values in
          try offsets.withMemoryRebound(to: Int64.self) { offsets in
            var rows = akin_csr(
              offsets: offsets.baseAddress, columns: items.baseAddress,
              values: values.isEmpty ? nil : values.baseAddress)
            return try body(&rows)
          }
        }
      }
    }
  }

  /// This matrix times dense rows, one for each item; on all cores. O(entries · dimension).
  ///
  /// - Parameter values: instead of the weights.
  func times(_ dense: DenseRows, values: [Float]? = nil) -> DenseRows {
    precondition(dense.count == itemCount, "one row an item")
    var result = DenseRows(count: userCount, dimension: dense.dimension)
    let kernel = akin_kernel_best()
    let dimension = dense.dimension
    withRows(values: values) { rows in
      dense.values.withUnsafeBufferPointer { dense in
        result.values.withUnsafeMutableBufferPointer { out in
          // Safe: every piece writes its own rows.
          nonisolated(unsafe) let (rows, source, out) = (rows, dense.baseAddress, out.baseAddress)
          Workers.all.run(0..<userCount, by: 256) { piece, _ in
            guard let out else { return }
            akin_sparse_dense(
              kernel, rows, piece.lowerBound, piece.upperBound, source, dimension,
              out + piece.lowerBound * dimension)
          }
        }
      }
    }
    return result
  }
}
