import AkinNeural

/// A BERT-family encoder from token numbers to one vector a text, for inference on the CPU.
///
/// Texts of a batch lie end to end (``PackedBatch``), so products run over real tokens only.
final class TransformerModel: @unchecked Sendable {
  // All properties are constants. The tensors inside carry no gradients, are never written after
  // `init`, and libtorch allows any number of threads to read a tensor at once.

  let configuration: TransformerConfiguration
  /// The type that products are computed in.
  let precision: NumericPrecision
  private let words: RowTable
  /// Position plus first token type: what every token at a position has in common.
  private let positions: [Float]
  private let embeddingNorm: LayerNorm
  private let blocks: [TransformerBlock]

  init(
    _ configuration: TransformerConfiguration, weights source: any WeightSource,
    precision: NumericPrecision
  ) throws(EncoderError) {
    let hidden = configuration.hidden
    let names = source.names
    let loader = WeightLoader(
      source: source, dtype: precision.dtype, epsilon: Double(configuration.epsilon))
    words = try source.table(names.words, rows: configuration.vocabulary, width: hidden)
    positions = try Self.positions(configuration, source)
    embeddingNorm = try loader.norm(names.embeddingNorm, hidden, as: .float32)
    var blocks: [TransformerBlock] = []
    for block in names.blocks { blocks.append(try TransformerBlock(block, loader, configuration)) }
    self.blocks = blocks
    self.configuration = configuration
    self.precision = precision
  }

  private static func positions(
    _ configuration: TransformerConfiguration, _ source: any WeightSource
  ) throws(EncoderError) -> [Float] {
    let hidden = configuration.hidden
    let table = try source.table(
      source.names.positions, rows: configuration.positions, width: hidden)
    var sums = [Float](repeating: 0, count: configuration.positions * hidden)
    var common = [Float](repeating: 0, count: hidden)
    if let name = source.names.tokenTypes {
      let types = try source.table(name, rows: configuration.tokenTypes, width: hidden)
      common.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { types.copy(row: 0, to: base) }
      }
    }
    sums.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<configuration.positions {
        table.copy(row: row, to: base + row * hidden)
        for i in 0..<hidden { base[row * hidden + i] += common[i] }
      }
    }
    return sums
  }

  /// Encodes the texts of a batch; each vector goes to its text's row of `out`.
  ///
  /// - Precondition: every id is below the vocabulary's size, every text within
  ///   ``TransformerConfiguration/maximumTokens``.
  func encode(
    _ batch: PackedBatch, pooling: Pooling, normalises: Bool,
    into out: UnsafeMutablePointer<Float>
  ) throws(EncoderError) {
    try computing { () throws(NeuralError) in
      try withInferenceMode { () throws(NeuralError) in
        let sequences = PackedSequences(starts: batch.starts)
        var states = try embeddingNorm(embeddings(batch)).to(precision.dtype)
        for block in blocks { states = try block(states, sequences) }
        try sequences.pool(
          states, pooling.packed, normalises: normalises, rows: batch.rows, into: out)
      }
    }
  }

  /// Word + position + token type: `[batch.capacity, hidden]`, filler rows 0.
  private func embeddings(_ batch: PackedBatch) throws(NeuralError) -> Tensor {
    let hidden = configuration.hidden
    let count = batch.capacity * hidden
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      for text in batch.rows.indices {
        let start = Int(batch.starts[text])
        for token in start..<Int(batch.starts[text + 1]) {
          let row = base + token * hidden
          words.copy(row: Int(batch.ids[token]), to: row)
          let position = (configuration.firstPosition + token - start) * hidden
          positions.withUnsafeBufferPointer { positions in
            for i in 0..<hidden { row[i] += positions[position + i] }
          }
        }
      }
      (base + batch.ids.count * hidden).initialize(
        repeating: 0, count: count - batch.ids.count * hidden)
      filled = count
    }
    return try Tensor(values, shape: [batch.capacity, hidden])
  }
}

extension Pooling {
  fileprivate var packed: PackedSequences.Pooling {
    switch self {
    case .mean: .mean
    case .first: .first
    case .maximum: .maximum
    case .meanSquareRoot: .meanSquareRoot
    }
  }
}
