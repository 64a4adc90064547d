extension Operator {
  fileprivate static let gru = Operator("aten::gru.data")
  fileprivate static let lstm = Operator("aten::lstm.data")
}

/// A recurrent network over sequences laid end to end: `[rows, inputs]` → `[rows, width]`, the
/// state after each row.
///
/// - GRU (Cho et al., 2014): `h' = (1 − z) ∘ n + z ∘ h` with `n = tanh(W x + r ∘ U h)`.
/// - LSTM (Hochreiter & Schmidhuber, 1997): with a cell behind input, forget and output gates.
///
/// Weights start uniform in `±1/√width`. Steps of sequences that are long enough run as one product;
/// nothing is computed for padding. A GRU in one direction on the processor goes through its steps
/// in one function, several times faster than by libtorch's operators.
public final class Recurrent: Layer {
  /// Which cell.
  public enum Cell: String, Sendable, CaseIterable {
    case gru, lstm
  }

  private let cell: Cell
  private let width: Int
  private let layers: Int
  private let isBidirectional: Bool
  private let weights: [Tensor]

  /// - Parameter isBidirectional: a second network runs from the end; the states are side by side,
  ///   `[rows, 2 · width]`.
  public init(
    _ cell: Cell, inputs: Int, width: Int, layers: Int = 1, isBidirectional: Bool = false,
    dtype: DType = .float32, using generator: Generator
  ) throws(NeuralError) {
    let gates = cell == .gru ? 3 * width : 4 * width
    let directions = isBidirectional ? 2 : 1
    let bound = 1 / Double(width).squareRoot()
    var weights: [Tensor] = []
    for layer in 0..<layers {
      let features = layer == 0 ? inputs : directions * width
      for _ in 0..<directions {
        for shape in [[gates, features], [gates, width], [gates], [gates]] {
          let uniform = try Tensor.randomUniform(shape, using: generator, dtype: dtype)
          weights.append(try ((uniform * 2 - 1) * bound).requiringGrad())
        }
      }
    }
    (self.cell, self.width, self.layers) = (cell, width, layers)
    (self.isBidirectional, self.weights) = (isBidirectional, weights)
  }

  /// `[rows, inputs]` → `[rows, width]`; rows after the last sequence come out as 0.
  package func callAsFunction(
    _ x: Tensor, _ sequences: PackedSequences
  ) throws(NeuralError) -> Tensor {
    if cell == .gru, !isBidirectional, x.device == .cpu { return try gated(x, sequences) }
    return try byOperators(x, sequences)
  }

  /// By the function that goes through a layer's steps at once.
  private func gated(
    _ x: Tensor, _ sequences: PackedSequences
  ) throws(NeuralError) -> Tensor {
    var states = x
    for layer in 0..<layers {
      let own = Array(weights[4 * layer..<4 * layer + 4])
      states = try sequences.gatedStates(
        states.linear(own[0], bias: own[2]), weight: own[1], bias: own[3])
    }
    return states
  }

  /// By libtorch's operators, which take every cell, both directions and any device.
  package func byOperators(
    _ x: Tensor, _ sequences: PackedSequences
  ) throws(NeuralError) -> Tensor {
    let order = TimeMajor(sequences)
    let directions = isBidirectional ? 2 : 1
    let state = try Tensor.zeros([layers * directions, sequences.count, width], dtype: x.dtype)
    let data = try x.indexSelect(dimension: 0, Tensor(order.rows))
    let sizes = try Tensor(order.sizes)
    let states: [Argument] =
      cell == .gru ? [.tensor(state)] : [.tensors([state, state])]
    let op = cell == .gru ? Operator.gru : Operator.lstm
    let output = try op.all(
      .tensor(data), .tensor(sizes), states[0], .tensors(weights), .bool(true),
      .integer(layers), .number(0), .bool(false), .bool(isBidirectional), count: 3)[0]
    return try output.indexSelect(dimension: 0, Tensor(order.positions))
  }

  /// Shows the parameters.
  public func visit(_ visitor: inout ParameterVisitor) {
    for (index, weight) in weights.enumerated() {
      visitor.visit(weight, "weights.\(index)", decays: index % 4 < 2)
    }
  }
}

/// The rows of packed sequences in the order of time: the first rows of all sequences, longest
/// sequence first, then the second rows …
struct TimeMajor {
  /// Rows of the packed matrix in the order of time.
  private(set) var rows: [Int] = []
  /// How many sequences have a row at each time.
  private(set) var sizes: [Int] = []
  /// Where each row of the packed matrix went.
  private(set) var positions: [Int]

  init(_ sequences: PackedSequences) {
    let starts = sequences.starts.map(Int.init)
    let lengths = zip(starts.dropFirst(), starts).map { $0 - $1 }
    let order = lengths.indices.sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }
    positions = [Int](repeating: 0, count: starts[starts.count - 1])
    var alive = order.count
    for time in 0..<(order.first.map { lengths[$0] } ?? 0) {
      while alive > 0, lengths[order[alive - 1]] <= time { alive -= 1 }
      for sequence in order[..<alive] {
        positions[starts[sequence] + time] = rows.count
        rows.append(starts[sequence] + time)
      }
      sizes.append(alive)
    }
  }
}
