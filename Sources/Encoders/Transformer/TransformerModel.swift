import AkinNeural

/// A BERT-family encoder from token numbers to one vector a text, for inference on the CPU.
///
/// Texts of a batch lie end to end (``PackedBatch``), so products run over real tokens only.
final class TransformerModel: @unchecked Sendable {
  // All properties are constants. The tensors inside carry no gradients, are never written after
  // `init`, and libtorch allows any number of threads to read a tensor at once.

  let configuration: TransformerConfiguration
  /// The type that products are computed in: not int8 where the layers are not made for it.
  let precision: NumericPrecision
  private let inputs: InputTable
  private let embeddingNorm: LayerNorm
  private let blocks: [TransformerBlock]

  init(
    _ configuration: TransformerConfiguration, weights source: any WeightSource,
    precision: NumericPrecision
  ) throws(EncoderError) {
    guard precision.isSupported else {
      throw EncoderError(
        .unsupportedSetting,
        "This processor lacks the instructions for \(precision.rawValue) (AVX-512 with VNNI); "
          + "choose \(NumericPrecision.fastest.rawValue).")
    }
    let canBeCoded =
      configuration.activation == .gelu
      && CodedBlock.fits(width: configuration.hidden, hidden: configuration.intermediate)
    let precision = precision == .int8 && !canBeCoded ? .fastestFloat : precision
    let hidden = configuration.hidden
    let names = source.names
    let loader = WeightLoader(
      source: source, precision: precision, epsilon: Double(configuration.epsilon))
    inputs = try InputTable(configuration, source)
    embeddingNorm = try loader.norm(names.embeddingNorm, hidden, as: .float32)
    var blocks: [TransformerBlock] = []
    for block in names.blocks { blocks.append(try TransformerBlock(block, loader, configuration)) }
    self.blocks = blocks
    self.configuration = configuration
    self.precision = precision
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
        try PackedSequences(starts: batch.starts).pool(
          states(inputs.rows(of: batch), batch), pooling.packed, normalises: normalises,
          rows: batch.rows, into: out)
      }
    }
  }

  /// The last states of every token, from the sums of its embeddings: `[batch.capacity, hidden]`
  /// of the model's type. For other inputs than words, positions and the first token type.
  func states(_ inputs: [Float], _ batch: PackedBatch) throws(NeuralError) -> Tensor {
    let sequences = PackedSequences(starts: batch.starts)
    let sums = try Tensor(inputs, shape: [batch.capacity, configuration.hidden])
    var states = try embeddingNorm(sums).to(precision.dtype)
    for block in blocks { states = try block(states, sequences) }
    return states
  }
}

/// What a token is before the first block: its word's vector, its position's and the first token
/// type's.
struct InputTable: Sendable {
  private let words: RowTable
  /// Position plus first token type: what every token at a position has in common.
  private let positions: [Float]
  private let hidden: Int
  private let firstPosition: Int

  init(
    _ configuration: TransformerConfiguration, _ source: any WeightSource
  ) throws(EncoderError) {
    let hidden = configuration.hidden
    self.hidden = hidden
    firstPosition = configuration.firstPosition
    words = try source.table(source.names.words, rows: configuration.vocabulary, width: hidden)
    let table = try source.table(
      source.names.positions, rows: configuration.positions, width: hidden)
    let common = try Self.tokenType(0, configuration, source)
    var sums = [Float](repeating: 0, count: configuration.positions * hidden)
    sums.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<configuration.positions {
        table.copy(row: row, to: base + row * hidden)
        for i in 0..<hidden { base[row * hidden + i] += common[i] }
      }
    }
    positions = sums
  }

  /// The vector of a token type; zeros where the model lacks it.
  static func tokenType(
    _ type: Int, _ configuration: TransformerConfiguration, _ source: any WeightSource
  ) throws(EncoderError) -> [Float] {
    var vector = [Float](repeating: 0, count: configuration.hidden)
    guard let name = source.names.tokenTypes, type < configuration.tokenTypes else { return vector }
    let types = try source.table(
      name, rows: configuration.tokenTypes, width: configuration.hidden)
    vector.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { types.copy(row: type, to: base) }
    }
    return vector
  }

  /// Word + position + token type: `[batch.capacity, hidden]`, filler rows 0.
  func rows(of batch: PackedBatch) -> [Float] {
    let count = batch.capacity * hidden
    return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      for text in batch.rows.indices {
        let start = Int(batch.starts[text])
        for token in start..<Int(batch.starts[text + 1]) {
          let row = base + token * hidden
          words.copy(row: Int(batch.ids[token]), to: row)
          let position = (firstPosition + token - start) * hidden
          positions.withUnsafeBufferPointer { positions in
            for i in 0..<hidden { row[i] += positions[position + i] }
          }
        }
      }
      (base + batch.ids.count * hidden).initialize(
        repeating: 0, count: count - batch.ids.count * hidden)
      filled = count
    }
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
