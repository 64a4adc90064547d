import AkinNeural
import AkinText
import Foundation
import Synchronization

/// How a cross-encoder is fine-tuned.
public struct CrossEncoderSettings: Sendable, Codable, Equatable {
  /// Passes over the training pairs at most; fewer where the time allows only fewer.
  public var epochs = 10
  /// Pairs of a step.
  public var batch = 32
  /// The largest learning rate.
  public var rate = 1e-4
  /// Tokens of a pair at most.
  public var tokens = 128
  /// The share of values dropped out in training.
  public var dropout = 0.1
  /// Blocks, from the first on, that stay as pretrained.
  public var frozenBlocks = 0
  /// How pairs are varied in training.
  public var augmentation = PairAugmentation()

  /// The usual settings.
  public init() {}
}

/// Fine-tunes a pretrained encoder into a cross-encoder on labelled pairs.
final class CrossEncoderTraining: Trainable {
  private let network: PairNetwork
  private let serialiser: PairSerialiser
  private let train: [Example], valid: [Example]
  private let settings: CrossEncoderSettings
  /// Steps of an epoch: all pairs once, or as many as there is time for.
  var stepsPerEpoch: Int

  struct Example {
    let left: PairSerialiser.Product, right: PairSerialiser.Product
    let isMatch: Bool
  }

  init(
    _ parts: ModelParts, train: [MatchPair], valid: [MatchPair], settings: CrossEncoderSettings,
    seed: UInt64
  ) throws {
    self.settings = settings
    let limit = min(settings.tokens, parts.maximumTokens, parts.configuration.maximumTokens)
    let records = Set(train.flatMap { [$0.left, $0.right] })
    let serialiser = PairSerialiser(parts.tokenizer, limit: limit, records: records)
    var known: [MatchRecord: PairSerialiser.Product] = [:]
    for record in records { known[record] = serialiser.tokens(of: record) }
    func examples(_ pairs: [MatchPair]) -> [Example] {
      pairs.map { pair in
        Example(
          left: known[pair.left] ?? serialiser.tokens(of: pair.left),
          right: known[pair.right] ?? serialiser.tokens(of: pair.right),
          isMatch: pair.isMatch == true)
      }
    }
    (self.train, self.valid) = (examples(train), examples(valid))
    self.serialiser = serialiser
    stepsPerEpoch = (train.count + settings.batch - 1) / settings.batch
    network = try PairNetwork(
      parts, dropout: settings.dropout, using: Generator(seed: Seeds.combined(seed, 0xC055)))
    for block in network.trunk.stack.blocks.prefix(settings.frozenBlocks) { try block.freeze() }
  }

  var parameters: [Parameter] { network.parameters }

