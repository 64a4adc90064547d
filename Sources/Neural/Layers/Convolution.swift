extension Operator {
  fileprivate static let conv1d = Operator("aten::conv1d")
}

/// A convolution along time: `[batch, channels, length]` → `[batch, outputs, length']` with
/// `length' = length + 2 · padding − kernel + 1`.
///
/// Weights start normal with deviation `√(2 / (channels · kernel))` (He et al., 2015).
public final class Convolution1D: Layer {
  /// `[outputs, channels, kernel]`
  public let weight: Tensor
  /// `[outputs]`
  public let bias: Tensor
  private let padding: Int

  /// - Parameter padding: zeros put before and after.
  public init(
    channels: Int, outputs: Int, kernel: Int, padding: Int = 0, dtype: DType = .float32,
    using generator: Generator
  ) throws(NeuralError) {
    let deviation = (2 / Double(channels * kernel)).squareRoot()
    weight = try Tensor.parameter([outputs, channels, kernel], deviation, dtype, generator)
    bias = try Tensor.zeros([outputs], dtype: dtype).requiringGrad()
    self.padding = padding
  }

  /// `[batch, channels, length]` → `[batch, outputs, length']`
  public func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    try Operator.conv1d(
      .tensor(x), .tensor(weight), .tensor(bias), .integers([1]), .integers([padding]))
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(weight, "weight")
    visitor.visit(bias, "bias", decays: false)
  }
}
