import AkinNeural

/// One block of a BERT-family encoder, for inference:
///
///     a = norm(x + W_o · attention(W_qkv x))
///     y = norm(a + W_2 · activation(W_1 a))
///
/// Post-norm as in the original Transformer (Vaswani et al., 2017). Queries, keys and values come
/// out of one product. Biases, GELU and the residual sums are fused into the products.
struct TransformerBlock {
  private let projection: PackedLinear
  private let attentionOutput: PackedLinear
  private let attentionNorm: LayerNorm
  private let feedForward: FeedForward
  private let heads: Int

  init(
    _ names: TransformerNames.Block, _ loader: WeightLoader,
    _ configuration: TransformerConfiguration
  ) throws(EncoderError) {
    let hidden = configuration.hidden
    projection = try loader.linear(
      [names.query, names.key, names.value], inputs: hidden, outputs: hidden)
    attentionOutput = try loader.linear([names.attentionOutput], inputs: hidden, outputs: hidden)
    attentionNorm = try loader.norm(names.attentionNorm, hidden)
    feedForward = try FeedForward(names, loader, configuration)
    heads = configuration.heads
  }

  /// `[tokens, hidden]` → `[tokens, hidden]`.
  func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences
  ) throws(NeuralError) -> Tensor {
    let context = try sequences.attention(projection(x), heads: heads)
    let attended = try attentionNorm(attentionOutput.adding(x, to: context))
    return try feedForward(attended)
  }
}

/// The second half of a block: `norm(a + W_2 · activation(W_1 a))`.
enum FeedForward {
  case packed(
    expansion: PackedLinear, contraction: PackedLinear, norm: LayerNorm,
    TransformerConfiguration.Activation)
  case coded(CodedFeedForward)

  init(
    _ names: TransformerNames.Block, _ loader: WeightLoader,
    _ configuration: TransformerConfiguration
  ) throws(EncoderError) {
    let (hidden, wide) = (configuration.hidden, configuration.intermediate)
    guard loader.precision == .int8, configuration.activation == .gelu,
      CodedFeedForward.fits(width: hidden, hidden: wide)
    else {
      self = .packed(
        expansion: try loader.linear([names.expansion], inputs: hidden, outputs: wide),
        contraction: try loader.linear([names.contraction], inputs: wide, outputs: hidden),
        norm: try loader.norm(names.outputNorm, hidden), configuration.activation)
      return
    }
    let expansion = try loader.tensors([names.expansion], inputs: hidden, outputs: wide)
    let contraction = try loader.tensors([names.contraction], inputs: wide, outputs: hidden)
    let norm = try loader.norm(names.outputNorm, hidden, as: .float32)
    self = .coded(
      try computing { () throws(NeuralError) in
        try CodedFeedForward(
          expansion: expansion, contraction: contraction,
          norm: (norm.weight, norm.bias, norm.epsilon))
      })
  }

  /// `[tokens, hidden]` → `[tokens, hidden]`.
  func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    switch self {
    case .coded(let layer): return try layer(x)
    case .packed(let expansion, let contraction, let norm, let activation):
      let expanded =
        switch activation {
        case .gelu: try expansion.gelu(x)
        case .geluTanh: try expansion.gelu(x, .tanh)
        case .relu: try expansion(x).relu()
        }
      return try norm(contraction.adding(x, to: expanded))
    }
  }
}

/// Layer normalisation over the last dimension, computed in float32 whatever the type.
struct LayerNorm {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Double

  func callAsFunction(_ x: Tensor) throws(NeuralError) -> Tensor {
    try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// Makes layers out of a file's weights, in the type that the model computes in.
struct WeightLoader {
  let source: any WeightSource
  let precision: NumericPrecision
  let epsilon: Double

  private var dtype: DType { precision.dtype }

  /// Layers that share their input become one, their outputs side by side.
  func linear(
    _ names: [String], inputs: Int, outputs: Int
  ) throws(EncoderError) -> PackedLinear {
    let (weight, bias) = try tensors(names, inputs: inputs, outputs: outputs)
    return try computing { () throws(NeuralError) in
      try PackedLinear(weight: weight.to(dtype), bias: bias.to(dtype))
    }
  }

  /// Their weights `[outputs · names, inputs]` and biases, as float32.
  func tensors(
    _ names: [String], inputs: Int, outputs: Int
  ) throws(EncoderError) -> (weight: Tensor, bias: Tensor) {
    var weights: [Tensor] = []
    var biases: [Float] = []
    for name in names {
      let table = try source.table(name + source.names.weight, rows: outputs, width: inputs)
      weights.append(try computing { () throws(NeuralError) in try table.tensor() })
      biases += try source.vector(name + source.names.bias, count: outputs)
    }
    return try computing { () throws(NeuralError) in
      (weights.count == 1 ? weights[0] : try Tensor.concatenated(weights), try Tensor(biases))
    }
  }

  func norm(_ name: String, _ width: Int, as type: DType? = nil) throws(EncoderError) -> LayerNorm {
    let weight = try source.vector(name + source.names.weight, count: width)
    let bias = try source.vector(name + source.names.bias, count: width)
    return try computing { () throws(NeuralError) in
      LayerNorm(
        weight: try Tensor(weight).to(type ?? dtype), bias: try Tensor(bias).to(type ?? dtype),
        epsilon: epsilon)
    }
  }
}

/// Runs tensor operations; a failure becomes this module's error.
func computing<Result>(
  _ body: () throws(NeuralError) -> Result
) throws(EncoderError) -> Result {
  do {
    return try body()
  } catch {
    throw EncoderError(.computation, "The tensor library refused: \(error)")
  }
}
