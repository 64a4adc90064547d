import AkinNeural
import Synchronization

/// Learns a ``TitleTagger`` from marked titles.
public struct TaggerTraining: Sendable {
  /// The pretrained encoder whose states are used; `nil` learns from characters alone.
  public var encoder: String? = "multilingual-e5-small"
  /// Passes over the titles, at most.
  public var epochs = 10
  /// Titles a step.
  public var batch = 32
  /// The peak of the learning rate.
  public var rate = 2e-3
  /// The share of inputs and states that a step leaves out.
  public var dropout = 0.5
  /// Epochs without a better F1 on the validation titles after which training stops.
  public var patience = 4
  /// The time that training may take.
  public var budget: Duration = .seconds(600)
  /// What all random choices follow from.
  public var seed: UInt64 = 0
  /// Where pretrained encoders are found.
  public var store = ModelStore()

  /// The usual settings.
  public init() {}

  /// Learns from `train`; which epoch is kept is chosen on `valid`.
  ///
  /// - Parameter report: what is being done, how much of it is done, of how much.
  /// - Throws: ``TaggerError`` `.tooFew`; ``EncoderError``; `NeuralError`; what `report` throws.
  public func fit(
    train: [TaggedTitle], valid: [TaggedTitle],
    report: @escaping (String, Int, Int) throws -> Void = { _, _, _ in }
  ) throws -> TitleTagger {
    let begun = ContinuousClock.now
    let train = train.filter { !$0.title.isEmpty }
    let scheme = TagScheme(of: train)
    guard !scheme.types.isEmpty, !valid.isEmpty else {
      throw TaggerError(.tooFew, "learning takes marked titles, and others to choose by")
    }
    let location = try encoder.map { try store.locate($0) }
    let states = try location.map { try CharacterStates($0.parts()) }
    let learning = try TaggerLearning(self, scheme, states, train: train, valid: valid, report)
    var options = TrainingOptions(epochs: epochs)
    options.schedule = Schedule(peak: rate, warmUp: 0.05, shape: .linear())
    options.regularisation = Regularisation(l2: 0.01)
    options.clipNorm = 5
    options.earlyStopping = .init("f1", patience: patience)
    options.budget = budget - begun.duration(to: .now)
    options.seed = seed
    var trainer = Trainer(options)
    trainer.report = { progress in
      try report(
        "Learning to mark titles", (progress.epoch - 1) * progress.steps + progress.step,
        progress.epochs * progress.steps)
    }
    let history = try trainer.fit(learning)
    let dictionary = DictionaryTagger(train)
    let card = TitleTagger.Card(
      encoder: encoder,
      encoderFingerprint: try location.map { try store.inspect($0).fingerprint() },
      titles: train.count, epoch: history.best ?? history.epochs.count,
      seconds: begun.duration(to: .now) / .seconds(1),
      validation: try learning.measures(),
      dictionary: SpanMeasures(valid.map { ($0.spans, dictionary.spans(of: $0.title)) }))
    return try learning.tagger(card)
  }
}

/// Marked titles as the training loop sees them.
private final class TaggerLearning: Trainable {
  private struct Example {
    var input: TaggerNetwork.Input
    var tags: [Int]
  }

  private let settings: TaggerTraining
  private let scheme: TagScheme
  private let states: CharacterStates?
  private let vocabulary: CharacterVocabulary
  private let sizes: TaggerNetwork.Sizes
  private let network: TaggerNetwork
  private let train: [Example], valid: [Example]
  private let marked: [TaggedTitle]

  init(
    _ settings: TaggerTraining, _ scheme: TagScheme, _ states: CharacterStates?,
    train: [TaggedTitle], valid: [TaggedTitle],
    _ report: (String, Int, Int) throws -> Void
  ) throws {
    let limit = states?.limit ?? 512
    func scalars(_ titles: [TaggedTitle]) -> [[Unicode.Scalar]] {
      titles.map { Array($0.title.unicodeScalars.prefix(limit)) }
    }
    vocabulary = CharacterVocabulary(scalars(train))
    let (characters, pairs) = vocabulary.sizes
    sizes = TaggerNetwork.Sizes(
      characters: characters, pairs: pairs, states: states?.width ?? 0,
      dropout: settings.dropout)
    network = try TaggerNetwork(
      sizes, scheme, using: Generator(seed: Seeds.combined(settings.seed, 0x7A66)))
    var done = 0
    func examples(_ titles: [TaggedTitle], _ vocabulary: CharacterVocabulary) throws -> [Example] {
      let texts = scalars(titles)
      let rows = try states.map { states in
        try Self.states(of: texts, states) { count in
          try report("Reading titles", done + count, train.count + valid.count)
        }
      }
      done += titles.count
      return titles.indices.map { index in
        var input = TaggerNetwork.Input()
        vocabulary.add(texts[index], to: &input)
        input.states = rows?[index] ?? []
        return Example(
          input: input, tags: scheme.tags(of: titles[index].spans, length: texts[index].count))
      }
    }
    self.train = try examples(train, vocabulary)
    self.valid = try examples(valid, vocabulary)
    (self.settings, self.scheme, self.states, marked) = (settings, scheme, states, valid)
  }

