internal import Synchronization

/// The one training loop.
///
/// Each epoch asks the ``Trainable`` for its steps. A step computes the loss and gradients of its
/// batches side by side, averages, clips and applies them. After the epoch come validation, the
/// checkpoint and the question whether to stop. Everything random follows from the seed, the epoch
/// and the step, so that a run that goes on from a checkpoint reaches the same numbers as one that
/// was never interrupted.
public struct Trainer {
  /// The settings.
  public var options: TrainingOptions
  /// Called after every step; throws to stop. What is done stays in the checkpoint.
  public var report: (TrainingProgress) throws -> Void = { _ in }

  /// A loop with these settings.
  public init(_ options: TrainingOptions) { self.options = options }

  /// Trains, and leaves the parameters of the best epoch in the model.
  ///
  /// - Throws: `NeuralError` `.invalidArgument` when the loss is no number any more or the measure
  ///   to stop by is not among the model's; `CheckpointError`; what the model and `report` throw.
  public func fit<Model: Trainable>(_ model: Model) throws -> TrainingHistory {
    let parameters = model.parameters.filter(\.tensor.requiresGrad)
    let optimiser = try OptimiserState(options.optimiser, parameters, options.regularisation)
    var run = Run(parameters: parameters, optimiser: optimiser)
    if let path = options.checkpoint { try Checkpoint(path: path).restore(&run) }
    let clock = ContinuousClock()
    let start = clock.now
    while run.history.epochs.count < options.epochs, !isExhausted(run),
      hasTime(for: run, after: start.duration(to: clock.now))
    {
      let epoch = run.history.epochs.count
      let began = clock.now
      let loss = try train(model, epoch, &run)
      let trained = clock.now
      let metrics = try model.validate()
      run.history.epochs.append(
        EpochRecord(
          epoch: epoch + 1, loss: loss, metrics: metrics,
          seconds: began.duration(to: trained).seconds,
          validationSeconds: trained.duration(to: clock.now).seconds))
      try keepIfBest(&run)
      if let path = options.checkpoint { try Checkpoint(path: path).save(run) }
    }
    try run.restoreBest()
    return run.history
  }

  /// One epoch.
  ///
  /// - Returns: the mean loss.
  private func train<Model: Trainable>(
    _ model: Model, _ epoch: Int, _ run: inout Run
  ) throws -> Double {
    let seed = Seeds.combined(options.seed, UInt64(epoch))
    let steps = try model.batches(epoch: epoch, seed: seed)
    let began = ContinuousClock.now
    var total = 0.0
    for (index, batches) in steps.enumerated() {
      // With batches side by side there are threads enough: a team of OpenMP's for the small
      // operators in between would spin beside them.
      let (loss, gradients) = try serially(if: batches.count > 1) {
        try differentiate(
          model, batches, run.parameters, seed: Seeds.combined(seed, UInt64(index)))
      }
      guard loss.isFinite else {
        throw NeuralError(
          .invalidArgument,
          "the loss is \(loss) in epoch \(epoch + 1), step \(index + 1); "
            + "lower the learning rate or limit the gradients' length",
          operation: "Trainer.fit")
      }
      let rate = options.schedule.rate(
        step: epoch * steps.count + index, of: options.epochs * steps.count)
      try serially(if: batches.count > 1) {
        if let limit = options.clipNorm { _ = try gradients.clip(toNorm: limit) }
        try run.optimiser.step(gradients, rate: rate)
      }
      total += loss
      let done = Double(index + 1)
      let left = Double(steps.count * (options.epochs - epoch)) - done
      try report(
        TrainingProgress(
          epoch: epoch + 1, epochs: options.epochs, step: index + 1, steps: steps.count,
          loss: total / done,
          secondsLeft: began.duration(to: .now).seconds / done * left))
    }
    return total / Double(max(1, steps.count))
  }

