extension Operator {
  fileprivate static let reorder = Operator("mkldnn::_reorder_linear_weight")
  fileprivate static let pointwise = Operator("mkldnn::_linear_pointwise")
  fileprivate static let binary = Operator("mkldnn::_linear_pointwise.binary")
}

/// A linear layer for inference whose weights lie in the order that oneDNN's kernels want, with
/// what follows the product fused into it.
///
/// With `.bfloat16` weights and a processor with AMX this is the fastest way there is on a CPU.
/// Results carry no gradients. Elsewhere (another device, or a libtorch without oneDNN) the same
/// methods compute the same by ``Tensor/linear(_:bias:)``.
public final class PackedLinear {
  private let weight: Tensor
  private let bias: Tensor?
  /// Whether the fused kernels are used.
  public let isPacked: Bool
  /// Sizes of the last dimension of the input and of the output.
  public let inputs: Int, outputs: Int

  /// Packs a layer.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`, `.float32` or `.bfloat16`; inputs must have the same type.
  ///   - bias: `[outputs]`, of the same type.
  /// - Throws: `.invalidArgument` unless `weight` is a matrix and `bias` fits it.
  public init(weight: Tensor, bias: Tensor?) throws(NeuralError) {
    let shape = weight.shape
    guard shape.count == 2, bias.map({ $0.shape == [shape[0]] }) ?? true else {
      throw NeuralError(
        .invalidArgument, "a weight [outputs, inputs] and a bias [outputs] are needed",
        operation: "PackedLinear", shapes: [shape] + (bias.map { [$0.shape] } ?? []))
    }
    outputs = shape[0]
    inputs = shape[1]
    let weight = try weight.detached()
    isPacked =
      weight.device == .cpu && (weight.dtype == .bfloat16 || weight.dtype == .float32)
      && Operator.reorder.exists && Operator.pointwise.exists && Operator.binary.exists
      && (weight.dtype == .float32 || Runtime.hasFastBFloat16)
    self.weight = isPacked ? try Operator.reorder(.tensor(weight)) : weight
    self.bias = try bias?.detached()
  }

  /// `x Wᵀ + b`: `[…, inputs]` → `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    guard isPacked else { return try x.linear(weight, bias: bias) }
    return try Operator.pointwise(
      .tensor(x), .tensor(weight), .optional(bias), .string("none"), .integers([]), .none)
  }

  /// `gelu(x Wᵀ + b)`: `[…, inputs]` → `[…, outputs]`.
  public func gelu(
    _ x: Tensor, _ approximation: Tensor.GELUApproximation = .none
  ) throws(NeuralError) -> Tensor {
    guard isPacked else { return try x.linear(weight, bias: bias).gelu(approximation) }
    return try Operator.pointwise(
      .tensor(x), .tensor(weight), .optional(bias), .string("gelu"), .integers([]),
      .string(approximation.rawValue))
  }

  /// `x Wᵀ + b + residual`: `[…, inputs]` and `[…, outputs]` → `[…, outputs]`.
  public func adding(_ residual: Tensor, to x: Tensor) throws(NeuralError) -> Tensor {
    guard isPacked else { return try x.linear(weight, bias: bias) + residual }
    return try Operator.binary(
      .tensor(x), .tensor(residual), .tensor(weight), .optional(bias), .string("add"))
  }
}
