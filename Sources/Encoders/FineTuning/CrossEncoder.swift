import AkinNeural
import Foundation
import Synchronization

/// A trained cross-encoder at work: log-odds of pairs, from tokens of both products at once.
///
/// The blocks run by the kernels that ``TransformerEncoder`` uses; what is its own are the kinds of
/// tokens and the head (see ``PairNetwork``).
final class CrossEncoder: @unchecked Sendable {
  // All properties are constants; the tensors are only read (see ``TransformerModel``).

  let serialiser: PairSerialiser
  /// What was trained, under the names of the pretrained file.
  let tensors: [String: Tensor]
  private let inputs: InputTable
  private let kinds: [Float]
  private let model: TransformerModel
  private let head: [Float]
  private let bias: Float

  /// Tokens of a batch.
  private static let budget = 2048

  /// - Throws: ``EncoderError`` `.missingTensor` or `.shapeMismatch` where the tensors are not those
  ///   of this model.
  init(
    _ parts: ModelParts, tensors: [String: Tensor], serialiser: PairSerialiser
  ) throws(EncoderError) {
    let weights = OverlaidWeights(base: parts.weights, tensors: tensors)
    let hidden = parts.configuration.hidden
    for name in ["kinds", "head.weight", "head.bias"] where tensors[name] == nil {
      throw EncoderError(.missingTensor, "The cross-encoder lacks this tensor.", field: name)
    }
    inputs = try InputTable(parts.configuration, weights)
    let table = try weights.table("kinds", rows: PairSerialiser.Kind.count, width: hidden)
    kinds = try computing { () throws(NeuralError) in try table.tensor().floats() }
    let row = try weights.table("head.weight", rows: 1, width: 3 * hidden)
    head = try computing { () throws(NeuralError) in try row.tensor().floats() }
    bias = try weights.vector("head.bias", count: 1)[0]
    model = try TransformerModel(parts.configuration, weights: weights, precision: .fastestFloat)
    (self.tensors, self.serialiser) = (tensors, serialiser)
  }

  /// The log-odds of each pair. O(tokens · weights).
  ///
  /// - Throws: ``EncoderError``; what `progress` throws.
  func logits(_ pairs: [MatchPair], progress: EncodingProgress? = nil) throws -> [Double] {
    var known: [MatchRecord: PairSerialiser.Product] = [:]
    for record in pairs.lazy.flatMap({ [$0.left, $0.right] }) where known[record] == nil {
      known[record] = serialiser.tokens(of: record)
    }
    let encoded = pairs.map { pair in
      // Both were put in above.
      serialiser.pair(
        known[pair.left] ?? serialiser.tokens(of: pair.left),
        known[pair.right] ?? serialiser.tokens(of: pair.right))
    }
    let plan = BatchPlan(
      lengths: encoded.map(\.ids.count), budget: max(Self.budget, serialiser.limit),
      workers: ComputeThreads.count)
    let work = Mutex(
      (results: [Double](repeating: 0, count: pairs.count), error: nil as EncoderError?))
    // Batches in groups, so that progress is reported between them.
    let group = 8 * ComputeThreads.count
    for start in stride(from: 0, to: plan.batches.count, by: group) {
      let batches = plan.batches[start..<min(start + group, plan.batches.count)]
      try ComputeThreads.concurrently(batches.count) { [order = plan.order] index, _ in
        let members = order[batches[batches.startIndex + index]]
        do throws(EncoderError) {
          let logits = try self.logits(members.map { encoded[$0] })
          work.withLock { work in
            for (pair, logit) in zip(members, logits) { work.results[pair] = logit }
          }
        } catch {
          work.withLock { $0.error = $0.error ?? error }
        }
      }
      if let error = work.withLock({ $0.error }) { throw error }
      try progress?(plan.batches[..<batches.endIndex].last?.upperBound ?? 0, pairs.count)
    }
    return work.withLock { $0.results }
  }

  private func logits(
    _ encoded: [(ids: [Int32], kinds: [UInt8])]
  ) throws(EncoderError) -> [Double] {
    var pairs = PackedPairs()
    for pair in encoded { pairs.append(pair) }
    let hidden = model.configuration.hidden
    var sums = inputs.rows(of: pairs.batch)
    for (token, kind) in pairs.kinds.enumerated() {
      for i in 0..<hidden { sums[token * hidden + i] += kinds[Int(kind) * hidden + i] }
    }
    let states = try computing { () throws(NeuralError) in
      try withInferenceMode { () throws(NeuralError) in
        try model.states(sums, pairs.batch).to(.float32).floats()
      }
    }
    return (0..<pairs.count).map { pair in
      let bounds = (
        Int(pairs.batch.starts[pair]), pairs.middles[pair], Int(pairs.batch.starts[pair + 1])
      )
      return Double(answer(states, bounds))
    }
  }

  /// `head · [c, |u − v|, u ∘ v] + bias`
  private func answer(_ states: [Float], _ bounds: (start: Int, middle: Int, end: Int)) -> Float {
    let hidden = model.configuration.hidden
    var sum = bias
    for i in 0..<hidden {
      var (u, v): (Float, Float) = (0, 0)
      for token in bounds.start..<bounds.middle { u += states[token * hidden + i] }
      for token in bounds.middle..<bounds.end { v += states[token * hidden + i] }
      u /= Float(max(1, bounds.middle - bounds.start))
      v /= Float(max(1, bounds.end - bounds.middle))
      sum +=
        head[i] * states[bounds.start * hidden + i] + head[hidden + i] * abs(u - v)
        + head[2 * hidden + i] * u * v
    }
    return sum
  }
}
