import AkinNeural

/// One block of a BERT-family encoder, for inference:
///
///     a = norm(x + W_o · attention(W_qkv x))
///     y = norm(a + W_2 · activation(W_1 a))
///
/// Post-norm as in the original Transformer (Vaswani et al., 2017). Queries, keys and values come
/// out of one product. Biases, GELU and the residual sums are fused into the products.
struct TransformerBlock {
  private let parts: Parts
  private let heads: Int

  private enum Parts {
    case packed(PackedBlock)
    case coded(CodedBlock)
  }

  init(
    _ names: TransformerNames.Block, _ loader: WeightLoader,
    _ configuration: TransformerConfiguration
  ) throws(EncoderError) {
    heads = configuration.heads
    parts =
      loader.precision == .int8
      ? .coded(try loader.coded(names, configuration))
      : .packed(try PackedBlock(names, loader, configuration))
  }

  /// `[tokens, hidden]` → `[tokens, hidden]`.
  func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences
  ) throws(NeuralError) -> Tensor {
    switch parts {
    case .packed(let block):
      let context = try sequences.attention(block.projection(x), heads: heads)
      return try block.feedForward(block.attach(context, to: x))
    case .coded(let block):
      let context = try sequences.attention(block.project(x), heads: heads)
      return try block.feedForward(block.attach(context, to: x))
    }
  }
}

/// A block's layers in float32 or bfloat16.
struct PackedBlock {
  let projection: PackedLinear
  private let output: PackedLinear
  private let attentionNorm: LayerNorm
  private let expansion: PackedLinear
  private let contraction: PackedLinear
  private let outputNorm: LayerNorm
  private let activation: TransformerConfiguration.Activation

  init(
    _ names: TransformerNames.Block, _ loader: WeightLoader,
    _ configuration: TransformerConfiguration
  ) throws(EncoderError) {
    let (hidden, wide) = (configuration.hidden, configuration.intermediate)
    projection = try loader.linear(names.attentionInputs, inputs: hidden, outputs: hidden)
    output = try loader.linear([names.attentionOutput], inputs: hidden, outputs: hidden)
    attentionNorm = try loader.norm(names.attentionNorm, hidden)
    expansion = try loader.linear([names.expansion], inputs: hidden, outputs: wide)
    contraction = try loader.linear([names.contraction], inputs: wide, outputs: hidden)
    outputNorm = try loader.norm(names.outputNorm, hidden)
    activation = configuration.activation
  }

  /// `norm(x + W_o context)`
  func attach(_ context: Tensor, to x: Tensor) throws(NeuralError) -> Tensor {
    try attentionNorm(output.adding(x, to: context))
  }

  /// `norm(a + W_2 · activation(W_1 a))`
  func feedForward(_ a: Tensor) throws(NeuralError) -> Tensor {
    let expanded =
      switch activation {
      case .gelu: try expansion.gelu(a)
      case .geluTanh: try expansion.gelu(a, .tanh)
      case .relu: try expansion(a).relu()
      }
    return try outputNorm(contraction.adding(a, to: expanded))
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

  /// A block's layers in int8.
  func coded(
    _ names: TransformerNames.Block, _ configuration: TransformerConfiguration
  ) throws(EncoderError) -> CodedBlock {
    let (hidden, wide) = (configuration.hidden, configuration.intermediate)
    let projection = try tensors(names.attentionInputs, inputs: hidden, outputs: hidden)
    let output = try tensors([names.attentionOutput], inputs: hidden, outputs: hidden)
    let expansion = try tensors([names.expansion], inputs: hidden, outputs: wide)
    let contraction = try tensors([names.contraction], inputs: wide, outputs: hidden)
    let attention = try norm(names.attentionNorm, hidden, as: .float32)
    let last = try norm(names.outputNorm, hidden, as: .float32)
    return try computing { () throws(NeuralError) in
      try CodedBlock(
        projection: projection, output: output,
        attentionNorm: (attention.weight, attention.bias, epsilon), expansion: expansion,
        contraction: contraction, outputNorm: (last.weight, last.bias, epsilon))
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
