import AkinNeural
import Synchronization

/// What a step of a training costs, measured before it begins, so that the learning rate can fall to
/// 0 within the time there is.
enum StepTiming {
  /// Seconds of a step: the mean of three after one to warm up. Nothing changes.
  static func seconds<Model: Trainable>(_ training: Model, seed: UInt64) throws -> Double {
    let steps = try training.batches(epoch: 0, seed: seed)
    let parameters = training.parameters.map(\.tensor).filter(\.requiresGrad)
    let work: (Model.Batch) throws -> Void = { batch in
      let loss = try withAutocast(Runtime.hasFastBFloat16) {
        try training.loss(of: batch, .training(seed: seed))
      }
      _ = try loss.gradients(by: parameters)
    }
    var times: [Double] = []
    for step in steps.prefix(4) {
      let began = ContinuousClock.now
      let failure = Mutex<(any Error)?>(nil)
      // Safe: `concurrently` returns when all calls have; parameters are only read.
      nonisolated(unsafe) let parts = step.map { batch in { try work(batch) } }
      try ComputeThreads.concurrently(step.count) { index, _ in
        do { try parts[index]() } catch { failure.withLock { $0 = $0 ?? error } }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      times.append(began.duration(to: .now) / .seconds(1))
    }
    // The optimiser's pass over the parameters comes on top.
    let elements = parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let mean = times.dropFirst().reduce(0, +) / Double(max(1, times.count - 1))
    return (times.count > 1 ? mean : times.first ?? 0) + Double(elements) * 4e-9
  }
}
