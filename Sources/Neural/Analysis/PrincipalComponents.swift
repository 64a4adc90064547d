extension Operator {
  fileprivate static let eigh = Operator("aten::linalg_eigh")
  fileprivate static let flip = Operator("aten::flip")
}

/// The directions of greatest variance of a cloud of points, and the points in them
/// (Pearson, 1901; Hotelling, 1933).
public struct PrincipalComponents {
  /// `[dimensions]`: the centre of the points.
  public let mean: Tensor
  /// `[count, dimensions]`: orthonormal rows, by falling variance. The element of greatest
  /// magnitude of each is positive, which fixes the sign.
  public let components: Tensor
  /// `[points, count]`: the centred points in these directions.
  public let projected: Tensor
  /// `[count]`: the variance along each, with n − 1 in the denominator.
  public let variance: Tensor
  /// `[count]`: the share of each in the whole variance; 0 when all points are equal.
  public let explained: Tensor
}

/// The first `count` principal components of `points` `[n, d]`, all results `.float32`.
///
/// By the eigenvectors of the covariance, summed up in double precision in blocks of rows:
/// time O(n d² + d³), memory O(d²) beyond the results. Deterministic for one number of threads.
///
/// - Throws: `.invalidArgument` unless `points` is a matrix of real numbers with at least 2 rows
///   and `1 ≤ count ≤ d`; `.linearAlgebra` when an element is not finite.
public func principalComponents(
  of points: Tensor, count: Int
) throws(NeuralError) -> PrincipalComponents {
  let shape = points.shape
  guard shape.count == 2, shape[0] >= 2, (1...max(1, shape[1])).contains(count), shape[1] > 0,
    points.dtype.isFloatingPoint
  else {
    throw NeuralError(
      .invalidArgument,
      "\(count) components need real numbers [n ≥ 2, d ≥ \(max(count, 1))]",
      operation: "principalComponents", shapes: [shape])
  }
  return try withoutGradient { () throws(NeuralError) in
    let mean = try meanRow(of: points)
    let covariance = try covariance(of: points, around: mean)
    let (values, directions) = try largestEigenpairs(of: covariance, count)
    let components = try directions.to(.float32)
    let total = try covariance.diagonalSum()
    let variance = try values.clamped(to: 0...(.infinity))
    let centre = try mean.to(.float32).reshape([-1])
    let offset = try centre.unsqueeze(0).matmul(components.transpose(0, 1))
    let projected = try points.to(.float32).matmul(components.transpose(0, 1)) - offset
    return PrincipalComponents(
      mean: centre, components: components, projected: projected,
      variance: try variance.to(.float32),
      explained: try (total > 0 ? variance / total : variance).to(.float32))
  }
}

/// Rows of `points` in double precision, a block at a time.
private func forEachBlock(
  of points: Tensor, _ body: (Tensor) throws(NeuralError) -> Void
) throws(NeuralError) {
  let rows = try points.size(0)
  var start = 0
  while start < rows {
    let length = min(4096, rows - start)
    try body(points.narrow(dimension: 0, start: start, length: length).to(.float64))
    start += length
  }
}

/// `[1, d]`
private func meanRow(of points: Tensor) throws(NeuralError) -> Tensor {
  var sum = try Tensor.zeros([1, points.size(1)], dtype: .float64, device: points.device)
  try forEachBlock(of: points) { block throws(NeuralError) in
    sum = try sum + block.sum([0], keepingDimensions: true)
  }
  return try sum / Double(points.size(0))
}

/// `[d, d]`
private func covariance(
  of points: Tensor, around mean: Tensor
) throws(NeuralError) -> Tensor {
  let width = try points.size(1)
  var sum = try Tensor.zeros([width, width], dtype: .float64, device: points.device)
  try forEachBlock(of: points) { block throws(NeuralError) in
    let centred = try block - mean
    sum = try sum + centred.transpose(0, 1).matmul(centred)
  }
  let covariance = try sum / Double(points.size(0) - 1)
  guard try covariance.diagonalSum().isFinite else {
    throw NeuralError(
      .linearAlgebra, "an element is not finite", operation: "principalComponents",
      shapes: [points.shape])
  }
  return covariance
}

/// Eigenvalues `[count]` and eigenvectors `[count, d]` of a symmetric matrix, by falling value.
package func largestEigenpairs(
  of matrix: Tensor, _ count: Int
) throws(NeuralError) -> (values: Tensor, vectors: Tensor) {
  // In ascending order, vectors in columns.
  let pair = try Operator.eigh.all(.tensor(matrix), count: 2)
  let width = try matrix.size(0)
  let values = try Operator.flip(
    .tensor(pair[0].narrow(dimension: 0, start: width - count, length: count)), .integers([0]))
  let vectors = try Operator.flip(
    .tensor(
      pair[1].narrow(dimension: 1, start: width - count, length: count).transpose(0, 1)),
    .integers([0]))
  let peak = try vectors.gather(
    dimension: 1, vectors.magnitude().argmax(dimension: 1, keepingDimension: true))
  let one = try peak.filled(with: 1)
  return (values, try vectors * (-one).where(peak.isLess(than: 0), else: one))
}

extension Tensor {
  fileprivate func diagonalSum() throws(NeuralError) -> Double {
    try Operator.trace(.tensor(self)).item()
  }
}

extension Operator {
  fileprivate static let trace = Operator("aten::trace")
}