  /// The pretrained states of each title: they never change, so they are computed once.
  private static func states(
    of titles: [[Unicode.Scalar]], _ states: CharacterStates, _ report: (Int) throws -> Void
  ) throws -> [[Float]] {
    let plan = BatchPlan(
      lengths: titles.map(\.count), budget: 1_024, workers: ComputeThreads.count)
    let results = Mutex<(rows: [[Float]], error: (any Error)?)>(
      ([[Float]](repeating: [], count: titles.count), nil))
    let group = 8 * ComputeThreads.count
    for start in stride(from: 0, to: plan.batches.count, by: group) {
      let batches = plan.batches[start..<min(start + group, plan.batches.count)]
      try ComputeThreads.concurrently(batches.count) { index, _ in
        let members = plan.order[batches[batches.startIndex + index]]
        do {
          let all = try states.states(of: members.map { titles[$0][...] })
          results.withLock { results in
            var first = 0
            for member in members {
              let count = titles[member].count * states.width
              results.rows[member] = Array(all[first..<first + count])
              first += count
            }
          }
        } catch {
          results.withLock { $0.error = $0.error ?? error }
        }
      }
      if let error = results.withLock({ $0.error }) { throw error }
      try report(batches.last?.upperBound ?? 0)
    }
    return results.withLock { $0.rows }
  }

  var parameters: [Parameter] { network.parameters }

  /// Shuffled titles, a step's shared out to the cores.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Int]]] {
    var generator = SeededGenerator(seed: seed, 11)
    let order = Array(0..<train.count).shuffled(using: &generator)
    let workers = max(1, ComputeThreads.count)
    return stride(from: 0, to: order.count, by: settings.batch).map { start in
      let step = order[start..<min(start + settings.batch, order.count)]
      return (0..<workers).map { worker in
        step.enumerated().filter { $0.offset % workers == worker }.map(\.element)
      }
      .filter { !$0.isEmpty }
    }
  }

  func weight(of batch: [Int]) -> Double { Double(batch.count) }

  func loss(of batch: [Int], _ pass: Pass) throws -> Tensor {
    let (input, tags) = joined(batch.map { train[$0] })
    return try network.field.loss(
      network(input, pass), PackedSequences(starts: input.starts), tags: tags)
  }

  private func joined(_ examples: [Example]) -> (TaggerNetwork.Input, [Int]) {
    var input = TaggerNetwork.Input()
    var tags: [Int] = []
    for example in examples {
      input.characters += example.input.characters
      input.pairs += example.input.pairs
      input.states += example.input.states
      input.starts.append(Int32(input.characters.count))
      tags += example.tags
    }
    return (input, tags)
  }

  func validate() throws -> [String: Double] { ["f1": try measures().all.f1] }

  /// What the network finds in the validation titles now.
  func measures() throws -> SpanMeasures {
    let decoder = try network.field.decoder()
    let count = scheme.count
    var found: [[TitleSpan]] = []
    for start in stride(from: 0, to: valid.count, by: 64) {
      let part = start..<min(start + 64, valid.count)
      let (input, _) = joined(part.map { valid[$0] })
      let scores = try withoutGradient { try network(input, .inference).floats() }
      for (row, index) in part.enumerated() {
        let rows = Int(input.starts[row])..<Int(input.starts[row + 1])
        let tags = decoder.best(scores[rows.lowerBound * count..<rows.upperBound * count])
        found.append(scheme.spans(of: tags, in: Array(marked[index].title.unicodeScalars)))
      }
    }
    return SpanMeasures(zip(marked.map(\.spans), found).map { ($0, $1) })
  }

  func tagger(_ card: TitleTagger.Card) throws -> TitleTagger {
    try TitleTagger(
      card: card, scheme: scheme, vocabulary: vocabulary, sizes: sizes, network: network,
      states: states)
  }
}
