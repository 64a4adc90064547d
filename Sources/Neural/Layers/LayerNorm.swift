/// `(x − mean) / √(variance + ε) · weight + bias` over the last dimension (Ba, Kiros & Hinton,
/// 2016): `[…, features]` → `[…, features]`. Starts as the plain normalisation.
public final class LayerNorm: Layer {
  /// `[features]`
  public let weight: Tensor, bias: Tensor
  private let epsilon: Double

  /// A norm with weights of 1 and biases of 0.
  public init(
    _ features: Int, epsilon: Double = 1e-6, dtype: DType = .float32
  ) throws(NeuralError) {
    weight = try Tensor.ones([features], dtype: dtype).requiringGrad()
    bias = try Tensor.zeros([features], dtype: dtype).requiringGrad()
    self.epsilon = epsilon
  }

  /// A norm with given weights and biases, both `[features]`.
  public init(weight: Tensor, bias: Tensor, epsilon: Double) throws(NeuralError) {
    self.weight = try weight.detached().clone().requiringGrad()
    self.bias = try bias.detached().clone().requiringGrad()
    self.epsilon = epsilon
  }

  /// `[…, features]` → `[…, features]`
  public func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(weight, "weight", decays: false)
    visitor.visit(bias, "bias", decays: false)
  }
}