  /// Loss and gradients of one step: the weighted mean over its batches.
  private func differentiate<Model: Trainable>(
    _ model: Model, _ batches: [Model.Batch], _ parameters: [Parameter], seed: UInt64
  ) throws -> (loss: Double, gradients: [Tensor]) {
    let parts = try sideBySide(batches.count) { index in
      let pass = Pass.training(seed: Seeds.combined(seed, UInt64(index)))
      let loss = try withAutocast(options.autocasts) { try model.loss(of: batches[index], pass) }
      let slopes = try loss.gradients(by: parameters.map(\.tensor))
      let gradients = try zip(slopes, parameters).map { try $0 ?? $1.tensor.filled(with: 0) }
      return (loss: try loss.item(), gradients: gradients)
    }
    let weights = batches.map(model.weight)
    let sum = weights.reduce(0, +)
    var loss = parts[0].loss * weights[0] / sum
    let gradients = parts[0].gradients
    guard parts.count > 1 else { return (loss, gradients) }
    // In the order of the batches, so that rounding does not depend on who was first.
    try gradients.multiply(by: weights[0] / sum)
    for (part, weight) in zip(parts, weights).dropFirst() {
      try gradients.add(part.gradients, weight: weight / sum)
      loss += part.loss * weight / sum
    }
    return (loss, gradients)
  }

  /// The result of `body`, its operators on the calling thread alone where `isSerial`.
  private func serially<Result>(
    if isSerial: Bool, _ body: () throws -> Result
  ) throws -> Result {
    guard isSerial else { return try body() }
    var result: Swift.Result<Result, any Error>?
    try ComputeThreads.serially { result = Swift.Result { try body() } }
    guard let result else {
      throw NeuralError(.internal, "the body did not run", operation: "serially")
    }
    return try result.get()
  }

  /// Results of `body` for `0 ..< count`, each on a thread of its own with serial operators.
  private func sideBySide<Result>(
    _ count: Int, _ body: (Int) throws -> Result
  ) throws -> [Result] {
    guard count > 1 else { return [try body(0)] }
    let results = Mutex<[Swift.Result<Unshared<Result>, any Error>?]>(
      Array(repeating: nil, count: count))
    try withoutActuallyEscaping(body) { body in
      // Safe: `concurrently` returns when all calls have; the model's parameters are only read
      // meanwhile, and each call builds a graph of its own.
      nonisolated(unsafe) let body = body
      try ComputeThreads.concurrently(count) { index, _ in
        let result = Swift.Result { Unshared(value: try body(index)) }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { results in
      try results.compactMap { try $0?.get().value }
    }
  }

  /// Whether another epoch fits into the budget, if it takes as long as the longest so far. The
  /// first one always does: a model must come out.
  private func hasTime(for run: Run, after spent: Duration) -> Bool {
    guard let budget = options.budget, !run.history.epochs.isEmpty else { return true }
    let longest = run.history.epochs.map { $0.seconds + $0.validationSeconds }.max() ?? 0
    return spent.seconds + longest <= budget.seconds
  }

  private func isExhausted(_ run: Run) -> Bool {
    guard let stopping = options.earlyStopping, let best = run.history.best else { return false }
    return run.history.epochs.count - best >= stopping.patience
  }

  private func keepIfBest(_ run: inout Run) throws(NeuralError) {
    guard let stopping = options.earlyStopping else {
      run.history.best = run.history.epochs.count
      return
    }
    guard let value = run.history.epochs.last?.metrics[stopping.metric] else {
      throw NeuralError(
        .invalidArgument, "the model measures no '\(stopping.metric)'", operation: "Trainer.fit")
    }
    if let best = run.history.best,
      let former = run.history.epochs[best - 1].metrics[stopping.metric],
      stopping.largerIsBetter ? value <= former : value >= former
    {
      return
    }
    run.history.best = run.history.epochs.count
    try run.keep()
  }
}

/// A result that one thread made and hands over for good.
private struct Unshared<Value>: @unchecked Sendable {
  // Safe: the maker keeps no reference to it.
  let value: Value
}

/// What changes in the course of training.
struct Run {
  let parameters: [Parameter]
  let optimiser: OptimiserState
  var history = TrainingHistory()
  /// Copies of the parameters after the best epoch; empty while that is the current one.
  var kept: [Tensor] = []

  init(parameters: [Parameter], optimiser: OptimiserState) {
    (self.parameters, self.optimiser) = (parameters, optimiser)
  }

  mutating func keep() throws(NeuralError) {
    kept = try parameters.map { parameter throws(NeuralError) in
      try parameter.tensor.detached().clone()
    }
  }

  func restoreBest() throws(NeuralError) {
    guard !kept.isEmpty else { return }
    try withoutGradient { () throws(NeuralError) in
      for (parameter, best) in zip(parameters, kept) { try parameter.tensor.overwrite(with: best) }
    }
  }
}

extension Duration {
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
