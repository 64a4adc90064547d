import CTorch
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
  /// Calls `body` for each worker of `0 ..< count`, side by side, and returns when all have
  /// returned. Operators inside use one thread each: independent streams of small operators keep
  /// all cores busy without waiting for each other, which OpenMP's teams do by spinning.
  ///
  /// - Parameter body: takes the worker's number, and whether it runs on the calling thread.
  package static func concurrently(
    _ count: Int, _ body: @escaping @Sendable (Int, _ isCaller: Bool) -> Void
  ) throws(NeuralError) {
    let caller = CallingThread()
    let failure = Mutex<NeuralError?>(nil)
    DispatchQueue.concurrentPerform(iterations: count) { worker in
      do throws(NeuralError) {
        try serially { body(worker, caller.isCurrent) }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Calls `body` with every operator inside on the calling thread alone: for work so small that
  /// sharing it out costs more than it saves.
  package static func serially(_ body: () -> Void) throws(NeuralError) {
    let status = withoutActuallyEscaping(body) { body in
      var box = SerialBody(call: body)
      return withUnsafeMutablePointer(to: &box) { pointer in
        ctorch_serially(
          { context in context?.assumingMemoryBound(to: SerialBody.self).pointee.call() }, pointer)
      }
    }
    try check(status, "serially")
  }

  /// Calls `body` for parts of `0 ..< count`, of at least `least` where there are so many, side by
  /// side on the threads that an operator called here would use.
  static func share(
    _ count: Int, atLeast least: Int, _ body: @Sendable (Range<Int>) -> Void
  ) throws(NeuralError) {
    let status = withoutActuallyEscaping(body) { body in
      var box = SharedBody(call: body)
      return withUnsafeMutablePointer(to: &box) { pointer in
        ctorch_share(
          Int64(count), Int64(least),
          { context, first, last in
            context?.assumingMemoryBound(to: SharedBody.self).pointee.call(Int(first)..<Int(last))
          }, pointer)
      }
    }
    try check(status, "share")
  }
}

private struct SharedBody {
  let call: @Sendable (Range<Int>) -> Void
}

private struct SerialBody {
  let call: () -> Void
}

/// Knows the thread that made it.
private struct CallingThread: @unchecked Sendable {
  // An opaque number that is only compared.
  private let thread = pthread_self()

  var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }
}
