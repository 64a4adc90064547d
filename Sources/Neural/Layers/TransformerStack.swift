/// Multi-head attention within sequences laid end to end (Vaswani et al., 2017):
/// `[rows, width]` → `[rows, width]`.
public final class MultiHeadAttention: Layer {
  /// Queries, keys and values in one product: `[3 · width, width]`.
  public let projection: Linear
  /// `[width, width]`
  public let output: Linear
  private let heads: Int
  private let dropout: Double

  /// - Throws: `.invalidArgument` unless `width` is a multiple of `heads`.
  public init(
    width: Int, heads: Int, dropout: Double = 0, dtype: DType = .float32, using generator: Generator
  ) throws(NeuralError) {
    guard heads > 0, width % heads == 0 else {
      throw NeuralError(
        .invalidArgument, "\(heads) heads do not divide a width of \(width)",
        operation: "MultiHeadAttention")
    }
    projection = try Linear(width, 3 * width, dtype: dtype, using: generator)
    output = try Linear(width, width, dtype: dtype, using: generator)
    (self.heads, self.dropout) = (heads, dropout)
  }

  /// - Parameter isCausal: a row attends to itself and to earlier rows of its sequence only.
  package func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences, isCausal: Bool, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    let attended = try sequences.trainableAttention(
      projection(x), heads: heads, isCausal: isCausal, dropout: pass.isTraining ? dropout : 0,
      seed: pass.nextSeed())
    return try output(attended)
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(projection, "projection")
    visitor.visit(output, "output")
  }
}

/// One block of a Transformer: attention, then a layer of `expansion` hidden features, each added
/// to its input.
public final class TransformerBlock: Layer {
  /// Where the norms are.
  public enum Norm: Sendable {
    /// On the inputs of both parts: trains from scratch without a warm-up (Xiong et al., 2020).
    case before
    /// On both sums, as in BERT.
    case after
  }

  private let attention: MultiHeadAttention
  private let attentionNorm: LayerNorm, outputNorm: LayerNorm
  private let expansion: Linear, contraction: Linear
  private let norm: Norm
  private let dropout: Double
  private let dropsHidden: Bool

  /// - Parameters:
  ///   - expansion: hidden features of the second part; four times the width by default.
  ///   - epsilon: what the norms add to the variance.
  ///   - dropout: of attention weights, hidden features and both results.
  ///   - dropsHidden: whether hidden features are dropped out too; BERT leaves them.
  public init(
    width: Int, heads: Int, expansion: Int? = nil, norm: Norm = .before, epsilon: Double = 1e-6,
    dropout: Double = 0, dropsHidden: Bool = true, dtype: DType = .float32,
    using generator: Generator
  ) throws(NeuralError) {
    attention = try MultiHeadAttention(
      width: width, heads: heads, dropout: dropout, dtype: dtype, using: generator)
    attentionNorm = try LayerNorm(width, epsilon: epsilon, dtype: dtype)
    outputNorm = try LayerNorm(width, epsilon: epsilon, dtype: dtype)
    let hidden = expansion ?? 4 * width
    self.expansion = try Linear(width, hidden, dtype: dtype, using: generator)
    contraction = try Linear(hidden, width, dtype: dtype, using: generator)
    (self.norm, self.dropout, self.dropsHidden) = (norm, dropout, dropsHidden)
  }

  /// `[rows, width]` → `[rows, width]`
  package func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences, isCausal: Bool, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    switch norm {
    case .before:
      let y = try attended(attentionNorm(x), x, sequences, isCausal, pass)
      return try expanded(outputNorm(y), y, pass)
    case .after:
      let y = try attentionNorm(attended(x, x, sequences, isCausal, pass))
      return try outputNorm(expanded(y, y, pass))
    }
  }

  private func attended(
    _ x: Tensor, _ residual: Tensor, _ sequences: PackedSequences, _ isCausal: Bool, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    try residual + pass.dropout(attention(x, sequences, isCausal: isCausal, pass), dropout)
  }

  private func expanded(
    _ x: Tensor, _ residual: Tensor, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    let hidden = try pass.dropout(expansion(x).gelu(), dropsHidden ? dropout : 0)
    return try residual + pass.dropout(contraction(hidden), dropout)
  }

  /// The layers that hold matrices, under the names by which their parameters are shown: what
  /// ``Linear/adapt(rank:scale:using:)`` can stand in for.
  package var matrices: [(name: String, layer: Linear)] {
    [
      ("attention.projection", attention.projection), ("attention.output", attention.output),
      ("expansion", expansion), ("contraction", contraction),
    ]
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(attention, "attention")
    visitor.visit(attentionNorm, "attentionNorm")
    visitor.visit(expansion, "expansion")
    visitor.visit(contraction, "contraction")
    visitor.visit(outputNorm, "outputNorm")
  }
}

/// A stack of Transformer blocks over sequences laid end to end: `[rows, width]` → the same.
public final class TransformerStack: Layer {
  /// The blocks, first to last.
  public let blocks: [TransformerBlock]
  private let finalNorm: LayerNorm?
  private let isCausal: Bool

  /// - Parameter isCausal: a row sees itself and earlier rows of its sequence only.
  public init(
    width: Int, heads: Int, blocks count: Int, expansion: Int? = nil, isCausal: Bool = false,
    norm: TransformerBlock.Norm = .before, epsilon: Double = 1e-6, dropout: Double = 0,
    dropsHidden: Bool = true, dtype: DType = .float32, using generator: Generator
  ) throws(NeuralError) {
    blocks = try (0..<count).map { _ throws(NeuralError) in
      try TransformerBlock(
        width: width, heads: heads, expansion: expansion, norm: norm, epsilon: epsilon,
        dropout: dropout, dropsHidden: dropsHidden, dtype: dtype, using: generator)
    }
    finalNorm = norm == .before ? try LayerNorm(width, dtype: dtype) : nil
    self.isCausal = isCausal
  }

  /// `[rows, width]` → `[rows, width]`
  package func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences, _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    var x = x
    for block in blocks { x = try block(x, sequences, isCausal: isCausal, pass) }
    guard let finalNorm else { return x }
    return try finalNorm(x)
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(blocks, "blocks")
    if let finalNorm { visitor.visit(finalNorm, "finalNorm") }
  }
}
