public import AkinCatalogue
internal import AkinNeural

/// A network that predicts the next item: SASRec, GRU4Rec or an LSTM, trained by the cross-entropy
/// of a softmax over all items, or over a corrected sample of them.
///
/// Sequences are laid end to end, so nothing is computed for padding, and one pass over a sequence
/// trains all its positions. What a full softmax is worth against one negative a position:
/// Klenitskiy & Vasilev, *Turning dross into gold loss: is BERT4Rec really better than SASRec?*
/// (2023).
///
/// O(epochs · items in sequences · (items ranked or ``negatives``) · width).
public struct NextItem: SequenceAlgorithm, Equatable, Codable {
  /// What reads the history.
  public enum Architecture: String, Sendable, CaseIterable, Codable {
    /// Causal Transformer (Kang & McAuley, *SASRec*, ICDM 2018).
    case sasrec
    /// Gated recurrent units (Hidasi et al., *GRU4Rec*, ICLR 2016).
    case gru4rec
    /// Long short-term memory (Hochreiter & Schmidhuber, 1997).
    case lstm
  }

  /// What reads the history.
  public var architecture: Architecture
  /// Features of items and states.
  public var width = 64
  /// Transformer blocks or recurrent layers.
  public var layers = 2
  /// Heads of attention, for ``Architecture/sasrec``.
  public var heads = 2
  /// The last items of a history that are read. In training, longer sequences are cut.
  public var longest = 50
  /// The share of features dropped in training.
  public var dropout = 0.5
  /// Passes over the data, at most.
  public var epochs = 60
  /// Epochs without a better validation figure after which training stops.
  public var patience = 3
  /// The largest learning rate.
  public var rate = 1e-3
  /// The share of each weight that a step at rate 1 takes off.
  public var decay = 0.0
  /// Predictions a step.
  public var rowsPerStep = 2048
  /// Predictions an epoch, where an epoch is to be only a part of a pass over the data, so that
  /// validation and the budget come more often; `nil` for a whole pass.
  public var rowsPerEpoch: Int?
  /// Items that compete in each step's softmax beside the step's own targets, drawn evenly and
  /// corrected for; `nil` for all items.
  public var negatives: Int?
  /// Where set, states and items have length 1 and their cosine is multiplied with this, which
  /// keeps popular items from winning by their length (Gupta et al., *NISER*, 2019).
  public var cosineScale: Double?
  /// The deviation of the first item vectors.
  public var deviation = 0.02
  /// Whether items of the history are left out when the validation cases are ranked.
  public var excludesHistory = false
  /// Validation cases that are ranked after each epoch, at most.
  public var validationCases = 8_000
  /// Seconds after which training ends with the best epoch so far; `nil` for no limit.
  public var budget: Double?
  /// Batches of a step that are computed side by side. Part of what results depend on.
  public var threads = 2
  /// What all random choices follow from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init(_ architecture: Architecture) { self.architecture = architecture }

  /// Trains; stops early by `validation`, whose best epoch is kept.
  ///
  /// - Throws: ``RecommenderError`` `noInteractions` when no sequence has two items, `badSetting`,
  ///   `diverged`; what `progress` throws.
  public func fit(
    _ sequences: Sequences, validation: SequenceCases?, progress: FitProgress
  ) throws -> NextItemModel {
    try fit(sequences, validation: validation, progress: progress) { _ in }
  }

  /// As ``fit(_:validation:progress:)``.
  ///
  /// - Parameter observe: called with the measures of the validation cases after each epoch.
  public func fit(
    _ sequences: Sequences, validation: SequenceCases?, progress: FitProgress,
    observe: @escaping ([String: Double]) -> Void
  ) throws -> NextItemModel {
    try check(sequences)
    return try train(
      NextItemNetwork(itemCount: sequences.itemCount, self), sequences, validation: validation,
      Schedule(
        peak: rate, warmUp: 1 / Double(max(10, epochs)),
        shape: validation == nil ? .linear(floor: 0.1) : .constant),
      progress: progress, observe: observe)
  }

  func train(
    _ network: NextItemNetwork, _ sequences: Sequences, validation: SequenceCases?,
    _ schedule: Schedule, progress: FitProgress, observe: @escaping ([String: Double]) -> Void
  ) throws -> NextItemModel {
    let training = NextItemTraining(network, sequences, validation: validation, self)
    training.observe = observe
    var options = TrainingOptions(epochs: epochs)
    options.schedule = schedule
    options.regularisation.l2 = decay
    options.clipNorm = 5
    options.autocasts = Runtime.hasFastBFloat16
    options.seed = seed
    options.budget = budget.map { .seconds($0) }
    if validation.map({ $0.count > 0 }) ?? false {
      options.earlyStopping = .init(CaseRanks.deciding, patience: patience)
    }
    let history = try withoutActuallyEscaping(progress) { progress in
      var trainer = Trainer(options)
      trainer.report = {
        try progress(($0.epoch - 1) * $0.steps + $0.step, $0.epochs * $0.steps)
      }
      return try trainer.fit(training)
    }
    return try NextItemModel(
      network, itemCount: sequences.itemCount, self, history.epochs.map(NextItemEpoch.init),
      kept: history.best ?? 0)
  }

  private func check(_ sequences: Sequences) throws(RecommenderError) {
    guard (0..<sequences.count).contains(where: { sequences[$0].count > 1 }) else {
      throw RecommenderError(
        .noInteractions, "no sequence has two items; there is no next item to learn")
    }
    let whole = [
      width, layers, heads, longest, epochs, patience, rowsPerStep, threads, negatives ?? 1,
      rowsPerEpoch ?? 1,
    ]
    guard whole.allSatisfy({ $0 > 0 }), (0..<1).contains(dropout), rate > 0, deviation > 0 else {
      throw RecommenderError(
        .badSetting, "sizes and the rate must be positive, the dropout in 0..<1")
    }
    guard architecture != .sasrec || width % heads == 0 else {
      throw RecommenderError(.badSetting, "\(heads) heads do not divide a width of \(width)")
    }
  }
}

/// What is known after an epoch of ``NextItem``.
public struct NextItemEpoch: Sendable, Equatable {
  /// Seconds that the steps took, and the validation.
  public let seconds: Double, validationSeconds: Double
  /// The mean cross-entropy.
  public let loss: Double
  /// Measures of the validation cases, by name.
  public let metrics: [String: Double]

  init(_ record: EpochRecord) {
    (seconds, validationSeconds) = (record.seconds, record.validationSeconds)
    (loss, metrics) = (record.loss, record.metrics)
  }
}
