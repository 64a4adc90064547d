import AkinNeural

/// A cross-encoder in training: a pretrained Transformer that reads both products of a pair at
/// once and gives the log-odds that they are the same (Nogueira & Cho, 2019; Li et al., 2020).
///
/// The blocks and norms are trained; the word and position tables stay as pretrained, since the
/// few thousand words of a shop's pairs would only drift apart from the rest. Beside its word a
/// token has a *kind*: its side, and whether the other side holds the same token, which a small
/// model would spend blocks on finding out. The kinds' vectors start as the pretrained token
/// types.
///
/// The answer is a linear function of the first token's state `c` and the means `u`, `v` of the two
/// products' states: `[c, |u − v|, u ∘ v]`.
final class PairNetwork: Layer {
  let configuration: TransformerConfiguration
  private let embeddingNorm: AkinNeural.LayerNorm
  /// `[4, hidden]`
  private let kinds: Embedding
  let stack: TransformerStack
  /// `[1, 3 · hidden]`
  private let head: Linear
  private let inputs: InputTable
  private let dropout: Double

  /// - Parameter dropout: of embeddings, attention weights, both parts of a block, and the head's
  ///   input.
  init(
    _ parts: ModelParts, dropout: Double, using generator: Generator
  ) throws(EncoderError) {
    let configuration = parts.configuration
    guard configuration.activation == .gelu else {
      throw EncoderError(
        .unsupportedSetting,
        "Fine-tuning needs a model with the exact GELU, not '\(configuration.activation.rawValue)'; "
          + "choose another encoder.", field: "hidden_act")
    }
    let source = parts.weights
    let hidden = configuration.hidden
    let epsilon = Double(configuration.epsilon)
    inputs = try InputTable(configuration, source)
    let first = try InputTable.tokenType(0, configuration, source)
    let second = try InputTable.tokenType(1, configuration, source)
    let hasTwo = configuration.tokenTypes > 1
    // The input table already holds the first type.
    let apart = hasTwo ? zip(second, first).map { $0 - $1 } : first.map { _ in 0 }
    let none = [Float](repeating: 0, count: hidden)
    let loader = WeightLoader(source: source, dtype: .float32, epsilon: epsilon)
    let norm = try loader.norm(source.names.embeddingNorm, hidden)
    let weights = try Self.weights(of: source, loader, configuration)
    self.configuration = configuration
    self.dropout = dropout
    do {
      embeddingNorm = try AkinNeural.LayerNorm(
        weight: norm.weight, bias: norm.bias, epsilon: epsilon)
      kinds = try Embedding(table: Tensor(none + none + apart + apart, shape: [4, hidden]))
      stack = try TransformerStack(
        width: hidden, heads: configuration.heads, blocks: configuration.layers,
        expansion: configuration.intermediate, norm: .after, epsilon: epsilon, dropout: dropout,
        dropsHidden: false, using: generator)
      try stack.load(weights)
      head = try Linear(3 * hidden, 1, using: generator)
    } catch {
      throw EncoderError(.computation, "The tensor library refused: \(error)")
    }
  }

  /// The pretrained blocks under the names of the training stack.
  private static func weights(
    of source: any WeightSource, _ loader: WeightLoader, _ configuration: TransformerConfiguration
  ) throws(EncoderError) -> [String: Tensor] {
    let (hidden, wide) = (configuration.hidden, configuration.intermediate)
    var tensors: [String: Tensor] = [:]
    for (index, names) in source.names.blocks.enumerated() {
      let layers = [
        ("attention.projection", [names.query, names.key, names.value], hidden, hidden),
        ("attention.output", [names.attentionOutput], hidden, hidden),
        ("expansion", [names.expansion], hidden, wide),
        ("contraction", [names.contraction], wide, hidden),
      ]
      for (name, parts, inputs, outputs) in layers {
        let (weight, bias) = try loader.tensors(parts, inputs: inputs, outputs: outputs)
        tensors["blocks.\(index).\(name).weight"] = weight
        tensors["blocks.\(index).\(name).bias"] = bias
      }
      for (name, norm) in [
        ("attentionNorm", names.attentionNorm), ("outputNorm", names.outputNorm),
      ] {
        let norm = try loader.norm(norm, hidden)
        tensors["blocks.\(index).\(name).weight"] = norm.weight
        tensors["blocks.\(index).\(name).bias"] = norm.bias
      }
    }
    return tensors
  }

  /// The log-odds of each pair: `[pairs]`.
  func callAsFunction(_ pairs: PackedPairs, _ pass: Pass) throws(NeuralError) -> Tensor {
    let capacity = pairs.batch.capacity, hidden = configuration.hidden
    let words = try Tensor(inputs.rows(of: pairs.batch), shape: [capacity, hidden])
    let filler = [Int32](repeating: 0, count: capacity - pairs.kinds.count)
    let kinds = try self.kinds(Tensor(pairs.kinds.map(Int32.init) + filler))
    var states = try pass.dropout(embeddingNorm(words + kinds), dropout)
    states = try stack(states, PackedSequences(starts: pairs.batch.starts), pass)
    let selection = try Tensor(pairs.selection, shape: [3 * pairs.count, capacity])
    let pooled = try selection.matmul(states).split(pairs.count)
    let joined = try Tensor.concatenated(
      [pooled[0], (pooled[1] - pooled[2]).magnitude(), pooled[1] * pooled[2]], dimension: 1)
    return try head(pass.dropout(joined, dropout)).to(.float32).reshape([pairs.count])
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(embeddingNorm, "embeddingNorm")
    visitor.visit(kinds, "kinds")
    visitor.visit(stack, "stack")
    visitor.visit(head, "head")
  }
}
