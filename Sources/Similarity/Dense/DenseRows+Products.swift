extension DenseRows {
  /// Each row's inner products with the rows of `other`: X · otherᵀ, on all cores.
  /// O(count · other.count · dimension).
  package func projected(on other: DenseRows) -> DenseRows {
    precondition(other.dimension == dimension, "rows of one length")
    let packed = PackedRows(other)
    var result = DenseRows(count: count, dimension: other.count)
    let target = result.dimension
    values.withUnsafeBufferPointer { source in
      result.values.withUnsafeMutableBufferPointer { out in
        // Safe: every piece writes its own rows.
        nonisolated(unsafe) let (source, out) = (source.baseAddress, out.baseAddress)
        Workers.all.run(0..<count, by: 240) { piece, _ in
          guard let source, let out else { return }
          packed.score(
            source + piece.lowerBound * dimension, count: piece.count,
            into: out + piece.lowerBound * target, stride: target)
        }
      }
    }
    return result
  }

  /// The first `columns` columns of the first `rows` rows, as rows. O(columns · rows).
  func transposed(_ columns: Int, of rows: Int) -> DenseRows {
    var result = DenseRows(count: columns, dimension: rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.values[column * result.dimension + row] = values[row * dimension + column]
      }
    }
    return result
  }
}
