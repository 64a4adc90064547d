import AkinNeural

extension PairNetwork {
  /// The trained tensors under the names of the pretrained file, for an ``OverlaidWeights`` over
  /// it; and `kinds`, `head.weight` and `head.bias`.
  func exported(as names: TransformerNames) throws(NeuralError) -> [String: Tensor] {
    let own = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.tensor) })
    var tensors: [String: Tensor] = [:]
    func take(_ name: String, as target: String) throws(NeuralError) {
      guard let tensor = own[name] else { return }
      tensors[target] = try tensor.detached().clone()
    }
    for part in ["weight", "bias"] {
      let suffix = part == "weight" ? names.weight : names.bias
      try take("embeddingNorm.\(part)", as: names.embeddingNorm + suffix)
      for (index, block) in names.blocks.enumerated() {
        let prefix = "stack.blocks.\(index)."
        if let joined = own[prefix + "attention.projection.\(part)"] {
          let parts = try joined.detached().split(configuration.hidden)
          for (name, tensor) in zip([block.query, block.key, block.value], parts) {
            tensors[name + suffix] = try tensor.clone()
          }
        }
        for (name, target) in [
          ("attention.output", block.attentionOutput), ("attentionNorm", block.attentionNorm),
          ("expansion", block.expansion), ("contraction", block.contraction),
          ("outputNorm", block.outputNorm),
        ] {
          try take(prefix + "\(name).\(part)", as: target + suffix)
        }
      }
    }
    try take("kinds.table", as: "kinds")
    try take("head.weight", as: "head.weight")
    try take("head.bias", as: "head.bias")
    return tensors
  }
}

/// Trained tensors over a pretrained file, whose other tensors show through.
struct OverlaidWeights: WeightSource {
  let base: any WeightSource
  let tensors: [String: Tensor]

  var names: TransformerNames { base.names }

  func table(_ name: String, rows: Int, width: Int) throws(EncoderError) -> RowTable {
    guard let tensor = tensors[name] else {
      return try base.table(name, rows: rows, width: width)
    }
    try check(tensor, name, [rows, width])
    do {
      // The tensor is contiguous and on the CPU, so the bytes are its own and stay while it lives.
      let bytes = try tensor.withUnsafeBytes { $0 }
      return RowTable(bytes: bytes, ownedBy: tensor, rows: rows, width: width, format: .float32)
    } catch {
      throw EncoderError(.computation, "\(error)", field: name)
    }
  }

  func vector(_ name: String, count: Int) throws(EncoderError) -> [Float] {
    guard let tensor = tensors[name] else { return try base.vector(name, count: count) }
    try check(tensor, name, [count])
    return try computing { () throws(NeuralError) in try tensor.floats() }
  }

  private func check(_ tensor: Tensor, _ name: String, _ shape: [Int]) throws(EncoderError) {
    guard tensor.shape == shape, tensor.dtype == .float32 else {
      throw EncoderError(
        .shapeMismatch, "A float32 tensor of shape \(shape) is needed, not \(tensor.shape).",
        field: name)
    }
  }
}
