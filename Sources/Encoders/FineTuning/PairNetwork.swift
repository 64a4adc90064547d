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
  let trunk: PretrainedStack
  /// `[4, hidden]`
  private let kinds: Embedding
  /// `[1, 3 · hidden]`
  private let head: Linear
  private let dropout: Double

  /// - Parameter dropout: of embeddings, attention weights, both parts of a block, and the head's
  ///   input.
  init(
    _ parts: ModelParts, dropout: Double, using generator: Generator
  ) throws(EncoderError) {
    let configuration = parts.configuration
    let first = try InputTable.tokenType(0, configuration, parts.weights)
    let second = try InputTable.tokenType(1, configuration, parts.weights)
    let hasTwo = configuration.tokenTypes > 1
    // The input table already holds the first type.
    let apart = hasTwo ? zip(second, first).map { $0 - $1 } : first.map { _ in 0 }
    let hidden = configuration.hidden
    let none = [Float](repeating: 0, count: hidden)
    trunk = try PretrainedStack(parts, dropout: dropout, using: generator)
    self.dropout = dropout
    do {
      kinds = try Embedding(table: Tensor(none + none + apart + apart, shape: [4, hidden]))
      head = try Linear(3 * hidden, 1, using: generator)
    } catch {
      throw EncoderError(.computation, "The tensor library refused: \(error)")
    }
  }

  /// The log-odds of each pair: `[pairs]`.
  func callAsFunction(_ pairs: PackedPairs, _ pass: Pass) throws(NeuralError) -> Tensor {
    let capacity = pairs.batch.capacity
    let filler = [Int32](repeating: 0, count: capacity - pairs.kinds.count)
    let kinds = try self.kinds(Tensor(pairs.kinds.map(Int32.init) + filler))
    let states = try trunk(pairs.batch, adding: kinds, pass)
    let selection = try Tensor(pairs.selection, shape: [3 * pairs.count, capacity])
    let pooled = try selection.matmul(states).split(pairs.count)
    let joined = try Tensor.concatenated(
      [pooled[0], (pooled[1] - pooled[2]).magnitude(), pooled[1] * pooled[2]], dimension: 1)
    return try head(pass.dropout(joined, dropout)).to(.float32).reshape([pairs.count])
  }

  /// The trained tensors under the names of the pretrained file, for an ``OverlaidWeights`` over
  /// it; and `kinds`, `head.weight` and `head.bias`.
  func exported(as names: TransformerNames) throws(NeuralError) -> [String: Tensor] {
    var tensors = try trunk.exported(as: names)
    for parameter in kinds.parameters { tensors["kinds"] = try parameter.tensor.detached().clone() }
    for parameter in head.parameters {
      tensors["head." + parameter.name] = try parameter.tensor.detached().clone()
    }
    return tensors
  }

  func visit(_ visitor: inout ParameterVisitor) {
    trunk.visit(&visitor)
    visitor.visit(kinds, "kinds")
    visitor.visit(head, "head")
  }
}
