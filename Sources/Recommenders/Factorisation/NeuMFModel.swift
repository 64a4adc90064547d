public import AkinCatalogue
internal import AkinNeural
internal import AkinSimilarity

/// The fitted ``NeuMF``.
public final class NeuMFModel: Recommender, @unchecked Sendable {
  // Safe: after `fit` nothing changes the network, and reading tensors from several threads is
  // what libtorch allows.
  private let network: NeuMFNetwork
  private let table: NeuMFNetwork.Table
  /// Rows of items for likeness: what they are to be found by.
  private let vectors: DenseRows
  /// The number of items that are ranked.
  public let itemCount: Int
  /// `neumf`.
  public static let kind = "neumf"

  init(_ network: NeuMFNetwork, itemCount: Int) throws {
    self.network = network
    self.itemCount = itemCount
    table = try withInferenceMode { () throws(NeuralError) in try network.table() }
    let width = 2 * network.shape.factors
    var rows = DenseRows(count: itemCount, dimension: width)
    let values = try network.items.table.detached().floats()
    for item in 0..<itemCount {
      for column in 0..<width {
        rows.values[item * rows.dimension + column] = values[item * width + column]
      }
    }
    vectors = rows
  }

  /// Everybody by his history. O(shoppers · items · factors²).
  public func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    try RecommenderError.check(shoppers.histories.itemCount, against: itemCount)
    var bags = HistoryBags()
    for user in shoppers.rows {
      let entries = shoppers.histories.range(of: user)
      let weights = shoppers.histories.weights.map { $0[entries] }
      let square = weights?.reduce(0) { $0 + $1 * $1 } ?? Float(entries.count)
      bags.append(
        shoppers.histories[user], weights: weights,
        scale: square > 0 ? 1 / square.squareRoot() : 0)
    }
    guard !bags.items.isEmpty || !bags.starts.isEmpty else { return }
    var failure: (any Error)?
    try ComputeThreads.serially {
      do {
        try withInferenceMode { try write(bags, into: scores) }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func write(_ bags: HistoryBags, into scores: UnsafeMutableBufferPointer<Float>) throws {
    let rows = try network.scores(network.sums(bags), table)
    for (row, values) in rows.enumerated() {
      try values.contiguous().withUnsafeBytes { bytes in
        _ = scores[(row * itemCount)...].update(fromContentsOf: bytes.bindMemory(to: Float.self))
      }
    }
  }

  /// Cosines of the vectors that items are found by. O(items · factors).
  public func similarItems(to item: Int, k: Int) -> [Neighbour] {
    vectors.cosines(of: item, k: k)
  }

  /// Sizes and all weights.
  public func archived() throws -> ModelArchive {
    var archive = ModelArchive(kind: Self.kind)
    archive.notes["items"] = "\(itemCount)"
    archive.notes["factors"] = "\(network.shape.factors)"
    archive.notes["layers"] = "\(network.shape.layers)"
    for parameter in network.parameters {
      archive.floats[parameter.name] = try parameter.tensor.detached().floats()
    }
    return archive
  }

  /// Takes sizes and weights.
  public convenience init(_ archive: ModelArchive) throws {
    let shape = NeuMFNetwork.Shape(
      factors: try archive.whole("factors"), layers: try archive.whole("layers"), dropout: 0)
    let itemCount = try archive.whole("items")
    guard shape.isPlausible, itemCount > 0,
      archive.floats["items.table"]?.count == itemCount * 2 * shape.factors
    else { throw archive.damaged("has sizes that do not fit") }
    let network = try NeuMFNetwork(itemCount: itemCount, shape: shape, seed: 0)
    var tensors: [String: Tensor] = [:]
    for parameter in network.parameters {
      let values = try archive.numbers(parameter.name, count: parameter.tensor.count)
      tensors[parameter.name] = try Tensor(values, shape: parameter.tensor.shape)
    }
    try network.load(tensors)
    try self.init(network, itemCount: itemCount)
  }
}
