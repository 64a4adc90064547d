import CTorch

/// An n-dimensional array of numbers of one type on one device, with optional gradients.
///
/// A tensor is a reference: views made by ``reshape(_:)``, ``transpose(_:_:)`` or
/// ``narrow(dimension:start:length:)`` share its memory. No operator changes its operands.
///
/// ```swift
/// let a = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
/// let b = try a.matmul(a.transpose(0, 1))   // [2, 2]
/// let c = try b.sum().item()                // 129
/// ```
///
/// Operators throw ``NeuralError``, which names the operator and the shapes it was given.
/// Dimensions may be negative and then count from the last.
///
/// A tensor is not `Sendable`: its gradient and its graph change without a lock. A model that
/// several tasks use belongs in an actor or a `Mutex`.
public final class Tensor {
  /// One counted reference to libtorch's tensor, released exactly once.
  let handle: OpaquePointer

  /// Takes the reference over.
  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ctorch_tensor_release(handle) }

  /// Number of dimensions; 0 for a scalar.
  public var rank: Int { Int(ctorch_tensor_rank(handle)) }

  /// The size of each dimension; empty for a scalar.
  public var shape: [Int] {
    guard let sizes = ctorch_tensor_sizes(handle) else { return [] }
    return (0..<rank).map { Int(sizes[$0]) }
  }

  /// Elements from one index of a dimension to the next, for each dimension.
  public var strides: [Int] {
    guard let strides = ctorch_tensor_strides(handle) else { return [] }
    return (0..<rank).map { Int(strides[$0]) }
  }

  /// Number of elements: the product of the shape, 1 for a scalar.
  public var count: Int { Int(ctorch_tensor_count(handle)) }

  /// The type of the elements.
  public var dtype: DType {
    // Tensors only come from operators that yield types of this table; complex and quantised
    // ones cannot be made with this library.
    DType(rawValue: ctorch_tensor_dtype(handle)) ?? .uint8
  }

  /// Where the elements are.
  public var device: Device {
    var type: Int32 = 0
    var index: Int32 = 0
    ctorch_tensor_device(handle, &type, &index)
    return Device(type: type, index: index)
  }

  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool { ctorch_tensor_is_contiguous(handle) }

  /// The size of one dimension.
  ///
  /// - Throws: `.indexOutOfRange` when there is no such dimension.
  public func size(_ dimension: Int) throws(NeuralError) -> Int {
    let shape = shape
    let index = dimension < 0 ? dimension + shape.count : dimension
    guard shape.indices.contains(index) else {
      throw NeuralError(
        .indexOutOfRange, "dimension \(dimension) of a tensor with \(shape.count)",
        operation: "size", shapes: [shape])
    }
    return shape[index]
  }
}

extension Tensor: CustomStringConvertible {
  /// Type, shape and device; never the elements, which may be a customer's.
  public var description: String { "Tensor(\(dtype), \(shape), \(device))" }
}
