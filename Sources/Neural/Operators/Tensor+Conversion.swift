extension Operator {
  fileprivate static let toDType = Operator("aten::to.dtype")
  fileprivate static let toDevice = Operator("aten::to.dtype_layout")
  fileprivate static let contiguous = Operator("aten::contiguous")
  fileprivate static let clone = Operator("aten::clone")
}

extension Tensor {
  /// The elements converted to another type; this tensor itself if it has that type already.
  public func to(_ dtype: DType) throws(NeuralError) -> Tensor {
    if dtype == self.dtype { return self }
    return try Operator.toDType(.tensor(self), .dtype(dtype))
  }

  /// The elements on another device; this tensor itself if it is there already.
  ///
  /// - Throws: `.deviceUnavailable`, `.outOfMemory`.
  public func to(_ device: Device) throws(NeuralError) -> Tensor {
    if device == self.device { return self }
    try device.requireAvailable("to")
    return try Operator.toDevice(.tensor(self), .none, .none, .device(device))
  }

  /// The same elements in row-major order without gaps; this tensor itself if it is so already.
  public func contiguous() throws(NeuralError) -> Tensor {
    if isContiguous { return self }
    return try Operator.contiguous(.tensor(self))
  }

  /// A copy with its own memory. Gradients flow through it.
  public func clone() throws(NeuralError) -> Tensor {
    try Operator.clone(.tensor(self))
  }
}
