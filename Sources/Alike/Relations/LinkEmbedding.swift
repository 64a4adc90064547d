internal import AkinSimilarity
internal import Foundation

/// The largest singular vectors of a graph of links: products that link, or are linked, alike lie
/// near each other, so that a link that is missing from the graph still has a value.
///
/// By subspace iteration from random vectors (Halko, Martinsson & Tropp, *Finding structure with
/// randomness*, 2011). Links weigh 1 / √(out-degree · in-degree).
struct LinkEmbedding: Sendable {
  let rank: Int
  /// For each product its vectors as source and as target: `[products, rank]`, each scaled by the
  /// roots of the singular values, so that their inner product approaches the link's weight.
  private let sources: [Float]
  private let targets: [Float]
  /// The same, scaled by the singular values and brought to unit length.
  private let sourceDirections: [Float]
  private let targetDirections: [Float]

  private static let oversampling = 16
  private static let rounds = 4

  /// The embedding of `links` between as many products as it has rows. O(rounds · (links · rank +
  /// products · rank²)).
  init(_ links: SparseMatrix, rank: Int, seed: UInt64 = 1) {
    let count = links.rowCount
    let width = min(count, rank + Self.oversampling)
    self.rank = min(rank, width)
    let into = links.transposed()
    let out = Product(links, links, into)
    let back = Product(into, into, links)
    var generator = SplitMix64(seed: seed)
    var base = Dense(rows: count, width: width) { Float.random(in: -1...1, using: &generator) }
    for _ in 0..<Self.rounds {
      base = out.times(base)
      base.orthonormalise()
      base = back.times(base)
      base.orthonormalise()
    }
    // A·V = Q·R; the small matrix R tells the singular vectors.
    let image = out.times(base)
    let (values, vectors) = SymmetricMatrix.eigen(image.gram())
    let order = values.indices.sorted { values[$0] > values[$1] }.prefix(self.rank)
    let singular = order.map { Float(max(0, values[$0])).squareRoot() }
    let turned = order.map { place in (0..<width).map { Float(vectors[$0 * width + place]) } }
    // image · w has length σ, and base · w is the right vector.
    let left = image.times(columns: turned)
    let right = base.times(columns: turned)
    let rank = self.rank
    func scaled(_ values: [Float], _ factor: (Float) -> Float) -> [Float] {
      values.indices.map { values[$0] * factor(singular[$0 % rank]) }
    }
    sources = scaled(left) { $0 > 1e-6 ? 1 / $0.squareRoot() : 0 }
    targets = scaled(right) { $0.squareRoot() }
    sourceDirections = Self.directions(left, rank)
    targetDirections = Self.directions(scaled(right) { $0 }, rank)
  }

  /// What the embedding says of a link from one product to another, and of its reverse, and how
  /// alike they are as sources and as targets. O(rank).
  func numbers(_ from: Int, _ to: Int) -> [Float] {
    [
      dot(sources, from, targets, to), dot(sources, to, targets, from),
      dot(sourceDirections, from, sourceDirections, to),
      dot(targetDirections, from, targetDirections, to),
    ]
  }

  private func dot(_ left: [Float], _ row: Int, _ right: [Float], _ other: Int) -> Float {
    var sum: Float = 0
    for index in 0..<rank { sum += left[row * rank + index] * right[other * rank + index] }
    return sum
  }

  private static func directions(_ values: [Float], _ width: Int) -> [Float] {
    var result = values
    for start in stride(from: 0, to: values.count, by: max(1, width)) {
      let length = (start..<start + width).reduce(0) { $0 + values[$1] * values[$1] }.squareRoot()
      guard length > 1e-9 else { continue }
      for index in start..<start + width { result[index] /= length }
    }
    return result
  }
}

/// A normalised sparse matrix that multiplies dense ones.
private struct Product {
  private let matrix: SparseMatrix
  private let rowScales: [Float]
  private let columnScales: [Float]

  init(_ matrix: SparseMatrix, _ rows: SparseMatrix, _ columns: SparseMatrix) {
    self.matrix = matrix
    rowScales = (0..<rows.rowCount).map { 1 / Float(max(1, rows[$0].count)).squareRoot() }
    columnScales = (0..<columns.rowCount).map { 1 / Float(max(1, columns[$0].count)).squareRoot() }
  }

