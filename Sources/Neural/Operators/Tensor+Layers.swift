extension Operator {
  fileprivate static let matmul = Operator("aten::matmul")
  fileprivate static let linear = Operator("aten::linear")
  fileprivate static let layerNorm = Operator("aten::layer_norm")
  fileprivate static let embedding = Operator("aten::embedding")
  fileprivate static let attention = Operator("aten::scaled_dot_product_attention")
  fileprivate static let crossEntropy = Operator("aten::cross_entropy_loss")
}

/// The functions that layers of neural networks are made of.
extension Tensor {
  /// The matrix product. `[n, k] · [k, m] → [n, m]`; further leading dimensions are batches and
  /// are broadcast; vectors are taken as a row on the left and a column on the right.
  ///
  /// - Throws: `.invalidArgument` when the inner sizes or the types differ.
  public func matmul(_ other: Tensor) throws(NeuralError) -> Tensor {
    try Operator.matmul(.tensor(self), .tensor(other))
  }

  /// `x Wᵀ + b`: `[…, inputs]` with `weight` `[outputs, inputs]` and `bias` `[outputs]` gives
  /// `[…, outputs]`.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(NeuralError) -> Tensor {
    try Operator.linear(.tensor(self), .tensor(weight), .optional(bias))
  }

  /// `(x − mean) / √(variance + epsilon) · weight + bias` over the last dimension, with the
  /// biased variance (Ba, Kiros & Hinton, 2016). `weight` and `bias` are `[features]`.
  public func layerNorm(
    weight: Tensor?, bias: Tensor?, epsilon: Double
  ) throws(NeuralError) -> Tensor {
    try Operator.layerNorm(
      .tensor(self), .integers([try size(-1)]), .optional(weight), .optional(bias),
      .number(epsilon))
  }

  /// Rows of this table `[rows, features]` by their numbers: `indices` of shape `[…]` and type
  /// `.int32` or `.int64` give `[…, features]`.
  ///
  /// - Throws: `.indexOutOfRange` when a number is no row.
  public func embedding(_ indices: Tensor) throws(NeuralError) -> Tensor {
    try Operator.embedding(.tensor(self), .tensor(indices))
  }

  /// `softmax(Q Kᵀ · scale + mask) V` (Vaswani et al., 2017) with this tensor as the queries.
  ///
  /// - Parameters:
  ///   - keys: `[batch, heads, keys, dimension]`, as the queries `[batch, heads, queries,
  ///     dimension]`.
  ///   - values: `[batch, heads, keys, width]`.
  ///   - mask: broadcast to `[batch, heads, queries, keys]`: `.bool` with `true` where attention
  ///     is allowed, or numbers that are added to the products.
  ///   - scale: `1 / √dimension` by default.
  /// - Returns: `[batch, heads, queries, width]`.
  public func attention(
    keys: Tensor, values: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
    scale: Double? = nil
  ) throws(NeuralError) -> Tensor {
    try Operator.attention(
      .tensor(self), .tensor(keys), .tensor(values), .optional(mask), .number(0),
      .bool(isCausal), scale.map(Argument.number) ?? .none)
  }

  /// The mean of `−log softmax(x)[label]`: scores `[n, classes]` and labels `[n]` of type
  /// `.int64` give a scalar. Rows labelled `ignoring` do not count.
  public func crossEntropy(
    _ labels: Tensor, labelSmoothing: Double = 0, ignoring: Int = -100
  ) throws(NeuralError) -> Tensor {
    try Operator.crossEntropy(
      .tensor(self), .tensor(labels), .none, .integer(1), .integer(ignoring),
      .number(labelSmoothing))
  }
}
