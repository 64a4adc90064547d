import AkinNeural

/// A linear-chain conditional random field over the tags of a sequence (Lafferty et al., 2001; over a
/// recurrent network: Huang et al., 2015): scores of tags and of their order, normalised over all
/// sequences of tags that the scheme allows.
final class ConditionalField: Layer {
  /// `[tags, tags]`: what it is worth that the second follows the first.
  private let transitions: Tensor
  private let scheme: TagScheme
  /// `[tags, tags]`: a large negative number where the scheme forbids the order.
  private let forbidden: Tensor
  private let start: [Float]
  private let end: [Float]

  private static let never: Float = -10_000

  init(_ scheme: TagScheme) throws(NeuralError) {
    let count = scheme.count
    self.scheme = scheme
    transitions = try Tensor.zeros([count, count]).requiringGrad()
    var table: [Float] = []
    for tag in 0..<count {
      for next in 0..<count { table.append(scheme.allows(tag, then: next) ? 0 : Self.never) }
    }
    forbidden = try Tensor(table, shape: [count, count])
    start = (0..<count).map { scheme.allows(nil, then: $0) ? 0 : Self.never }
    end = (0..<count).map { scheme.allows($0, then: nil) ? 0 : Self.never }
  }

  func visit(_ visitor: inout ParameterVisitor) { visitor.visit(transitions, "transitions") }

  /// The mean over sequences of the negative logarithm of the right tags' probability.
  ///
  /// - Parameters:
  ///   - scores: `[rows, tags]`, sequences end to end.
  ///   - tags: one for each row.
  func loss(
    _ scores: Tensor, _ sequences: PackedSequences, tags: [Int]
  ) throws(NeuralError) -> Tensor {
    let count = scheme.count
    let starts = sequences.starts.map(Int.init)
    let places = try Tensor(tags.enumerated().map { $0 * count + $1 })
    let emitted = try scores.reshape([-1]).indexSelect(dimension: 0, places).sum()
    var orders: [Int] = []
    for sequence in 0..<sequences.count {
      for row in starts[sequence]..<starts[sequence + 1] - 1 {
        orders.append(tags[row] * count + tags[row + 1])
      }
    }
    var right = emitted
    if !orders.isEmpty {
      right =
        try right
        + transitions.reshape([-1]).indexSelect(dimension: 0, Tensor(orders)).sum()
    }
    return try (logPartition(scores, starts) - right) / Double(sequences.count)
  }

  /// The sum over sequences of `log Σ exp(score)` over all sequences of tags (the forward algorithm).
  private func logPartition(_ scores: Tensor, _ starts: [Int]) throws(NeuralError) -> Tensor {
    let count = scheme.count
    let lengths = zip(starts.dropFirst(), starts).map { $0 - $1 }
    // Longest first, so that those still under way are the first rows.
    let order = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    let steps = try (transitions + forbidden).unsqueeze(0)
    let last = try Tensor(end, shape: [1, count])
    var alpha =
      try scores.indexSelect(dimension: 0, Tensor(order.map { starts[$0] }))
      + Tensor(start, shape: [1, count])
    var total: Tensor?
    var alive = order.count
    for time in 1...max(1, lengths.max() ?? 1) {
      let going = order.prefix(alive).prefix { lengths[$0] > time }.count
      if going < alive {
        let done = try (alpha.narrow(dimension: 0, start: going, length: alive - going) + last)
          .logSumExp(dimension: 1).sum()
        if let sum = total { total = try sum + done } else { total = done }
      }
      guard going > 0 else { break }
      alpha = try alpha.narrow(dimension: 0, start: 0, length: going)
      let emitted = try scores.indexSelect(
        dimension: 0, Tensor(order.prefix(going).map { starts[$0] + time }))
      alpha = try (alpha.unsqueeze(2) + steps).logSumExp(dimension: 1) + emitted
      alive = going
    }
    if let total { return total }
    return try Tensor.zeros([])
  }

  /// The tables that ``best(_:)`` needs.
  func decoder() throws(NeuralError) -> Decoder {
    Decoder(
      steps: try (transitions + forbidden).floats(), start: start, end: end, count: scheme.count)
  }

  /// Finds the likeliest sequence of tags.
  struct Decoder: Sendable {
    fileprivate let steps: [Float], start: [Float], end: [Float]
    fileprivate let count: Int

    /// The likeliest tags (Viterbi, 1967) of one sequence's scores, `[rows · tags]`. O(rows · tags²).
    func best(_ scores: ArraySlice<Float>) -> [Int] {
      let rows = scores.count / count
      guard rows > 0 else { return [] }
      let first = scores.startIndex
      var value: [Float] = (0..<count).map { scores[first + $0] + start[$0] }
      var from = [Int](repeating: 0, count: rows * count)
      for row in 1..<max(1, rows) {
        var next = [Float](repeating: -.infinity, count: count)
        for tag in 0..<count {
          var best: Float = -.infinity
          for former in 0..<count {
            let score: Float = value[former] + steps[former * count + tag]
            guard score > best else { continue }
            best = score
            from[row * count + tag] = former
          }
          next[tag] = best + scores[first + row * count + tag]
        }
        value = next
      }
      for tag in 0..<count { value[tag] += end[tag] }
      var tag = value.indices.max { value[$0] < value[$1] } ?? 0
      var tags = [tag]
      for row in stride(from: rows - 1, to: 0, by: -1) {
        tag = from[row * count + tag]
        tags.append(tag)
      }
      return tags.reversed()
    }
  }
}