  func times(_ dense: Dense) -> Dense {
    var result = Dense(rows: matrix.rowCount, width: dense.width) { 0 }
    let width = dense.width
    result.values.withUnsafeMutableBufferPointer { result in
      dense.values.withUnsafeBufferPointer { dense in
        for row in 0..<matrix.rowCount {
          for place in matrix[row] {
            let column = Int(matrix.columns[place])
            let weight = rowScales[row] * columnScales[column]
            for index in 0..<width {
              result[row * width + index] += weight * dense[column * width + index]
            }
          }
        }
      }
    }
    return result
  }
}

/// Rows of numbers.
private struct Dense {
  let rows: Int
  let width: Int
  var values: [Float]

  init(rows: Int, width: Int, _ value: () -> Float) {
    (self.rows, self.width) = (rows, width)
    values = (0..<rows * width).map { _ in value() }
  }

  /// Makes the columns orthogonal and of length 1: Gram and Schmidt, twice over.
  mutating func orthonormalise() {
    let (rows, width) = (rows, width)
    values.withUnsafeMutableBufferPointer { values in
      for column in 0..<width {
        for _ in 0..<2 {
          var shares = [Float](repeating: 0, count: column)
          for row in 0..<rows {
            let value = values[row * width + column]
            if value == 0 { continue }
            for other in 0..<column { shares[other] += value * values[row * width + other] }
          }
          for row in 0..<rows {
            var sum: Float = 0
            for other in 0..<column { sum += shares[other] * values[row * width + other] }
            values[row * width + column] -= sum
          }
        }
        var length: Float = 0
        for row in 0..<rows {
          length += values[row * width + column] * values[row * width + column]
        }
        let scale = length > 1e-20 ? 1 / length.squareRoot() : 0
        for row in 0..<rows { values[row * width + column] *= scale }
      }
    }
  }

  /// The inner products of the columns: `[width, width]`.
  func gram() -> [Double] {
    var sums = [Double](repeating: 0, count: width * width)
    for row in 0..<rows {
      for left in 0..<width {
        let value = Double(values[row * width + left])
        if value == 0 { continue }
        for right in left..<width {
          sums[left * width + right] += value * Double(values[row * width + right])
        }
      }
    }
    for left in 0..<width {
      for right in 0..<left { sums[left * width + right] = sums[right * width + left] }
    }
    return sums
  }

  /// The rows times columns of weights: `[rows, columns]`.
  func times(columns: [[Float]]) -> [Float] {
    var result = [Float](repeating: 0, count: rows * columns.count)
    for row in 0..<rows {
      for (place, column) in columns.enumerated() {
        var sum: Float = 0
        for index in 0..<width { sum += values[row * width + index] * column[index] }
        result[row * columns.count + place] = sum
      }
    }
    return result
  }
}

/// Small symmetric matrices.
enum SymmetricMatrix {
  /// Eigenvalues and eigenvectors, one a column, by Jacobi's rotations. O(n³) a sweep.
  static func eigen(_ matrix: [Double]) -> (values: [Double], vectors: [Double]) {
    let count = Int(Double(matrix.count).squareRoot().rounded())
    var a = matrix
    var v = (0..<count * count).map { $0 / count == $0 % count ? 1.0 : 0.0 }
    for _ in 0..<30 {
      var off = 0.0
      for p in 0..<count {
        for q in p + 1..<max(p + 1, count) { off += a[p * count + q] * a[p * count + q] }
      }
      if off < 1e-18 { break }
      for p in 0..<count {
        for q in p + 1..<max(p + 1, count) where abs(a[p * count + q]) > 1e-15 {
          let theta = (a[q * count + q] - a[p * count + p]) / (2 * a[p * count + q])
          let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<count {
            let (one, other) = (a[k * count + p], a[k * count + q])
            a[k * count + p] = c * one - s * other
            a[k * count + q] = s * one + c * other
          }
          for k in 0..<count {
            let (one, other) = (a[p * count + k], a[q * count + k])
            a[p * count + k] = c * one - s * other
            a[q * count + k] = s * one + c * other
          }
          for k in 0..<count {
            let (one, other) = (v[k * count + p], v[k * count + q])
            v[k * count + p] = c * one - s * other
            v[k * count + q] = s * one + c * other
          }
        }
      }
    }
    return ((0..<count).map { a[$0 * count + $0] }, v)
  }
}
