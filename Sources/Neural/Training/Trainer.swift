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
    var run = try Run(model, options)
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
      let (loss, gradients) = try differentiate(
        model, batches, run, seed: Seeds.combined(seed, UInt64(index)))
      guard loss.isFinite else {
        throw NeuralError(
          .invalidArgument,
          "the loss is \(loss) in epoch \(epoch + 1), step \(index + 1); "
            + "lower the learning rate or limit the gradients' length",
          operation: "Trainer.fit")
      }
      let rate = options.schedule.rate(
        step: epoch * steps.count + index, of: options.epochs * steps.count)
      try run.optimiser.step(
        gradients, limit: options.clipNorm, rate: rate, copies: run.copies)
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

  /// The mean loss of a step, and the gradients of each of its batches.
  private func differentiate<Model: Trainable>(
    _ model: Model, _ batches: [Model.Batch], _ run: Run, seed: UInt64
  ) throws -> (loss: Double, gradients: [WeightedGradients]) {
    let weights = batches.map(model.weight)
    let sum = weights.reduce(0, +)
    let parts = try ComputeThreads.sideBySide(batches.count) { index in
      let pass = Pass.training(seed: Seeds.combined(seed, UInt64(index)))
      let loss = try run.casting { try model.loss(of: batches[index], pass) }
      let gradients = WeightedGradients(
        weight: weights[index] / sum, gradients: try run.gradients(of: loss))
      return (loss: try loss.item(), gradients: gradients)
    }
    let loss = parts.reduce(0) { $0 + $1.loss * $1.gradients.weight }
    return (loss, parts.map(\.gradients))
  }

  /// Seconds of a step: the mean of three after one to warm up. Nothing changes.
  package func secondsPerStep<Model: Trainable>(_ model: Model) throws -> Double {
    let run = try Run(model, options)
    var times: [Double] = []
    for batches in try model.batches(epoch: 0, seed: options.seed).prefix(4) {
      let began = ContinuousClock.now
      let (loss, gradients) = try differentiate(model, batches, run, seed: options.seed)
      // At a rate of 0 the parameters stay; the moments are thrown away.
      guard loss.isFinite else { break }
      try run.optimiser.step(
        gradients, limit: options.clipNorm, rate: 0, copies: run.copies)
      times.append(began.duration(to: .now).seconds)
    }
    let warm = times.count > 1 ? times.dropFirst() : times[...]
    return warm.reduce(0, +) / Double(max(1, warm.count))
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

/// What changes in the course of training.
struct Run {
  let parameters: [Parameter]
  let optimiser: OptimiserState
  /// Where products run in bfloat16.
  let copies: HalfCopies?
  var history = TrainingHistory()
  /// Copies of the parameters after the best epoch; empty while that is the current one.
  var kept: [Tensor] = []

  init(_ model: some Trainable, _ options: TrainingOptions) throws(NeuralError) {
    parameters = model.parameters.filter(\.tensor.requiresGrad)
    optimiser = try OptimiserState(
      options.optimiser, parameters, options.regularisation, threads: ComputeThreads.count)
    copies = options.autocasts ? HalfCopies(of: parameters) : nil
  }

  /// Runs `body`, products in bfloat16 if the options say so.
  func casting<Result>(_ body: () throws -> Result) throws -> Result {
    guard let copies else { return try body() }
    return try copies.use { try withAutocast(true, body) }
  }

  /// The derivatives of a loss by each parameter and by its copy: `[parameters][0…2]`.
  func gradients(of loss: Tensor) throws(NeuralError) -> [[Tensor]] {
    let own = parameters.map(\.tensor)
    let halves = own.map { copies?[$0] }
    let slopes = try loss.gradients(by: own + halves.compactMap(\.self))
    var ofHalves = slopes.dropFirst(own.count)
    return zip(slopes, halves).map { slope, half in
      [slope, half == nil ? nil : ofHalves.popFirst() ?? nil].compactMap(\.self)
    }
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
