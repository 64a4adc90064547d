internal import AkinNeural

/// Items in, one state for each: the state after an item is to be near the next item's vector.
final class NextItemNetwork: Layer {
  private let items: Embedding
  private let positions: Embedding?
  private let inputNorm: LayerNorm?
  private let encoder: TransformerStack?
  private let recurrent: Recurrent?
  private let output: Linear?
  private let settings: NextItem

  init(itemCount: Int, _ settings: NextItem) throws(NeuralError) {
    let generator = try Generator(seed: settings.seed)
    let width = settings.width
    items = try Embedding(
      rows: itemCount, features: width, deviation: settings.deviation, using: generator)
    self.settings = settings
    inputNorm = try LayerNorm(width)
    guard settings.architecture == .sasrec else {
      (positions, encoder) = (nil, nil)
      recurrent = try Recurrent(
        settings.architecture == .lstm ? .lstm : .gru, inputs: width, width: width,
        layers: settings.layers, using: generator)
      output = try Linear(width, width, using: generator)
      return
    }
    positions = try Embedding(
      rows: settings.longest, features: width, deviation: settings.deviation, using: generator)
    encoder = try TransformerStack(
      width: width, heads: settings.heads, blocks: settings.layers, isCausal: true,
      dropout: settings.dropout, using: generator)
    (recurrent, output) = (nil, nil)
  }

  /// Vectors of all items as states meet them: `[items, width]`.
  func table() throws(NeuralError) -> Tensor {
    guard let scale = settings.cosineScale else { return items.table }
    return try items.table.normalized() * scale
  }

  /// Vectors of some items as states meet them: `[n, width]`.
  func rows(_ numbers: Tensor) throws(NeuralError) -> Tensor {
    let rows = try items(numbers)
    guard let scale = settings.cosineScale else { return rows }
    return try rows.normalized() * scale
  }

  /// States after each item of the histories: `[rows, width]`.
  func states(_ packed: PackedHistories, _ pass: Pass) throws(NeuralError) -> Tensor {
    try states(items(Tensor(packed.items)), packed.positions, starts: packed.starts, pass)
  }

  /// Weighted sums of the vectors of bags of `each` items: `[bags, width]`.
  ///
  /// - Parameter weights: one an item.
  func bags(_ numbers: [Int32], weights: [Float], each: Int) throws(NeuralError) -> Tensor {
    let bags = numbers.count / each
    let vectors = try items(Tensor(numbers)).reshape([bags, each, settings.width])
    return try (vectors * Tensor(weights, shape: [bags, each, 1])).sum([1])
  }

  /// States after each of some inputs, laid end to end: `[rows, width]`.
  func states(
    _ inputs: Tensor, _ places: [Int32], starts: [Int32], _ pass: Pass
  ) throws(NeuralError) -> Tensor {
    var x = inputs
    if let positions { x = try x + positions(Tensor(places)) }
    if let inputNorm { x = try inputNorm(x) }
    x = try pass.dropout(x, settings.dropout)
    let sequences = PackedSequences(starts: starts)
    if let encoder { x = try encoder(x, sequences, pass) }
    if let recurrent, let output {
      x = try output(pass.dropout(recurrent(x, sequences), settings.dropout))
    }
    return settings.cosineScale == nil ? x : try x.normalized()
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(items, "items")
    if let positions { visitor.visit(positions, "positions") }
    if let inputNorm { visitor.visit(inputNorm, "inputNorm") }
    if let encoder { visitor.visit(encoder, "encoder") }
    if let recurrent { visitor.visit(recurrent, "recurrent") }
    if let output { visitor.visit(output, "output") }
  }
}

/// Histories laid end to end.
struct PackedHistories {
  private(set) var items: [Int32] = []
  private(set) var positions: [Int32] = []
  private(set) var starts: [Int32] = [0]

  /// Adds a history that is not empty.
  mutating func append(_ history: ArraySlice<Int32>) {
    items.append(contentsOf: history)
    positions.append(contentsOf: 0..<Int32(history.count))
    starts.append(Int32(items.count))
  }
}
