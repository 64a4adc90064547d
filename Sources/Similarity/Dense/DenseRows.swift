package import AkinCatalogue
internal import CKernels

/// Row-major float32 rows, their length rounded up to a multiple of 16 and filled with zeros.
package struct DenseRows: Sendable, Equatable {
  /// The number of rows.
  package let count: Int
  /// Floats a row, a multiple of 16.
  package let dimension: Int
  /// `[count, dimension]`.
  package var values: [Float]

  /// Zeros.
  package init(count: Int, dimension: Int) {
    self.count = count
    self.dimension = Self.padded(dimension)
    values = [Float](repeating: 0, count: count * self.dimension)
  }

  /// Zeros, of a length that is a multiple of 16 already.
  package init(count: Int, padded dimension: Int) {
    self.init(
      count: count, padded: dimension, values: [Float](repeating: 0, count: count * dimension))
  }

  /// Takes rows over.
  package init(count: Int, padded dimension: Int, values: [Float]) {
    precondition(dimension % 16 == 0 && values.count == count * dimension, "not whole rows")
    (self.count, self.dimension, self.values) = (count, dimension, values)
  }

  /// Copies of `rows` of row-major vectors. O(rows · dimension).
  init(_ vectors: UnsafePointer<Float>, dimension: Int, rows: [Int]) {
    self.init(count: rows.count, dimension: dimension)
    let stride = self.dimension
    values.withUnsafeMutableBufferPointer { values in
      for (index, row) in rows.enumerated() {
        let from = vectors + row * dimension
        for k in 0..<dimension { values[index * stride + k] = from[k] }
      }
    }
  }

  package static func padded(_ dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

  package subscript(row: Int) -> ArraySlice<Float> {
    values[row * dimension..<(row + 1) * dimension]
  }

  /// Xᵀ·X, `[dimension, dimension]`, on all cores. O(count · dimension²).
  package func gram(workers: Workers = .all) -> [Float] {
    let size = dimension
    var sums = [Float](repeating: 0, count: size * size)
    let kernel = akin_kernel_best()
    // Tasks of about the same work: a strip of columns each, of which only the lower half counts.
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        // Safe: every task writes its own rows.
        nonisolated(unsafe) let (values, sums) = (values.baseAddress, sums.baseAddress)
        workers.run(size / 16) { task, _ in
          let strip = size / 16 - 1 - task
          akin_gram(kernel, values, count, size, strip * 16, strip * 16 + 16, sums)
        }
      }
    }
    for row in 0..<size {
      for column in 0..<row { sums[column * size + row] = sums[row * size + column] }
    }
    return sums
  }
}

/// Rows interleaved for products with many queries.
package struct PackedRows: Sendable {
  package let count: Int
  package let dimension: Int
  private let panels: [Float]
  private let kernel = akin_kernel_best()

  package init(_ rows: DenseRows) {
    self.init(rows.values, count: rows.count, dimension: rows.dimension)
  }

  /// Row-major `[count, dimension]`.
  init(_ values: [Float], count: Int, dimension: Int) {
    (self.count, self.dimension) = (count, dimension)
    let size = akin_packed_size(count, dimension)
    panels = [Float](unsafeUninitializedCapacity: size) { buffer, initialized in
      akin_pack_panels(values, count, dimension, buffer.baseAddress)
      initialized = size
    }
  }

  /// scores[q · stride + r] = ⟨query q, row r⟩. O(queries · count · dimension).
  ///
  /// - Parameter stride: at least ``count``, which it is where left out.
  package func score(
    _ queries: UnsafePointer<Float>, count queryCount: Int,
    into scores: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    let stride = stride ?? count
    let whole = count / 16
    let rest = count - whole * 16
    panels.withUnsafeBufferPointer { panels in
      guard let base = panels.baseAddress else { return }
      if whole > 0 {
        akin_score_panels(
          kernel, queries, queryCount, base, whole, dimension, scores, stride)
      }
      guard rest > 0 else { return }
      // The last panel is wider than the row: it goes through a strip of its own.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: queryCount * 16) { strip in
        akin_score_panels(
          kernel, queries, queryCount, base + whole * 16 * dimension, 1, dimension,
          strip.baseAddress, 16)
        for query in 0..<queryCount {
          for column in 0..<rest {
            scores[query * stride + whole * 16 + column] = strip[query * 16 + column]
          }
        }
      }
    }
  }

  /// Lends the panels to a kernel.
  package func withPanels<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
    panels.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

extension DenseRows {
  /// The `k` rows of the largest cosine with row `row`, without itself. O(rows · dimension).
  package func cosines(of row: Int, k: Int) -> [Neighbour] {
    let norms = (0..<count).map { row in
      self[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let own = Array(self[row])
    var list = BestList(capacity: k)
    for other in 0..<count where other != row && norms[other] > 0 && norms[row] > 0 {
      let product = zip(own, self[other]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      list.offer(Neighbour(item: other, score: product / (norms[row] * norms[other])))
    }
    return list.sorted()
  }
}
