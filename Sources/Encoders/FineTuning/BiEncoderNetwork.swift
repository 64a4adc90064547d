import AkinNeural

/// A bi-encoder in training: a pretrained Transformer that turns each text into one vector (Reimers &
/// Gurevych, “Sentence-BERT”, 2019). Both sides of a pair share it.
final class BiEncoderNetwork: Layer {
  let trunk: PretrainedStack
  private let pooling: Pooling

  /// - Throws: ``EncoderError`` `.unsupportedSetting` where the model pools by maximum, whose
  ///   gradient is not taken here.
  init(
    _ parts: ModelParts, dropout: Double, using generator: Generator
  ) throws(EncoderError) {
    guard parts.pooling != .maximum else {
      throw EncoderError(
        .unsupportedSetting, "Fine-tuning takes models that pool by mean or by the first token.",
        field: "pooling_mode")
    }
    trunk = try PretrainedStack(parts, dropout: dropout, using: generator)
    pooling = parts.pooling
  }

  /// The vectors of the texts, of unit length, as float32: `[texts, hidden]`.
  func callAsFunction(_ batch: PackedBatch, _ pass: Pass) throws(NeuralError) -> Tensor {
    let states = try trunk(batch, pass)
    let selection = try Tensor(
      Self.selection(batch, pooling), shape: [batch.rows.count, batch.capacity])
    return try selection.matmul(states).to(.float32).normalized()
  }

  /// The matrix that takes the tokens' states to each text's: `[texts, capacity]`. Scale is lost in
  /// the normalisation, so that sums and means are one.
  private static func selection(_ batch: PackedBatch, _ pooling: Pooling) -> [Float] {
    let capacity = batch.capacity
    var matrix = [Float](repeating: 0, count: batch.rows.count * capacity)
    for text in batch.rows.indices {
      let (start, end) = (Int(batch.starts[text]), Int(batch.starts[text + 1]))
      if pooling == .first {
        matrix[text * capacity + start] = 1
      } else {
        for token in start..<end { matrix[text * capacity + token] = 1 / Float(end - start) }
      }
    }
    return matrix
  }

  func visit(_ visitor: inout ParameterVisitor) { trunk.visit(&visitor) }
}
