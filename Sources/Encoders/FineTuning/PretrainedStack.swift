import AkinNeural

/// A pretrained encoder in training: the norm over the sums of embeddings and the blocks.
///
/// The word and position tables stay as pretrained: the few thousand words of a shop's texts would
/// only drift apart from the rest, and their gradients would cost more than those of all blocks.
final class PretrainedStack: Layer {
  let configuration: TransformerConfiguration
  let stack: TransformerStack
  private let inputs: InputTable
  private let embeddingNorm: AkinNeural.LayerNorm
  private let dropout: Double

  /// - Parameter dropout: of embeddings, attention weights and both parts of a block.
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
    let loader = WeightLoader(source: source, precision: .float32, epsilon: epsilon)
    let norm = try loader.norm(source.names.embeddingNorm, hidden)
    let weights = try Self.weights(of: source, loader, configuration)
    self.configuration = configuration
    self.dropout = dropout
    do {
      embeddingNorm = try AkinNeural.LayerNorm(
        weight: norm.weight, bias: norm.bias, epsilon: epsilon)
      stack = try TransformerStack(
        width: hidden, heads: configuration.heads, blocks: configuration.layers,
        expansion: configuration.intermediate, norm: .after, epsilon: epsilon, dropout: dropout,
        dropsHidden: false, using: generator)
      try stack.load(weights)
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

  /// The last states of every token: `[batch.capacity, hidden]`.
  ///
  /// - Parameter extra: added to the sums of embeddings, `[batch.capacity, hidden]`.
  func callAsFunction(
    _ batch: PackedBatch, adding extra: Tensor? = nil, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    let words = try Tensor(
      inputs.rows(of: batch), shape: [batch.capacity, configuration.hidden])
    let sums = try extra.map { extra throws(NeuralError) in try words + extra } ?? words
    let states = try pass.dropout(embeddingNorm(sums), dropout)
    return try stack(states, PackedSequences(starts: batch.starts), pass)
  }

  /// Leaves the first `blocks` blocks, and the norm below them, as they are.
  func freeze(first blocks: Int) throws(NeuralError) {
    guard blocks > 0 else { return }
    try embeddingNorm.freeze()
    for block in stack.blocks.prefix(blocks) { try block.freeze() }
  }

  /// Freezes everything and trains low-rank corrections of the blocks' matrices instead, from
  /// block `first` on.
  func adapt(rank: Int, from first: Int, using generator: Generator) throws(NeuralError) {
    try freeze()
    for block in stack.blocks.dropFirst(first) {
      for matrix in block.matrices { try matrix.layer.adapt(rank: rank, using: generator) }
    }
  }

  /// The trained tensors under the names of the pretrained file, low-rank corrections added in.
  func exported(as names: TransformerNames) throws(NeuralError) -> [String: Tensor] {
    let own = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
    var tensors: [String: Tensor] = [:]
    func take(_ name: String, as target: String) throws(NeuralError) {
      guard let tensor = own[name] else { return }
      tensors[target] = try tensor.detached().clone()
    }
    for (part, suffix) in [("weight", names.weight), ("bias", names.bias)] {
      try take("embeddingNorm.\(part)", as: names.embeddingNorm + suffix)
      for (index, block) in names.blocks.enumerated() {
        for norm in [
          ("attentionNorm", block.attentionNorm), ("outputNorm", block.outputNorm),
        ] {
          try take("stack.blocks.\(index).\(norm.0).\(part)", as: norm.1 + suffix)
        }
      }
    }
    for (block, own) in zip(names.blocks, stack.blocks) {
      let targets = [
        "attention.projection": [block.query, block.key, block.value],
        "attention.output": [block.attentionOutput], "expansion": [block.expansion],
        "contraction": [block.contraction],
      ]
      for (name, layer) in own.matrices {
        let targets = targets[name] ?? []
        let weight = try layer.mergedWeight().detached()
        let size = try weight.size(0) / max(1, targets.count)
        for (target, part) in zip(targets, try weight.split(size)) {
          tensors[target + names.weight] = try part.clone()
        }
        guard let bias = try layer.bias?.detached() else { continue }
        for (target, part) in zip(targets, try bias.split(size)) {
          tensors[target + names.bias] = try part.clone()
        }
      }
    }
    return tensors
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(embeddingNorm, "embeddingNorm")
    visitor.visit(stack, "stack")
  }
}

extension TrainingOptions {
  /// How a pretrained encoder is tuned: one epoch, until there is an estimate of how many fit.
  static func fineTuning(peak: Double, seed: UInt64) -> TrainingOptions {
    var options = TrainingOptions(epochs: 1)
    options.schedule = Schedule(peak: peak, warmUp: 0.1, shape: .linear())
    options.regularisation = Regularisation(l2: 0.01)
    options.clipNorm = 1
    options.autocasts = Runtime.hasFastBFloat16
    options.seed = seed
    return options
  }
}