  /// Shuffled pairs, `batch` a step; a step's pairs are shared out to the cores by their tokens.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    var generator = SeededGenerator(seed: seed, 7)
    let order = Array(0..<train.count).shuffled(using: &generator)
    let workers = max(1, ComputeThreads.count)
    return stride(from: 0, to: order.count, by: settings.batch).prefix(stepsPerEpoch).map { start in
      let step = order[start..<min(start + settings.batch, order.count)]
        .sorted {
          (train[$0].left.count + train[$0].right.count, $0) > (
            train[$1].left.count + train[$1].right.count, $1
          )
        }
      let parts = (0..<workers).map { worker in
        step.enumerated().filter {
          $0.offset % (2 * workers) == worker
            || $0.offset % (2 * workers) == 2 * workers - 1 - worker
        }
        .map(\.element)
      }
      return parts.filter { !$0.isEmpty }
    }
  }

  func weight(of batch: [Int]) -> Double { Double(batch.count) }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    var generator = SeededGenerator(seed: pass.nextSeed(), 0)
    var pairs = PackedPairs()
    for index in batch {
      let example = train[index]
      let (left, right) = settings.augmentation.applied(example.left, example.right, &generator)
      pairs.append(serialiser.pair(left, right))
    }
    let labels = try Tensor(batch.map { train[$0].isMatch ? Float(1) : 0 })
    return try Loss.binary(network(pairs, pass), labels: labels)
  }

  /// The area under the precision-recall curve of the validation pairs.
  func validate() throws -> [String: Double] {
    let scores = try validationLogits()
    return ["average precision": MatchMeasures.averagePrecision(scores, valid.map(\.isMatch))]
  }

  private func validationLogits() throws -> [Double] {
    let size = 2 * settings.batch
    let order = valid.indices.sorted {
      (valid[$0].left.count + valid[$0].right.count, $0) < (
        valid[$1].left.count + valid[$1].right.count, $1
      )
    }
    let results = Mutex([Double](repeating: 0, count: valid.count))
    let failure = Mutex<(any Error)?>(nil)
    let chunks = (order.count + size - 1) / size
    // Safe: `concurrently` returns when all calls have, and they only read.
    nonisolated(unsafe) let own = self
    try ComputeThreads.concurrently(chunks) { chunk, _ in
      let members = order[(chunk * size)..<min((chunk + 1) * size, order.count)]
      do {
        let logits = try own.logits(members.map { own.valid[$0] })
        results.withLock { results in
          for (member, logit) in zip(members, logits) { results[member] = Double(logit) }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.withLock { $0 }
  }

  private func logits(_ examples: [Example]) throws -> [Float] {
    var pairs = PackedPairs()
    for example in examples { pairs.append(serialiser.pair(example.left, example.right)) }
    return try withoutGradient {
      try withAutocast(Runtime.hasFastBFloat16) { try network(pairs, .inference).floats() }
    }
  }

  /// The trained cross-encoder.
  func crossEncoder(_ parts: ModelParts) throws -> CrossEncoder {
    try CrossEncoder(
      parts, tensors: network.exported(as: parts.weights.names), serialiser: serialiser)
  }
}

/// Trains within a time, and says how.
struct CrossEncoderRun {
  let settings: CrossEncoderSettings
  let budget: Duration
  let seed: UInt64
  let report: (_ done: Int, _ total: Int) throws -> Void

  /// What the time was spent on.
  struct Outcome {
    var encoder: CrossEncoder
    var epochs: Int, bestEpoch: Int
    var secondsPerEpoch: Double
  }

  /// The time ran out in the midst of an epoch.
  private struct OutOfTime: Error {}

  func train(
    _ parts: ModelParts, train: [MatchPair], valid: [MatchPair]
  ) throws -> Outcome? {
    let start = ContinuousClock.now
    let training = try CrossEncoderTraining(
      parts, train: train, valid: valid, settings: settings, seed: seed)
    var options = TrainingOptions.fineTuning(peak: settings.rate, seed: seed)
    let step = try Trainer(options).secondsPerStep(training)
    // Validation runs forward only, about a third of the cost a pair.
    let validation = step * Double(valid.count) / Double(settings.batch) / 3
    let left = (budget - start.duration(to: .now)) / .seconds(1) * 0.92
    let full = training.stepsPerEpoch
    let epochs = min(settings.epochs, Int(left / (step * Double(full) + validation)))
    if epochs == 0 {
      training.stepsPerEpoch = min(full, Int((left - validation) / step))
      // Less than a quarter of the pairs would teach nothing that the trees do not know.
      guard training.stepsPerEpoch * 4 >= min(full, 400) else { return nil }
    }
    options.epochs = max(1, epochs)
    options.earlyStopping = .init("average precision", patience: options.epochs)
    var trainer = Trainer(options)
    let total = options.epochs * training.stepsPerEpoch
    trainer.report = { progress in
      try report((progress.epoch - 1) * progress.steps + progress.step, total)
      // What the first steps promised did not hold: others use the machine too.
      if start.duration(to: .now) > budget { throw OutOfTime() }
    }
    var history: TrainingHistory?
    do {
      history = try trainer.fit(training)
    } catch is OutOfTime {
      // The parameters are those of the last step: worth more than none.
    }
    return Outcome(
      encoder: try training.crossEncoder(parts), epochs: options.epochs,
      bestEpoch: history?.best ?? options.epochs,
      secondsPerEpoch: history?.epochs.map(\.seconds).min() ?? step * Double(full))
  }
}
