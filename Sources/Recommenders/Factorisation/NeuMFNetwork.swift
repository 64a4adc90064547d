internal import AkinNeural

extension Operator {
  fileprivate static let embeddingBag = Operator("aten::embedding_bag")
}

/// The two halves of ``NeuMF`` and the layer that joins them.
final class NeuMFNetwork: Layer {
  /// The sizes.
  struct Shape: Sendable, Equatable {
    var factors: Int, layers: Int
    var dropout: Double

    var isPlausible: Bool {
      (4...4096).contains(factors) && (0...8).contains(layers) && (0..<1).contains(dropout)
    }

    /// Widths of the layers.
    var widths: [Int] { (0..<layers).map { max(4, factors >> $0) } }
  }

  let shape: Shape
  /// `[items, 2 · factors]`: what an item in a history says, for both halves.
  let histories: Embedding
  /// `[items, 2 · factors]`: what an item to be found is, for both halves.
  let items: Embedding
  /// `[items, 1]`
  let bias: Embedding
  /// The first layer, split by what it reads; `nil` without a network.
  private let ofShopper: Linear?, ofItem: Linear?
  private let hidden: [Linear]
  /// The joining layer, split by what it reads.
  let ofProduct: Linear
  private let ofState: Linear?

  init(itemCount: Int, shape: Shape, seed: UInt64) throws(NeuralError) {
    let generator = try Generator(seed: seed)
    self.shape = shape
    let factors = shape.factors
    histories = try Embedding(
      rows: itemCount, features: 2 * factors, deviation: 0.05, using: generator)
    items = try Embedding(
      rows: itemCount, features: 2 * factors, deviation: 0.05, using: generator)
    bias = try Embedding(rows: itemCount, features: 1, deviation: 0.001, using: generator)
    let widths = shape.widths
    if let first = widths.first, let last = widths.last {
      ofShopper = try Linear(factors, first, using: generator)
      ofItem = try Linear(factors, first, bias: false, using: generator)
      ofState = try Linear(last, 1, bias: false, using: generator)
    } else {
      (ofShopper, ofItem, ofState) = (nil, nil, nil)
    }
    hidden = try zip(widths, widths.dropFirst()).map { (sizes) throws(NeuralError) in
      try Linear(sizes.0, sizes.1, using: generator)
    }
    // Begins as a plain inner product.
    ofProduct = try Linear(weight: .ones([1, factors]), bias: nil)
  }

  func visit(_ visitor: inout ParameterVisitor) {
    visitor.visit(histories, "histories")
    visitor.visit(items, "items")
    visitor.visit(bias, "bias")
    if let ofShopper, let ofItem, let ofState {
      visitor.visit(ofShopper, "shopper")
      visitor.visit(ofItem, "item")
      visitor.visit(ofState, "state")
    }
    visitor.visit(hidden, "hidden")
    visitor.visit(ofProduct, "product")
  }

  /// Sums of weighted rows of ``histories``, one for each of `bags`: `[bags, 2 · factors]`.
  func sums(_ bags: HistoryBags) throws(NeuralError) -> Tensor {
    let results = try Operator.embeddingBag.all(
      .tensor(histories.table), .tensor(Tensor(bags.items)), .tensor(Tensor(bags.starts)),
      .bool(false), .integer(0), .bool(false), .tensor(Tensor(bags.weights)), count: 4)
    guard let sums = results.first else {
      throw NeuralError(.internal, "no tensor came back", operation: "embedding_bag")
    }
    return sums
  }

  /// Scores of `candidates` for shoppers, row by row.
  ///
  /// - Parameters:
  ///   - shoppers: `[rows, 2 · factors]`
  ///   - candidates: numbers of items, `[rows, each]`
  /// - Returns: `[rows, each]`
  func scores(_ shoppers: Tensor, _ candidates: Tensor, _ pass: Pass) throws(NeuralError) -> Tensor
  {
    let factors = shape.factors
    let found = try pass.dropout(items(candidates), shape.dropout)
    let own = try shoppers.unsqueeze(1)
    func half(_ tensor: Tensor, _ index: Int) throws(NeuralError) -> Tensor {
      try tensor.narrow(dimension: -1, start: index * factors, length: factors)
    }
    var scores = try ofProduct(half(own, 0) * half(found, 0)) + bias(candidates)
    if let ofShopper, let ofItem {
      let joined = try ofShopper(half(own, 1)) + ofItem(half(found, 1))
      scores = try scores + state(of: joined.relu(), pass)
    }
    return try scores.squeeze(-1)
  }

  /// What the rest of the network makes of the first layer's states: `[…, 1]`.
  private func state(of first: Tensor, _ pass: Pass) throws(NeuralError) -> Tensor {
    var state = first
    for layer in hidden { state = try layer(pass.dropout(state, shape.dropout)).relu() }
    guard let ofState else { return state }
    return try ofState(state)
  }

  /// All items laid out for one shopper after the other.
  struct Table {
    /// `[items, factors]` with the joining layer's weights in, `[items, width]`, `[1, items]`.
    let products: Tensor, first: Tensor?, bias: Tensor
  }

  func table() throws(NeuralError) -> Table {
    let factors = shape.factors
    let all = items.table
    return Table(
      products: try all.narrow(dimension: -1, start: 0, length: factors) * ofProduct.weight,
      first: try ofItem?(all.narrow(dimension: -1, start: factors, length: factors)),
      bias: try bias.table.reshape([1, -1]))
  }

  /// Scores of all items for some shoppers.
  ///
  /// - Parameter shoppers: `[rows, 2 · factors]`
  /// - Returns: `[items]` a shopper
  func scores(_ shoppers: Tensor, _ table: Table) throws(NeuralError) -> [Tensor] {
    let factors = shape.factors
    let products =
      try shoppers.narrow(dimension: -1, start: 0, length: factors)
      .linear(table.products) + table.bias
    let own = try ofShopper?(shoppers.narrow(dimension: -1, start: factors, length: factors))
    return try (0..<shoppers.size(0)).map { (row) throws(NeuralError) in
      let product = try products.select(dimension: 0, index: row)
      guard let own, let first = table.first else { return product }
      let joined = try first + own.select(dimension: 0, index: row)
      return try product + state(of: joined.relu(), .inference).squeeze(-1)
    }
  }
}

/// Histories end to end, as libtorch's bags are.
struct HistoryBags {
  private(set) var items: [Int] = []
  private(set) var starts: [Int] = []
  private(set) var weights: [Float] = []

  /// Adds a history; `scale` is on top of the weights.
  mutating func append(
    _ history: some Collection<Int32>, weights own: ArraySlice<Float>?, scale: Float
  ) {
    starts.append(items.count)
    items += history.map(Int.init)
    if let own {
      weights += own.map { $0 * scale }
    } else {
      weights += repeatElement(scale, count: history.count)
    }
  }
}
