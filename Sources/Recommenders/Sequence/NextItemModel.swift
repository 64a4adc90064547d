internal import AkinNeural

/// A network that predicts the next item: SASRec, GRU4Rec or an LSTM, trained with a softmax over
/// all items or a corrected sample of them.
///
/// Sequences are laid end to end, so nothing is computed for padding.
public final class NextItemModel: @unchecked Sendable {
  // Safe: after `fit` nothing changes the network, and reading tensors from several threads is
  // what libtorch allows.
  private let network: NextItemNetwork
  private let table: PackedLinear
  private let settings: NextItemSettings
  /// The number of items that are ranked.
  public let itemCount: Int
  /// Seconds that each epoch took, and its mean loss.
  public let epochs: [(seconds: Double, loss: Double)]

  /// Learns from sequences, oldest item first.
  ///
  /// - Parameters:
  ///   - sequences: items in `0 ..< itemCount`; those of one item teach nothing.
  ///   - progress: called with one line after every step; throws to stop.
  /// - Throws: ``NextItemError`` when there is nothing to learn from, an item is out of range or a
  ///   setting is, and what `progress` throws.
  public init(
    fitting sequences: [[Int32]], itemCount: Int, _ settings: NextItemSettings,
    progress: @escaping (String) throws -> Void = { _ in }
  ) throws {
    try NextItemError.check(sequences, itemCount, settings)
    network = try NextItemNetwork(itemCount: itemCount, settings)
    var options = TrainingOptions(epochs: settings.epochs)
    options.schedule = Schedule(peak: settings.rate, warmUp: 0.05, shape: .cosine(floor: 0.05))
    options.clipNorm = 5
    options.seed = settings.seed
    var trainer = Trainer(options)
    trainer.report = { try progress($0.description) }
    let history = try trainer.fit(
      NextItemTraining(network, sequences, itemCount: itemCount, settings))
    epochs = history.epochs.map { ($0.seconds, $0.loss) }
    table = try PackedLinear(weight: network.table(), bias: nil)
    self.itemCount = itemCount
    self.settings = settings
  }

  /// Scores all items as the next one after each history: logits of the softmax.
  ///
  /// - Parameters:
  ///   - histories: oldest item first; items that are out of range are passed over.
  ///   - scores: row-major `[histories.count, itemCount]`; every element is overwritten, with 0 for
  ///     a history without known items.
  public func score(
    _ histories: [ArraySlice<Int32>], into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    precondition(scores.count == histories.count * itemCount, "a score for every item")
    var packed = PackedHistories()
    var rows: [Int] = []
    for (row, history) in histories.enumerated() {
      let known = history.filter { $0 >= 0 && Int($0) < itemCount }.suffix(settings.longest)
      if known.isEmpty { continue }
      packed.append(known)
      rows.append(row)
    }
    scores.update(repeating: 0)
    guard !rows.isEmpty else { return }
    try withInferenceMode {
      let states = try network.states(packed, .inference)
      let last = try Tensor(packed.starts.dropFirst().map { Int($0) - 1 })
      let logits = try table(states.indexSelect(dimension: 0, last))
      try logits.withUnsafeBytes { bytes in
        let numbers = bytes.bindMemory(to: Float.self)
        for (index, row) in rows.enumerated() {
          _ = scores[(row * itemCount)...].update(
            fromContentsOf: numbers[index * itemCount..<(index + 1) * itemCount])
        }
      }
    }
  }
}

/// Why a network cannot be trained.
public struct NextItemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong and what to do.
  public let description: String

  static func check(
    _ sequences: [[Int32]], _ itemCount: Int, _ settings: NextItemSettings
  ) throws(NextItemError) {
    guard sequences.contains(where: { $0.count > 1 }) else {
      throw NextItemError(description: "no sequence has two items; there is nothing to learn")
    }
    for (row, sequence) in sequences.enumerated() {
      guard sequence.allSatisfy({ $0 >= 0 && Int($0) < itemCount }) else {
        throw NextItemError(
          description: "row \(row) holds an item outside 0..<\(itemCount); count the items again")
      }
    }
    let whole = [
      settings.width, settings.layers, settings.heads, settings.longest, settings.epochs,
      settings.rowsPerStep, settings.threads, settings.negatives ?? 1,
    ]
    guard whole.allSatisfy({ $0 > 0 }), (0..<1).contains(settings.dropout), settings.rate > 0 else {
      throw NextItemError(
        description: "sizes and the rate must be positive, the dropout in 0..<1")
    }
  }
}
