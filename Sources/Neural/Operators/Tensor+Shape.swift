extension Operator {
  fileprivate static let reshape = Operator("aten::reshape")
  fileprivate static let view = Operator("aten::view")
  fileprivate static let transpose = Operator("aten::transpose.int")
  fileprivate static let permute = Operator("aten::permute")
  fileprivate static let unsqueeze = Operator("aten::unsqueeze")
  fileprivate static let squeeze = Operator("aten::squeeze.dim")
  fileprivate static let expand = Operator("aten::expand")
  fileprivate static let flatten = Operator("aten::flatten.using_ints")
  fileprivate static let narrow = Operator("aten::narrow")
  fileprivate static let slice = Operator("aten::slice.Tensor")
  fileprivate static let select = Operator("aten::select.int")
  fileprivate static let cat = Operator("aten::cat")
  fileprivate static let stack = Operator("aten::stack")
  fileprivate static let split = Operator("aten::split.Tensor")
}

/// New shapes over the same elements. All but ``reshape(_:)``, which copies only if it must,
/// `concatenated` and `stacked` are views in constant time. Each throws `.invalidArgument` or
/// `.indexOutOfRange` when a dimension or size does not fit.
extension Tensor {
  /// The same elements in row-major order under another shape; one size may be −1 and is then
  /// inferred. Copies if no view can do it.
  public func reshape(_ shape: [Int]) throws(NeuralError) -> Tensor {
    try Operator.reshape(.tensor(self), .integers(shape))
  }

  /// Like ``reshape(_:)`` but never copies.
  ///
  /// - Throws: `.invalidArgument` where that would need a copy.
  public func view(_ shape: [Int]) throws(NeuralError) -> Tensor {
    try Operator.view(.tensor(self), .integers(shape))
  }

  /// Two dimensions exchanged.
  public func transpose(_ first: Int, _ second: Int) throws(NeuralError) -> Tensor {
    try Operator.transpose(.tensor(self), .integer(first), .integer(second))
  }

  /// Dimensions in another order: dimension `i` of the result is `order[i]` of this tensor.
  public func permute(_ order: [Int]) throws(NeuralError) -> Tensor {
    try Operator.permute(.tensor(self), .integers(order))
  }

  /// A new dimension of size 1 at `dimension`.
  public func unsqueeze(_ dimension: Int) throws(NeuralError) -> Tensor {
    try Operator.unsqueeze(.tensor(self), .integer(dimension))
  }

  /// Without `dimension`, if its size is 1; otherwise the same shape.
  public func squeeze(_ dimension: Int) throws(NeuralError) -> Tensor {
    try Operator.squeeze(.tensor(self), .integer(dimension))
  }

  /// Dimensions of size 1 repeated to `shape` without a copy; −1 keeps a size.
  public func expand(_ shape: [Int]) throws(NeuralError) -> Tensor {
    try Operator.expand(.tensor(self), .integers(shape))
  }

  /// The dimensions from `first` to `last` merged into one.
  public func flatten(from first: Int = 0, to last: Int = -1) throws(NeuralError) -> Tensor {
    try Operator.flatten(.tensor(self), .integer(first), .integer(last))
  }

  /// `length` indices of a dimension from `start` on.
  public func narrow(
    dimension: Int, start: Int, length: Int
  ) throws(NeuralError) -> Tensor {
    try Operator.narrow(.tensor(self), .integer(dimension), .integer(start), .integer(length))
  }

  /// Every `step`-th index of a dimension within `bounds`, which are clamped to the dimension.
  public func slice(
    dimension: Int, _ bounds: Range<Int>, step: Int = 1
  ) throws(NeuralError) -> Tensor {
    try Operator.slice(
      .tensor(self), .integer(dimension), .integer(bounds.lowerBound),
      .integer(bounds.upperBound), .integer(step))
  }

  /// One index of a dimension, which disappears.
  public func select(dimension: Int, index: Int) throws(NeuralError) -> Tensor {
    try Operator.select(.tensor(self), .integer(dimension), .integer(index))
  }

  /// Tensors joined along an existing dimension; the other sizes must agree.
  public static func concatenated(
    _ tensors: [Tensor], dimension: Int = 0
  ) throws(NeuralError) -> Tensor {
    try Operator.cat(.tensors(tensors), .integer(dimension))
  }

  /// Tensors of one shape joined along a new dimension.
  public static func stacked(
    _ tensors: [Tensor], dimension: Int = 0
  ) throws(NeuralError) -> Tensor {
    try Operator.stack(.tensors(tensors), .integer(dimension))
  }

  /// Views of `size` indices each along a dimension; the last may have fewer.
  public func split(_ size: Int, dimension: Int = 0) throws(NeuralError) -> [Tensor] {
    let length = try self.size(dimension)
    return try Operator.split.all(
      .tensor(self), .integer(size), .integer(dimension),
      count: max(1, size > 0 ? (length + size - 1) / size : 1))
  }
}
