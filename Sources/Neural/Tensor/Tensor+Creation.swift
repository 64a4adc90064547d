import CTorch

extension Tensor {
  /// A tensor with a copy of `elements`, in row-major order.
  ///
  /// - Parameters:
  ///   - shape: the sizes, whose product is the number of elements; one dimension by default.
  /// - Throws: `.invalidArgument` when the shape does not fit, `.deviceUnavailable`.
  public convenience init<Element: TensorElement>(
    _ elements: [Element], shape: [Int]? = nil, device: Device = .cpu
  ) throws(NeuralError) {
    let shape = shape ?? [elements.count]
    let made = elements.withUnsafeBytes { bytes in
      Result { () throws(NeuralError) in
        try Tensor.copied(bytes, dtype: Element.dtype, shape: shape)
      }
    }
    try self.init(owning: made.get(), movedTo: device)
  }

  /// A tensor of no dimensions with one element.
  public convenience init<Element: TensorElement>(scalar: Element) throws(NeuralError) {
    try self.init([scalar], shape: [])
  }

  /// A tensor with a copy of elements given as bytes, in row-major order and the machine's byte
  /// order. The bytes need no alignment.
  ///
  /// - Throws: `.invalidArgument` unless the shape takes exactly these bytes,
  ///   `.deviceUnavailable`.
  public convenience init(
    bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int], device: Device = .cpu
  ) throws(NeuralError) {
    let made = try Tensor.copied(bytes, dtype: dtype, shape: shape)
    try self.init(owning: made, movedTo: device)
  }

  /// A tensor over memory of somebody else, without a copy.
  ///
  /// The owner is kept until the last tensor over the memory is gone, views included. The memory
  /// must stay valid and unchanged that long, and must be aligned for the type. An operator that
  /// writes in place must not be used on it.
  ///
  /// - Throws: `.invalidArgument` unless the shape takes exactly these bytes and they are aligned.
  public convenience init(
    borrowing bytes: UnsafeRawBufferPointer, ownedBy owner: AnyObject, dtype: DType, shape: [Int]
  ) throws(NeuralError) {
    if let base = bytes.baseAddress, Int(bitPattern: base) % dtype.byteCount != 0 {
      throw NeuralError(
        .invalidArgument, "the memory is not aligned for \(dtype)", operation: "borrow",
        shapes: [shape])
    }
    let sizes = shape.map(Int64.init)
    let context = Unmanaged.passRetained(owner).toOpaque()
    var made: OpaquePointer?
    try check(
      ctorch_tensor_borrow(
        bytes.baseAddress, bytes.count, dtype.rawValue, sizes, sizes.count,
        { context in
          if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
        }, context, &made),
      "borrow", [shape])
    try self.init(owning: made.required("borrow"))
  }

  private static func copied(
    _ bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]
  ) throws(NeuralError) -> OpaquePointer {
    let sizes = shape.map(Int64.init)
    var made: OpaquePointer?
    try check(
      ctorch_tensor_copy_in(
        bytes.baseAddress, bytes.count, dtype.rawValue, sizes, sizes.count, &made),
      "copy", [shape])
    return try made.required("copy")
  }

  /// Takes the reference over and, unless `device` is the processor, moves the elements there.
  private convenience init(
    owning handle: OpaquePointer, movedTo device: Device
  ) throws(NeuralError) {
    guard device != .cpu else {
      self.init(owning: handle)
      return
    }
    let moved: Tensor = try Tensor(owning: handle).to(device)
    self.init(sharing: moved)
  }

  /// Another object over the same tensor.
  private convenience init(sharing other: Tensor) {
    self.init(owning: ctorch_tensor_retain(other.handle))
  }
}

// MARK: Filled tensors

extension Operator {
  fileprivate static let full = Operator("aten::full")
  fileprivate static let arange = Operator("aten::arange.start_step")
  fileprivate static let randn = Operator("aten::randn.generator")
  fileprivate static let rand = Operator("aten::rand.generator")
  fileprivate static let randperm = Operator("aten::randperm.generator")
  fileprivate static let eye = Operator("aten::eye")
  fileprivate static let fullLike = Operator("aten::full_like")
}

extension Tensor {
  /// A tensor of zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(NeuralError) -> Tensor {
    try full(shape, 0, dtype: dtype, device: device)
  }

  /// A tensor of ones.
  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(NeuralError) -> Tensor {
    try full(shape, 1, dtype: dtype, device: device)
  }

  /// A tensor whose elements are all `value`.
  ///
  /// - Throws: `.invalidArgument` for a negative size, `.outOfMemory`, `.deviceUnavailable`.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu
  ) throws(NeuralError) -> Tensor {
    try device.requireAvailable("full")
    return try Operator.full(
      .integers(shape), .number(value), .dtype(dtype), .none, .device(device))
  }

  /// A tensor like this one in shape, type and device, whose elements are all `value`.
  public func filled(with value: Double) throws(NeuralError) -> Tensor {
    try Operator.fullLike(.tensor(self), .number(value))
  }

  /// The identity matrix `[size, size]`.
  public static func identity(
    _ size: Int, dtype: DType = .float32, device: Device = .cpu
  ) throws(NeuralError) -> Tensor {
    try device.requireAvailable("identity")
    return try Operator.eye(.integer(size), .dtype(dtype), .none, .device(device))
  }

  /// `[lower, lower + step, …]` below `upper`.
  public static func range(
    _ bounds: Range<Int>, step: Int = 1, dtype: DType = .int64, device: Device = .cpu
  ) throws(NeuralError) -> Tensor {
    try device.requireAvailable("range")
    return try Operator.arange(
      .integer(bounds.lowerBound), .integer(bounds.upperBound), .integer(step), .dtype(dtype),
      .none, .device(device))
  }

  /// Independent draws from the normal distribution with mean 0 and variance 1.
  public static func randomNormal(
    _ shape: [Int], using generator: Generator, dtype: DType = .float32
  ) throws(NeuralError) -> Tensor {
    try Operator.randn(
      .integers(shape), .generator(generator), .dtype(dtype), .none, .device(generator.device))
  }

  /// Independent draws from the uniform distribution on `[0, 1)`.
  public static func randomUniform(
    _ shape: [Int], using generator: Generator, dtype: DType = .float32
  ) throws(NeuralError) -> Tensor {
    try Operator.rand(
      .integers(shape), .generator(generator), .dtype(dtype), .none, .device(generator.device))
  }

  /// `0 ..< count` in random order, as `.int64` of shape `[count]`.
  public static func randomPermutation(
    _ count: Int, using generator: Generator
  ) throws(NeuralError) -> Tensor {
    try Operator.randperm(
      .integer(count), .generator(generator), .dtype(.int64), .none, .device(generator.device))
  }
}
