public import AkinCatalogue
internal import AkinNeural

extension NextItem {
  /// Settings for the amount of data and time: found on Beauty, diginetica and yoochoose by their
  /// validation cases; see `docs/benchmarks/sequence.md`.
  ///
  /// - Parameter seconds: what training may take.
  public init(_ architecture: Architecture, fitting sequences: Sequences, seconds: Double) {
    self.init(architecture)
    budget = seconds
    let lengths = (0..<sequences.count).map { sequences[$0].count }.filter { $0 > 1 }.sorted()
    let long = lengths.isEmpty ? 2 : lengths[min(lengths.count - 1, lengths.count * 98 / 100)]
    longest = max(10, min(200, long))
    let predictions = Double(lengths.reduce(0) { $0 + $1 - 1 })
    let density = predictions / Double(max(1, sequences.itemCount))
    width = predictions > 250_000 ? 96 : 64
    dropout = density > 15 ? 0.3 : 0.5
    rowsPerStep = predictions > 250_000 ? 4_096 : predictions > 20_000 ? 2_048 : 256
    rate = 2e-3
    // Ten passes are to fit into the time at 10¹¹ operations a second; then shorter epochs.
    let operations = seconds * 1e11 / 10
    let most = operations / max(1, predictions * Double(6 * width))
    if most < Double(sequences.itemCount) { negatives = max(2_048, Int(most)) }
    if negatives.map({ $0 >= sequences.itemCount }) ?? false { negatives = nil }
    let cost = Double(6 * width) * Double(negatives ?? sequences.itemCount)
    if predictions * cost > operations { rowsPerEpoch = max(rowsPerStep, Int(operations / cost)) }
  }

  /// The settings in words.
  public var summary: String {
    "\(architecture.rawValue) of width \(width), \(layers) layers, last \(longest) items, "
      + "dropout \(dropout), rate \(rate), "
      + (negatives.map { "\($0) negatives" } ?? "full softmax")
  }

  /// A fitted model that goes on learning from `sequences` for some epochs, its rate falling to 0
  /// in a straight line. The model itself is left as it is.
  ///
  /// - Throws: ``RecommenderError`` `wrongItems` when the sequences count more items than the
  ///   model; as ``fit(_:validation:progress:)``.
  public func continued(
    from model: NextItemModel, on sequences: Sequences, epochs: Int,
    progress: FitProgress = { _, _ in }
  ) throws -> NextItemModel {
    try RecommenderError.check(sequences.itemCount, against: model.itemCount)
    var settings = self
    settings.epochs = epochs
    settings.budget = nil
    // Other random choices than those the model has seen.
    settings.seed = Seeds.combined(seed, 1)
    let network = try model.copiedNetwork()
    return try settings.train(
      network, sequences, validation: nil,
      Schedule(peak: rate, shape: .linear(floor: 0)), progress: progress
    ) { _ in }
  }
}
