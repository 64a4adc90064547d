extension Operator {
  fileprivate static let indexSelect = Operator("aten::index_select")
  fileprivate static let gather = Operator("aten::gather")
  fileprivate static let maskedFill = Operator("aten::masked_fill.Scalar")
  fileprivate static let whereTensor = Operator("aten::where.self")
  fileprivate static let equal = Operator("aten::eq.Tensor")
  fileprivate static let equalScalar = Operator("aten::eq.Scalar")
  fileprivate static let less = Operator("aten::lt.Tensor")
  fileprivate static let lessScalar = Operator("aten::lt.Scalar")
  fileprivate static let greater = Operator("aten::gt.Tensor")
  fileprivate static let greaterScalar = Operator("aten::gt.Scalar")
  fileprivate static let not = Operator("aten::logical_not")
}

/// Choosing elements by index and by condition.
extension Tensor {
  /// The given indices of a dimension, in that order: `indices` `[m]` of type `.int32` or
  /// `.int64` give that dimension the size `m`.
  ///
  /// - Throws: `.indexOutOfRange`.
  public func indexSelect(dimension: Int, _ indices: Tensor) throws(NeuralError) -> Tensor {
    try Operator.indexSelect(.tensor(self), .integer(dimension), .tensor(indices))
  }

  /// `out[i][j] = self[indices[i][j]][j]` for dimension 0, and likewise for others; `indices`
  /// are `.int64` and give the result its shape.
  ///
  /// - Throws: `.indexOutOfRange`.
  public func gather(dimension: Int, _ indices: Tensor) throws(NeuralError) -> Tensor {
    try Operator.gather(.tensor(self), .integer(dimension), .tensor(indices))
  }

  /// `value` where `mask`, of type `.bool` and broadcast, is true; this tensor's elements
  /// elsewhere.
  public func maskedFill(_ mask: Tensor, _ value: Double) throws(NeuralError) -> Tensor {
    try Operator.maskedFill(.tensor(self), .tensor(mask), .number(value))
  }

  /// This tensor's elements where `condition`, of type `.bool`, is true, `other`'s elsewhere;
  /// all three are broadcast.
  public func `where`(_ condition: Tensor, else other: Tensor) throws(NeuralError) -> Tensor {
    try Operator.whereTensor(.tensor(condition), .tensor(self), .tensor(other))
  }

  /// Where elements are equal, as `.bool`.
  public func equals(_ other: Tensor) throws(NeuralError) -> Tensor {
    try Operator.equal(.tensor(self), .tensor(other))
  }

  /// Where elements are equal to `value`, as `.bool`.
  public func equals(_ value: Double) throws(NeuralError) -> Tensor {
    try Operator.equalScalar(.tensor(self), .number(value))
  }

  /// Where elements are less, as `.bool`.
  public func isLess(than other: Tensor) throws(NeuralError) -> Tensor {
    try Operator.less(.tensor(self), .tensor(other))
  }

  /// Where elements are less than `value`, as `.bool`.
  public func isLess(than value: Double) throws(NeuralError) -> Tensor {
    try Operator.lessScalar(.tensor(self), .number(value))
  }

  /// Where elements are greater, as `.bool`.
  public func isGreater(than other: Tensor) throws(NeuralError) -> Tensor {
    try Operator.greater(.tensor(self), .tensor(other))
  }

  /// Where elements are greater than `value`, as `.bool`.
  public func isGreater(than value: Double) throws(NeuralError) -> Tensor {
    try Operator.greaterScalar(.tensor(self), .number(value))
  }

  /// Where elements are 0 or false, as `.bool`.
  public func logicalNot() throws(NeuralError) -> Tensor {
    try Operator.not(.tensor(self))
  }
}
