/// `x Wᵀ + b`: `[…, inputs]` → `[…, outputs]`.
///
/// Weights start normal with deviation `√(2 / (inputs + outputs))` (Glorot & Bengio, 2010), biases
/// at 0. ``adapt(rank:scale:using:)`` adds a low-rank adapter.
public final class Linear: Layer {
  /// `[outputs, inputs]`
  public let weight: Tensor
  /// `[outputs]`
  public let bias: Tensor?
  private var adapter: Adapter?

  private struct Adapter {
    let down: Tensor, up: Tensor
    let scale: Double
  }

  /// A layer with random weights.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, dtype: DType = .float32,
    using generator: Generator
  ) throws(NeuralError) {
    let deviation = (2 / Double(inputs + outputs)).squareRoot()
    weight = try Tensor.parameter([outputs, inputs], deviation, dtype, generator)
    self.bias = bias ? try Tensor.zeros([outputs], dtype: dtype).requiringGrad() : nil
  }

  /// A layer with given weights, such as pretrained ones: `[outputs, inputs]` and `[outputs]`.
  public init(weight: Tensor, bias: Tensor?) throws(NeuralError) {
    self.weight = try weight.detached().clone().requiringGrad()
    self.bias = try bias?.detached().clone().requiringGrad()
  }

  /// Freezes the layer and trains a low-rank correction `scale / rank · x Aᵀ Bᵀ` instead, which
  /// starts at 0 (Hu et al., *LoRA*, 2022).
  ///
  /// - Throws: `.invalidArgument` unless `0 < rank ≤ min(inputs, outputs)`.
  public func adapt(
    rank: Int, scale: Double = 16, using generator: Generator
  ) throws(NeuralError) {
    let (outputs, inputs) = (try weight.size(0), try weight.size(1))
    guard rank > 0, rank <= min(inputs, outputs) else {
      throw NeuralError(
        .invalidArgument, "the rank must be in 1...\(min(inputs, outputs)), not \(rank)",
        operation: "adapt", shapes: [weight.shape])
    }
    try freeze()
    let deviation = 1 / Double(inputs).squareRoot()
    adapter = Adapter(
      down: try Tensor.parameter([rank, inputs], deviation, weight.dtype, generator),
      up: try Tensor.zeros([outputs, rank], dtype: weight.dtype).requiringGrad(),
      scale: scale / Double(rank))
  }

  /// The weight with the adapter's correction added: for inference and export. `[outputs, inputs]`
  public func mergedWeight() throws(NeuralError) -> Tensor {
    guard let adapter else { return weight }
    return try weight + adapter.up.matmul(adapter.down) * adapter.scale
  }

  /// `[…, inputs]` → `[…, outputs]`
  public func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    let y = try x.linear(HalfCopies.standIn(for: weight), bias: bias)
    guard let adapter else { return y }
    return try y + x.linear(adapter.down).linear(adapter.up) * adapter.scale
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(weight, "weight")
    visitor.visit(bias, "bias", decays: false)
    visitor.visit(adapter?.down, "adapter.down")
    visitor.visit(adapter?.up, "adapter.up")
  }
}

extension Tensor {
  /// A leaf of normal draws, marked for training.
  static func parameter(
    _ shape: [Int], _ deviation: Double, _ dtype: DType, _ generator: Generator
  ) throws(NeuralError) -> Tensor {
    try (randomNormal(shape, using: generator, dtype: dtype) * deviation).requiringGrad()
  }
}
