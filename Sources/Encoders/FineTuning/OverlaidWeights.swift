import AkinNeural

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
