extension Operator {
  fileprivate static let gelu = Operator("aten::gelu")
  fileprivate static let relu = Operator("aten::relu")
  fileprivate static let sigmoid = Operator("aten::sigmoid")
  fileprivate static let silu = Operator("aten::silu")
  fileprivate static let softmax = Operator("aten::softmax.int")
  fileprivate static let logSoftmax = Operator("aten::log_softmax.int")
  fileprivate static let dropoutMask = Operator("aten::bernoulli.p")
}

extension Tensor {
  /// How ``gelu(_:)`` computes the normal distribution's function.
  public enum GELUApproximation: String, Sendable {
    /// Exactly, by the error function.
    case none
    /// By `½(1 + tanh(√(2/π)(x + 0.044715 x³)))`.
    case tanh
  }

  /// `x · Φ(x)` with the normal distribution's function Φ (Hendrycks & Gimpel, 2016).
  public func gelu(_ approximation: GELUApproximation = .none) throws(NeuralError) -> Tensor {
    try Operator.gelu(.tensor(self), .string(approximation.rawValue))
  }

  /// `max(x, 0)`
  public func relu() throws(NeuralError) -> Tensor { try Operator.relu(.tensor(self)) }

  /// `1 / (1 + e⁻ˣ)`
  public func sigmoid() throws(NeuralError) -> Tensor { try Operator.sigmoid(.tensor(self)) }

  /// `x / (1 + e⁻ˣ)`
  public func silu() throws(NeuralError) -> Tensor { try Operator.silu(.tensor(self)) }

  /// `exp(xᵢ) / Σⱼ exp(xⱼ)` along a dimension, without overflow.
  public func softmax(dimension: Int = -1) throws(NeuralError) -> Tensor {
    try Operator.softmax(.tensor(self), .integer(dimension))
  }

  /// `xᵢ − log Σⱼ exp(xⱼ)` along a dimension, without overflow.
  public func logSoftmax(dimension: Int = -1) throws(NeuralError) -> Tensor {
    try Operator.logSoftmax(.tensor(self), .integer(dimension))
  }

  /// Each element set to 0 with `probability`, the others divided by `1 − probability`, so that
  /// the expectation stays (Srivastava et al., 2014). For training; inference leaves it out.
  ///
  /// - Throws: `.invalidArgument` unless `0 ≤ probability < 1`.
  public func dropout(
    _ probability: Double, using generator: Generator
  ) throws(NeuralError) -> Tensor {
    guard probability >= 0, probability < 1 else {
      throw NeuralError(
        .invalidArgument, "the probability must be in [0, 1), not \(probability)",
        operation: "dropout", shapes: [shape])
    }
    let kept = try Operator.dropoutMask(
      .tensor(try detached()), .number(1 - probability), .generator(generator))
    return try self * kept / (1 - probability)
  }
}
