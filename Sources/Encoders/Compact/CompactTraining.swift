import AkinNeural

/// Trains a ``CompactEncoder`` from nothing: texts of one group are to be nearer to each other than
/// to those of other groups (InfoNCE with in-batch negatives, both ways).
///
/// Without labels the two sides are views of one product's text with words left out, as in Gao, Yao
/// and Chen, *SimCSE* (2021), with words in the place of dropout; with labels two texts of a group,
/// also changed a little. O(epochs · words · weights).
public struct CompactTraining: Sendable {
  /// The sizes; ``CompactConfiguration/vocabulary`` comes from the texts.
  public var configuration: CompactConfiguration
  /// First vectors of the words, whose length is then ``CompactConfiguration/embedding``; random
  /// ones where `nil`.
  public var words: WordVectors?
  /// Passes over the groups, at most.
  public var epochs = 10
  /// Pairs of a step, shared out to the cores; each is told apart from the others of its core.
  public var batch = 512
  /// The peak of the learning rate.
  public var rate = 2e-3
  /// Smaller looks at the nearest wrong texts alone.
  public var temperature = 0.05
  /// The share of inputs and states that a step leaves out.
  public var dropout = 0.1
  /// The share of words that a view leaves out.
  public var deletion = 0.5
  /// How often a view splits `64gb`, or joins `64 gb`: for shops that write them in both ways.
  public var respelling = 0.0
  /// Words that stand in the texts less often are known by their pieces alone.
  public var minimumCount = 2
  /// The most words with vectors of their own.
  public var largestVocabulary = 200_000
  /// Epochs without a better rank of the held-out texts after which training stops.
  public var patience = 3
  /// The time that training may take.
  public var budget: Duration = .seconds(1_800)
  /// What all random choices follow from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init(_ architecture: CompactConfiguration.Architecture) {
    configuration = CompactConfiguration(architecture)
  }

  /// Trains on `examples`, of which a twentieth (at most 2,000; of a small shop up to 200) is held out to choose
  /// the epoch.
  ///
  /// - Parameter report: what is being done, how much of it is done, of how much; throws to stop.
  /// - Throws: ``EncoderError`` `.tooFew`, `.unsupportedSetting`, `.computation`; what `report`
  ///   throws.
  public func fit(
    _ examples: CompactExamples,
    report: @escaping (String, Int, Int) throws -> Void = { _, _, _ in }
  ) throws -> CompactEncoder {
    let begun = ContinuousClock.now
    guard examples.groups.count >= 20 else {
      throw EncoderError(
        .tooFew, "Learning takes at least 20 products or pairs, not \(examples.groups.count).")
    }
    guard (2...65_536).contains(batch), (1...10_000).contains(epochs), rate > 0, rate < 1,
      temperature > 0, (0..<1).contains(dropout), (0..<1).contains(deletion),
      (0...1).contains(respelling), minimumCount > 0
    else {
      throw EncoderError(
        .unsupportedSetting, "A setting of the training is out of its range.", field: "training")
    }
    let learning = try CompactLearning(self, examples, report)
    var options = TrainingOptions(epochs: epochs)
    options.schedule = Schedule(peak: rate, warmUp: 0.05, shape: .cosine())
    options.regularisation = Regularisation(l2: 0.01)
    options.clipNorm = 5
    options.earlyStopping = .init("mrr", patience: patience)
    options.budget = budget - begun.duration(to: .now)
    options.seed = seed
    var trainer = Trainer(options)
    trainer.report = { progress in
      try report(
        "Training", (progress.epoch - 1) * progress.steps + progress.step,
        progress.epochs * progress.steps)
    }
    let history: TrainingHistory
    do {
      history = try trainer.fit(learning)
    } catch let error as NeuralError {
      throw EncoderError(.computation, error.message)
    }
    let rank = try learning.validate()["mrr"] ?? 0
    return learning.encoder(
      .init(
        texts: examples.groups.reduce(0) { $0 + $1.count }, groups: examples.groups.count,
        epoch: history.best ?? history.epochs.count,
        seconds: begun.duration(to: .now) / .seconds(1), reciprocalRank: rank,
        candidates: learning.heldCount))
  }
}
