import CTorch

/// Sequences of different lengths laid end to end as the rows of one matrix, so that nothing is
/// ever computed on padding.
package struct PackedSequences {
  /// Where each sequence starts, and last the row after the last sequence: `[sequences + 1]`,
  /// strictly ascending. Rows after the last sequence are filler.
  package var starts: [Int32]

  /// Takes the starts; the operators check them.
  package init(starts: [Int32]) { self.starts = starts }

  /// Number of sequences.
  package var count: Int { starts.count - 1 }

  /// How the rows of a sequence become one vector.
  package enum Pooling {
    case mean, first, maximum, meanSquareRoot

    fileprivate var kind: ctorch_pooling {
      switch self {
      case .mean: CTORCH_POOL_MEAN
      case .first: CTORCH_POOL_FIRST
      case .maximum: CTORCH_POOL_MAXIMUM
      case .meanSquareRoot: CTORCH_POOL_MEAN_SQUARE_ROOT
      }
    }
  }

  /// `softmax(Q Kᵀ / √d) V` within each sequence and head, sums in float32.
  ///
  /// - Parameters:
  ///   - qkv: `[rows, 3 · heads · d]`, contiguous `.float32` or `.bfloat16` on the CPU: queries,
  ///     keys and values side by side.
  ///   - plainly: by the plain loops that the tests take as the truth.
  /// - Returns: `[rows, heads · d]` of the same type, 0 in filler rows.
  /// - Throws: `.invalidArgument` when the shapes or starts do not fit.
  package func attention(
    _ qkv: Tensor, heads: Int, plainly: Bool = false
  ) throws(NeuralError) -> Tensor {
    let scale = 1 / Float(max(1, try qkv.size(-1) / max(1, 3 * heads))).squareRoot()
    var made: OpaquePointer?
    let status =
      plainly
      ? ctorch_packed_attention_plain(
        qkv.handle, starts, starts.count - 1, Int32(clamping: heads), scale, &made)
      : ctorch_packed_attention(
        qkv.handle, starts, starts.count - 1, Int32(clamping: heads), scale, &made)
    try check(status, "packedAttention", [qkv.shape])
    return try Tensor(owning: made.required("packedAttention"))
  }

  /// One float32 row for each sequence, put at `out + rows[s] · hidden`.
  ///
  /// - Parameters:
  ///   - states: `[rows, hidden]`, contiguous `.float32` or `.bfloat16` on the CPU.
  ///   - normalises: whether rows are scaled to unit length; a row of zeros stays one.
  ///   - rows: `[sequences]`; `out` must have room for the largest.
  /// - Throws: `.invalidArgument` when the starts do not fit.
  package func pool(
    _ states: Tensor, _ pooling: Pooling, normalises: Bool, rows: [Int],
    into out: UnsafeMutablePointer<Float>
  ) throws(NeuralError) {
    let rows = rows.map(Int64.init)
    guard rows.count == count else {
      throw NeuralError(
        .invalidArgument, "\(rows.count) rows for \(count) sequences", operation: "packedPool")
    }
    try check(
      ctorch_packed_pool(
        states.handle, starts, starts.count - 1, pooling.kind, normalises, rows, out),
      "packedPool", [states.shape])
  }
}

extension ComputeThreads {
  /// Calls `body` for each worker of `0 ..< count`, on as many threads as ``count`` allows, and
  /// returns when all have returned. Operators inside use one thread each, so several
  /// independent streams of small operators keep all cores busy without waiting for each other.
  /// The calling thread is worker 0, and does all workers where it is alone.
  package static func concurrently(
    _ count: Int, _ body: @Sendable (Int) -> Void
  ) throws(NeuralError) {
    let status = withoutActuallyEscaping(body) { body in
      var box = WorkerBody(call: body)
      return withUnsafeMutablePointer(to: &box) { pointer in
        ctorch_parallel(
          Int32(clamping: count),
          { context, worker in
            context?.assumingMemoryBound(to: WorkerBody.self).pointee.call(Int(worker))
          }, pointer)
      }
    }
    try check(status, "concurrently")
  }
}

private struct WorkerBody {
  let call: @Sendable (Int) -> Void
}
