import AkinNeural

/// From words to one vector a text: the network of a ``CompactEncoder``.
///
/// A word is the sum of its own vector and the mean of those of its pieces. Convolutions or a
/// recurrent network in both directions read the words, pooling makes one vector of the states, and
/// a linear layer gives it its length.
final class CompactNetwork: Layer {
  private let configuration: CompactConfiguration
  private let dropout: Double
  private let words: Embedding
  private let pieces: EmbeddingBag
  private let convolutions: [Convolution1D]
  private let recurrent: Recurrent?
  private let attention: Attention?
  private let output: Linear

  /// A weight for each state: `vᵀ tanh(W s + b)`.
  private struct Attention {
    let hidden: Linear, score: Linear
  }

  /// - Parameters:
  ///   - wordRows: first vectors of the words, `[vocabulary + 1, embedding]`; random where left out.
  ///   - dropout: the share of inputs and states that a training pass leaves out.
  init(
    _ configuration: CompactConfiguration, wordRows: Tensor? = nil, dropout: Double = 0,
    using generator: Generator
  ) throws(NeuralError) {
    let (inputs, width) = (configuration.embedding, configuration.width)
    self.configuration = configuration
    self.dropout = dropout
    if let wordRows {
      words = try Embedding(table: wordRows)
    } else {
      words = try Embedding(
        rows: configuration.vocabulary + 1, features: inputs, using: generator)
    }
    pieces = try EmbeddingBag(rows: configuration.pieces, features: inputs, using: generator)
    switch configuration.architecture {
    case .textCNN:
      convolutions = try configuration.kernels.map { kernel throws(NeuralError) in
        try Convolution1D(
          channels: inputs, outputs: width, kernel: kernel, padding: kernel - 1, using: generator)
      }
      (recurrent, attention) = (nil, nil)
    case .biLSTM, .biGRU:
      convolutions = []
      recurrent = try Recurrent(
        configuration.architecture == .biGRU ? .gru : .lstm, inputs: inputs, width: width,
        isBidirectional: true, using: generator)
      attention =
        configuration.pooling == .attention
        ? Attention(
          hidden: try Linear(2 * width, width, using: generator),
          score: try Linear(width, 1, bias: false, using: generator)) : nil
    }
    output = try Linear(configuration.features, configuration.dimension, using: generator)
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(words, "words")
    visitor.visit(pieces, "pieces")
    visitor.visit(convolutions, "convolutions")
    if let recurrent { visitor.visit(recurrent, "recurrent") }
    if let attention {
      visitor.visit(attention.hidden, "attention.hidden")
      visitor.visit(attention.score, "attention.score")
    }
    visitor.visit(output, "output")
  }

  /// `[texts, dimension]`, of any length.
  func callAsFunction(_ batch: CompactBatch, _ pass: Pass) throws(NeuralError) -> Tensor {
    let own = try words(Tensor(batch.words))
    let shared = try pieces(Tensor(batch.pieces), starts: Tensor(batch.pieceStarts))
    let x = try pass.dropout(own + shared, dropout)
    let pooled =
      if let recurrent {
        try pool(recurrent(x, PackedSequences(starts: batch.starts)), batch)
      } else {
        try largest(x, batch)
      }
    return try output(pass.dropout(pooled, dropout))
  }

  /// The largest value of each convolution over a text; what does not reach 0 is 0.
  private func largest(_ x: Tensor, _ batch: CompactBatch) throws(NeuralError) -> Tensor {
    // A row of zeros fills texts up to the longest one; kernels see it beyond either end as well.
    let lengths = batch.lengths
    let longest = lengths.max() ?? 1
    let filler = Int64(batch.words.count)
    var places: [Int64] = []
    places.reserveCapacity(batch.count * longest)
    for (text, length) in lengths.enumerated() {
      let start = Int64(batch.starts[text])
      for place in 0..<longest { places.append(place < length ? start + Int64(place) : filler) }
    }
    let width = configuration.embedding
    let padded = try Tensor.concatenated([x, Tensor.zeros([1, width])])
      .indexSelect(dimension: 0, Tensor(places))
      .reshape([batch.count, longest, width]).transpose(1, 2)
    var parts: [Tensor] = []
    for (convolution, kernel) in zip(convolutions, configuration.kernels) {
      // What lies wholly beyond a text's end is none of its: the company of a batch changes nothing.
      let positions = longest + kernel - 1
      let isOwn = lengths.flatMap { length in
        (0..<positions).map { Float($0 < length + kernel - 1 ? 1 : 0) }
      }
      let mask = try Tensor(isOwn, shape: [batch.count, 1, positions])
      parts.append(try (convolution(padded).relu() * mask).maximum([2]))
    }
    return try Tensor.concatenated(parts, dimension: 1)
  }

  /// The mean of each text's states, weighed where there is attention. The sums are one product
  /// with a matrix of texts by words.
  private func pool(_ states: Tensor, _ batch: CompactBatch) throws(NeuralError) -> Tensor {
    let (texts, rows) = (batch.count, batch.words.count)
    var members = [Float](repeating: 0, count: texts * rows)
    for text in 0..<texts {
      for row in batch.starts[text]..<batch.starts[text + 1] {
        members[text * rows + Int(row)] = 1
      }
    }
    let matrix = try Tensor(members, shape: [texts, rows])
    guard let attention else {
      return try matrix.matmul(states) / matrix.sum([1], keepingDimensions: true)
    }
    // Bounded scores need no largest one taken off before the exponential.
    let scores = try attention.score(attention.hidden(states).tanh()).tanh() * Self.sharpness
    let weights = try scores.exp()
    return try matrix.matmul(states * weights) / matrix.matmul(weights)
  }

  /// A word weighs at most e^16 times what another does.
  private static let sharpness = 8.0
}
