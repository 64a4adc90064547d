import CTorch

extension Tensor {
  /// The elements in row-major order, converted to `Element`.
  ///
  /// Copies; from another device as well. Conversion rounds as libtorch does.
  ///
  /// - Throws: `.outOfMemory`.
  public func elements<Element: TensorElement>(
    as type: Element.Type = Float.self
  ) throws(NeuralError) -> [Element] {
    let source = dtype == Element.dtype ? self : try to(Element.dtype)
    let count = count
    var status = CTORCH_OK
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      status = ctorch_tensor_copy_out(
        source.handle, buffer.baseAddress, count * MemoryLayout<Element>.stride)
      filled = status == CTORCH_OK ? count : 0
    }
    try check(status, "elements", [shape])
    return elements
  }

  /// The elements as `Float`, in row-major order.
  ///
  /// - Throws: `.outOfMemory`.
  public func floats() throws(NeuralError) -> [Float] { try elements(as: Float.self) }

  /// The only element, as a real number.
  ///
  /// - Throws: `.invalidArgument` unless there is exactly one.
  public func item() throws(NeuralError) -> Double {
    var value = 0.0
    try check(ctorch_tensor_item_double(handle, &value), "item", [shape])
    return value
  }

  /// The only element, as an integer.
  ///
  /// - Throws: `.invalidArgument` unless there is exactly one, which an `Int` can hold.
  public func integerItem() throws(NeuralError) -> Int {
    var value: Int64 = 0
    try check(ctorch_tensor_item_int64(handle, &value), "integerItem", [shape])
    return Int(value)
  }

  /// Lends the elements' bytes, in row-major order and the machine's byte order, valid during
  /// `body`. Copies only if the tensor is not contiguous or not on the CPU.
  ///
  /// - Throws: what `body` throws, or ``NeuralError`` `.outOfMemory`.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let source = try to(Device.cpu).contiguous()
    var data: UnsafeRawPointer?
    try check(ctorch_tensor_data(source.handle, &data), "withUnsafeBytes", [shape])
    return try withExtendedLifetime(source) {
      try body(UnsafeRawBufferPointer(start: data, count: source.count * dtype.byteCount))
    }
  }
}
