extension Operator {
  fileprivate static let add = Operator("aten::add.Tensor")
  fileprivate static let addScalar = Operator("aten::add.Scalar")
  fileprivate static let sub = Operator("aten::sub.Tensor")
  fileprivate static let mul = Operator("aten::mul.Tensor")
  fileprivate static let mulScalar = Operator("aten::mul.Scalar")
  fileprivate static let div = Operator("aten::div.Tensor")
  fileprivate static let divScalar = Operator("aten::div.Scalar")
  fileprivate static let neg = Operator("aten::neg")
  fileprivate static let exp = Operator("aten::exp")
  fileprivate static let log = Operator("aten::log")
  fileprivate static let sqrt = Operator("aten::sqrt")
  fileprivate static let rsqrt = Operator("aten::rsqrt")
  fileprivate static let abs = Operator("aten::abs")
  fileprivate static let tanh = Operator("aten::tanh")
  fileprivate static let pow = Operator("aten::pow.Tensor_Scalar")
  fileprivate static let clamp = Operator("aten::clamp")
}

/// Element by element. Shapes are broadcast: dimensions are aligned at the last, and one of size
/// 1 is repeated. Types are promoted as in PyTorch. Every operator throws `.invalidArgument` when
/// the shapes cannot be broadcast.
extension Tensor {
  /// `left + right`
  public static func + (left: Tensor, right: Tensor) throws(NeuralError) -> Tensor {
    try Operator.add(.tensor(left), .tensor(right))
  }

  /// `left + right`
  public static func + (left: Tensor, right: Double) throws(NeuralError) -> Tensor {
    try Operator.addScalar(.tensor(left), .number(right))
  }

  /// `left − right`
  public static func - (left: Tensor, right: Tensor) throws(NeuralError) -> Tensor {
    try Operator.sub(.tensor(left), .tensor(right))
  }

  /// `left − right`
  public static func - (left: Tensor, right: Double) throws(NeuralError) -> Tensor {
    try Operator.addScalar(.tensor(left), .number(-right))
  }

  /// `−operand`
  public static prefix func - (operand: Tensor) throws(NeuralError) -> Tensor {
    try Operator.neg(.tensor(operand))
  }

  /// `left · right`, element by element. For the matrix product see ``matmul(_:)``.
  public static func * (left: Tensor, right: Tensor) throws(NeuralError) -> Tensor {
    try Operator.mul(.tensor(left), .tensor(right))
  }

  /// `left · right`
  public static func * (left: Tensor, right: Double) throws(NeuralError) -> Tensor {
    try Operator.mulScalar(.tensor(left), .number(right))
  }

  /// `left / right`; integers give real numbers.
  public static func / (left: Tensor, right: Tensor) throws(NeuralError) -> Tensor {
    try Operator.div(.tensor(left), .tensor(right))
  }

  /// `left / right`; integers give real numbers.
  public static func / (left: Tensor, right: Double) throws(NeuralError) -> Tensor {
    try Operator.divScalar(.tensor(left), .number(right))
  }

  /// `eˣ`
  public func exp() throws(NeuralError) -> Tensor { try Operator.exp(.tensor(self)) }

  /// The natural logarithm; −∞ at 0, not a number below.
  public func log() throws(NeuralError) -> Tensor { try Operator.log(.tensor(self)) }

  /// `√x`; not a number below 0.
  public func squareRoot() throws(NeuralError) -> Tensor { try Operator.sqrt(.tensor(self)) }

  /// `1 / √x`
  public func reciprocalSquareRoot() throws(NeuralError) -> Tensor {
    try Operator.rsqrt(.tensor(self))
  }

  /// `|x|`
  public func magnitude() throws(NeuralError) -> Tensor { try Operator.abs(.tensor(self)) }

  /// The hyperbolic tangent.
  public func tanh() throws(NeuralError) -> Tensor { try Operator.tanh(.tensor(self)) }

  /// `x` to the power of `exponent`.
  public func power(_ exponent: Double) throws(NeuralError) -> Tensor {
    try Operator.pow(.tensor(self), .number(exponent))
  }

  /// Each element moved into `bounds`.
  public func clamped(to bounds: ClosedRange<Double>) throws(NeuralError) -> Tensor {
    try Operator.clamp(.tensor(self), .number(bounds.lowerBound), .number(bounds.upperBound))
  }
}
