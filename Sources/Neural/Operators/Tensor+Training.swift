import CTorch

/// Functions for training that libtorch lacks or composes slowly. All have gradients.
extension Tensor {
  /// Each element set to 0 with `probability`, the others divided by `1 − probability` (Srivastava
  /// et al., 2014). Which ones follows from `seed` and the position alone, whatever the threads.
  ///
  /// - Throws: `.invalidArgument` unless `0 ≤ probability < 1` and the tensor is on the CPU.
  public func dropout(_ probability: Double, seed: UInt64) throws(NeuralError) -> Tensor {
    var made: OpaquePointer?
    try check(ctorch_dropout(handle, probability, seed, &made), "dropout", [shape])
    return try Tensor(owning: made.required("dropout"))
  }

  /// The mean of `log Σⱼ exp(s·tⱼ + biasⱼ) − s·t_target` over the rows s of this tensor: the
  /// cross-entropy of a softmax over all rows t of a table.
  ///
  /// The `[n, m]` products are never all in memory, and the gradient is computed on the way, so
  /// tables of a hundred thousand rows are no obstacle.
  ///
  /// - Parameters:
  ///   - table: `[m, d]`, as this tensor is `[n, d]`.
  ///   - targets: `[n]`, `.int64`, rows of the table.
  ///   - bias: `[m]`, without gradient. A target's own product competes without its bias: with the
  ///     negative logarithms of the probabilities at which rows were drawn into the table, the sum
  ///     is an unbiased estimate of that over all rows.
  ///   - inHalf: products in bfloat16, sums in float32. Several times faster where the processor
  ///     has such instructions; has no effect on `.float64`.
  /// - Complexity: O(n · m · d) time, O(m · d + n · d) memory.
  public func softmaxLoss(
    table: Tensor, targets: Tensor, bias: Tensor? = nil, inHalf: Bool = Runtime.hasFastBFloat16
  ) throws(NeuralError) -> Tensor {
    var made: OpaquePointer?
    try check(
      ctorch_softmax_loss(handle, table.handle, bias?.handle, targets.handle, inHalf, &made),
      "softmaxLoss", [shape, table.shape, targets.shape])
    return try Tensor(owning: made.required("softmaxLoss"))
  }
}

extension PackedSequences {
  /// Attention within each sequence, with a gradient: what ``attention(_:heads:plainly:)``
  /// computes faster without one.
  ///
  /// - Parameters:
  ///   - qkv: `[rows, 3 · heads · d]`, `.float32` or `.float64`: queries, keys and values side by
  ///     side.
  ///   - isCausal: a row attends to itself and to earlier rows only.
  ///   - dropout: the share of weights that are left out, chosen by `seed`.
  /// - Returns: `[rows, heads · d]`, 0 in filler rows.
  /// - Throws: `.invalidArgument` when the shapes or starts do not fit.
  package func trainableAttention(
    _ qkv: Tensor, heads: Int, isCausal: Bool, dropout: Double = 0, seed: UInt64 = 0
  ) throws(NeuralError) -> Tensor {
    let scale = 1 / Float(max(1, try qkv.size(-1) / max(1, 3 * heads))).squareRoot()
    var made: OpaquePointer?
    try check(
      ctorch_sequence_attention(
        qkv.handle, starts, starts.count - 1, Int32(clamping: heads), scale, isCausal, dropout,
        seed, &made),
      "sequenceAttention", [qkv.shape])
    return try Tensor(owning: made.required("sequenceAttention"))
  }

  /// States of gated recurrent units after each row, each sequence on its own, with a gradient.
  ///
  /// - Parameters:
  ///   - gates: `[rows, 3 · d]`: what inputs add to the gates reset, update and new.
  ///   - weight: `[3 · d, d]`, by which the former state is multiplied; `.float32` or `.float64`.
  ///   - bias: `[3 · d]`, added to that product.
  /// - Returns: `[rows, d]` of the weight's type, 0 in filler rows.
  /// - Throws: `.invalidArgument` when the shapes or starts do not fit or a tensor is not on the CPU.
  package func gatedStates(
    _ gates: Tensor, weight: Tensor, bias: Tensor
  ) throws(NeuralError) -> Tensor {
    var made: OpaquePointer?
    try check(
      ctorch_sequence_gru(
        gates.handle, weight.handle, bias.handle, starts, starts.count - 1, &made),
      "gatedStates", [gates.shape, weight.shape])
    return try Tensor(owning: made.required("gatedStates"))
  }
}

/// Runs `body` with matrix products in bfloat16 on this thread, parameters and sums staying in
/// float32 (Micikevicius et al., *Mixed precision training*, 2018). For forward passes; gradients
/// follow in the types that they met.
public func withAutocast<Result, Failure: Error>(
  _ isEnabled: Bool = true, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  guard isEnabled else { return try body() }
  let previous = ctorch_set_autocast(true)
  defer { if !previous { _ = ctorch_set_autocast(false) } }
  return try body()
}
