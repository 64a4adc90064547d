/// The Cholesky factor of a small symmetric positive definite matrix, in double precision.
struct Cholesky {
  /// Rows and columns.
  let size: Int
  /// L, row-major, zero above the diagonal.
  private(set) var lower: [Double]

  /// Factors the lower half of `matrix`, `[size, size]` row-major. O(size³).
  ///
  /// - Returns: `nil` where the matrix is not positive definite.
  init?(_ matrix: some Collection<Float>, size: Int) {
    self.size = size
    lower = matrix.map(Double.init)
    let isPositive = lower.withUnsafeMutableBufferPointer { l in
      for row in 0..<size {
        for column in 0...row {
          var sum = l[row * size + column]
          for k in 0..<column { sum -= l[row * size + k] * l[column * size + k] }
          if row == column {
            guard sum > 0, sum.isFinite else { return false }
            l[row * size + row] = sum.squareRoot()
          } else {
            l[row * size + column] = sum / l[column * size + column]
          }
        }
        for column in row + 1..<max(size, row + 1) { l[row * size + column] = 0 }
      }
      return true
    }
    guard isPositive else { return nil }
  }

  /// L⁻¹, row-major, zero above the diagonal. O(size³).
  func inverseFactor() -> [Double] {
    var inverse = [Double](repeating: 0, count: size * size)
    lower.withUnsafeBufferPointer { l in
      inverse.withUnsafeMutableBufferPointer { x in
        for row in 0..<size {
          // Row of L⁻¹ = (e_row − Σ L[row][k] · row k of L⁻¹) / L[row][row].
          for k in 0..<row {
            let factor = l[row * size + k]
            for column in 0...k { x[row * size + column] -= factor * x[k * size + column] }
          }
          x[row * size + row] = 1
          let pivot = l[row * size + row]
          for column in 0...row { x[row * size + column] /= pivot }
        }
      }
    }
    return inverse
  }

  /// One column of the inverse of the matrix. O(size²).
  func inverseColumn(_ column: Int) -> [Double] {
    var x = [Double](repeating: 0, count: size)
    lower.withUnsafeBufferPointer { l in
      for row in 0..<size {
        var sum = row == column ? 1.0 : 0
        for k in 0..<row { sum -= l[row * size + k] * x[k] }
        x[row] = sum / l[row * size + row]
      }
      for row in stride(from: size - 1, through: 0, by: -1) {
        var sum = x[row]
        for k in row + 1..<max(size, row + 1) { sum -= l[k * size + row] * x[k] }
        x[row] = sum / l[row * size + row]
      }
    }
    return x
  }

  /// The inverse of the matrix, row-major. O(size³).
  func inverse() -> [Float] {
    let factor = inverseFactor()
    var sums = [Double](repeating: 0, count: size * size)
    factor.withUnsafeBufferPointer { x in
      sums.withUnsafeMutableBufferPointer { sums in
        // (L⁻¹)ᵀ · L⁻¹, row by row of L⁻¹.
        for k in 0..<size {
          for row in 0...k {
            let value = x[k * size + row]
            for column in 0...row { sums[row * size + column] += value * x[k * size + column] }
          }
        }
      }
    }
    var result = [Float](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        result[row * size + column] = Float(sums[row * size + column])
        result[column * size + row] = result[row * size + column]
      }
    }
    return result
  }
}
