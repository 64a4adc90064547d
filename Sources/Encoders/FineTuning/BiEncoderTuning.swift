import AkinNeural
import Foundation

/// Fine-tunes a pretrained encoder on text pairs, within a time.
///
/// ```swift
/// var tuning = BiEncoderTuning()
/// tuning.encoder = "minilm-l6"
/// let tuned = try tuning.fit(train: pairs, valid: held)
/// try tuned.save(to: URL(filePath: "my-encoder"))   // akin build --model ./my-encoder
/// ```
public struct BiEncoderTuning {
  /// A name of ``ModelStore``, or a path with a slash.
  public var encoder = BuiltInModel.miniLM.rawValue
  /// Where encoders are found.
  public var store = ModelStore()
  /// How.
  public var settings = BiEncoderSettings()
  /// Whether left texts are what shoppers type; models with prefixes tell the two apart.
  public var asksQueries = false
  /// What all random choices follow from.
  public var seed: UInt64 = 0
  /// The time that training may take.
  public var budget: Duration = .seconds(600)
  /// Called after every step with the steps done and in all, and a line of epoch, loss and time
  /// left; throws to stop.
  public var report: (_ done: Int, _ total: Int, _ line: String) throws -> Void = { _, _, _ in }

  /// The usual settings.
  public init() {}

  /// The time ran out in the midst of an epoch.
  private struct OutOfTime: Error {}

  /// Trains on `train`; which epoch is kept is decided on `valid`.
  ///
  /// - Throws: ``MatchError`` `.tooFewPairs`; ``EncoderError``; what ``report`` throws.
  public func fit(train: [TextPair], valid: [TextPair]) throws -> TunedEncoder {
    let start = ContinuousClock.now
    guard train.count >= 2, valid.count >= 2 else {
      throw MatchError(
        .tooFewPairs,
        "There are \(train.count) pairs to learn from and \(valid.count) to choose by; 2 of each "
          + "are needed, and some hundreds to learn anything.")
    }
    let location = try store.locate(encoder)
    guard !location.isCompact else {
      throw EncoderError(
        .unsupportedArchitecture,
        "A compact encoder has no blocks to tune: train it anew, or tune a pretrained one.",
        path: location.url.path)
    }
    let parts = try location.parts()
    let training = try BiEncoderTraining(
      parts, train: train, valid: valid, asksQueries: asksQueries, settings: settings, seed: seed)
    let before = try training.validate()
    guard before[training.measure] != nil else {
      throw MatchError(
        .tooFewPairs,
        "The validation pairs give no '\(training.measure)'; they give "
          + before.keys.sorted().joined(separator: ", ") + ".")
    }
    try training.mine()
    let spent = start.duration(to: .now)
    var trainer = Trainer(try options(training, left: (budget - spent) / .seconds(1)))
    let total = trainer.options.epochs * training.stepsPerEpoch
    trainer.report = { [report, budget] progress in
      try report(
        (progress.epoch - 1) * progress.steps + progress.step, total, progress.description)
      if start.duration(to: .now) > budget, progress.step < progress.steps { throw OutOfTime() }
    }
    var history: TrainingHistory?
    do { history = try trainer.fit(training) } catch is OutOfTime {
      // The parameters are those of the last step: what first steps promised did not hold.
    }
    var card = TunedEncoder.Card(
      encoder: encoder, fingerprint: try store.inspect(location).fingerprint(),
      settings: settings, objective: training.objective, measure: training.measure, seed: seed,
      asksQueries: asksQueries, trainingPairs: train.count, validationPairs: valid.count,
      before: before)
    card.epochs = history?.epochs.map(TunedEncoder.Epoch.init) ?? []
    card.best = history?.best
    card.after = try card.best.map { card.epochs[$0 - 1].measures } ?? training.validate()
    card.seconds = start.duration(to: .now) / .seconds(1)
    return TunedEncoder(
      card: card, parts: parts, location: location, curve: history?.svg(),
      tensors: try training.network.trunk.exported(as: parts.weights.names))
  }

  /// As many epochs as fit into the seconds that are left, with a learning rate that falls to 0 at
  /// their end.
  private func options(
    _ training: BiEncoderTraining, left: Double
  ) throws -> TrainingOptions {
    var options = TrainingOptions.fineTuning(peak: settings.peak, seed: seed)
    let step = try Trainer(options).secondsPerStep(training)
    let epoch = step * Double(training.stepsPerEpoch) * 1.1
    let epochs = min(settings.epochs, Int(left * 0.95 / max(epoch, 1e-6)))
    if epochs == 0 { training.stepsPerEpoch = max(1, Int(left * 0.8 / step)) }
    options.epochs = max(1, epochs)
    options.earlyStopping = .init(training.measure, patience: max(2, options.epochs / 2))
    return options
  }
}
