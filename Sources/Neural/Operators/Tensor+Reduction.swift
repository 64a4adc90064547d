extension Operator {
  fileprivate static let sum = Operator("aten::sum.dim_IntList")
  fileprivate static let mean = Operator("aten::mean.dim")
  fileprivate static let norm = Operator("aten::linalg_vector_norm")
  fileprivate static let amax = Operator("aten::amax")
  fileprivate static let amin = Operator("aten::amin")
  fileprivate static let argmax = Operator("aten::argmax")
  fileprivate static let topk = Operator("aten::topk")
  fileprivate static let sort = Operator("aten::sort.stable")
  fileprivate static let logSumExp = Operator("aten::logsumexp")
  fileprivate static let variance = Operator("aten::var.correction")
}

/// Along dimensions, or over all of them where none is named. Each throws `.indexOutOfRange`
/// when there is no such dimension.
extension Tensor {
  /// The sum. Integers and truth values give `.int64`.
  ///
  /// - Parameter keepingDimensions: whether the dimensions stay, with size 1.
  public func sum(
    _ dimensions: [Int] = [], keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.sum(
      .tensor(self), dimensions.isEmpty ? .none : .integers(dimensions),
      .bool(keepingDimensions))
  }

  /// The arithmetic mean of real numbers.
  public func mean(
    _ dimensions: [Int] = [], keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.mean(
      .tensor(self), dimensions.isEmpty ? .none : .integers(dimensions),
      .bool(keepingDimensions))
  }

  /// The variance, with `correction` taken from the number in the denominator.
  public func variance(
    _ dimensions: [Int] = [], correction: Int = 1, keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.variance(
      .tensor(self), dimensions.isEmpty ? .none : .integers(dimensions), .integer(correction),
      .bool(keepingDimensions))
  }

  /// The vector norm `(Σ |x|ᵖ)^(1/p)`.
  public func norm(
    _ dimensions: [Int] = [], order: Double = 2, keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.norm(
      .tensor(self), .number(order), dimensions.isEmpty ? .none : .integers(dimensions),
      .bool(keepingDimensions))
  }

  /// Vectors along a dimension scaled to length 1; those shorter than `epsilon` are divided by
  /// it, so that zeros stay zeros.
  public func normalized(
    dimension: Int = -1, epsilon: Double = 1e-12
  ) throws(NeuralError) -> Tensor {
    let length = try norm([dimension], keepingDimensions: true)
    return try self / length.clamped(to: epsilon...(.infinity))
  }

  /// `log Σ exp(x)` along a dimension, without overflow.
  public func logSumExp(
    dimension: Int, keepingDimension: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.logSumExp(.tensor(self), .integers([dimension]), .bool(keepingDimension))
  }

  /// The greatest elements.
  public func maximum(
    _ dimensions: [Int] = [], keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.amax(.tensor(self), .integers(dimensions), .bool(keepingDimensions))
  }

  /// The least elements.
  public func minimum(
    _ dimensions: [Int] = [], keepingDimensions: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.amin(.tensor(self), .integers(dimensions), .bool(keepingDimensions))
  }

  /// The index of the greatest element along a dimension, as `.int64`.
  public func argmax(
    dimension: Int, keepingDimension: Bool = false
  ) throws(NeuralError) -> Tensor {
    try Operator.argmax(.tensor(self), .integer(dimension), .bool(keepingDimension))
  }

  /// The `count` greatest elements along a dimension, in descending order, with their indices as
  /// `.int64`. Among equals any may come first; where that matters use
  /// ``sorted(dimension:descending:)``.
  public func topK(
    _ count: Int, dimension: Int = -1
  ) throws(NeuralError) -> (values: Tensor, indices: Tensor) {
    let results = try Operator.topk.all(
      .tensor(self), .integer(count), .integer(dimension), count: 2)
    return (results[0], results[1])
  }

  /// The elements in order along a dimension, equals in their former order, with their former
  /// indices as `.int64`.
  public func sorted(
    dimension: Int = -1, descending: Bool = false
  ) throws(NeuralError) -> (values: Tensor, indices: Tensor) {
    let results = try Operator.sort.all(
      .tensor(self), .bool(true), .integer(dimension), .bool(descending), count: 2)
    return (results[0], results[1])
  }
}
