import AkinNeural

/// Groups of texts as the training loop sees them.
final class CompactLearning: Trainable {
  /// Two texts of a group, by their numbers.
  struct Pair: Sendable {
    var left: Int, right: Int
    var group: Int
  }

  private let settings: CompactTraining
  private let configuration: CompactConfiguration
  private let vocabulary: CompactVocabulary
  private let network: CompactNetwork
  /// The words of each text, and their numbers.
  private let words: [[String]], tokens: [[CompactVocabulary.Token]]
  private let view: TextView
  /// The texts of each group that is learned from.
  private let groups: [[Int]]
  /// Two views of each group that is held out.
  private let held: [(left: [CompactVocabulary.Token], right: [CompactVocabulary.Token])]

  /// Groups held out.
  var heldCount: Int { held.count }

  init(
    _ settings: CompactTraining, _ examples: CompactExamples,
    _ report: (String, Int, Int) throws -> Void
  ) throws {
    var configuration = settings.configuration
    let flat = examples.groups.flatMap { $0 }
    let words = try Self.words(of: flat, limit: configuration.maximumTokens, report)
    let known = CompactVocabulary.words(
      of: words, minimumCount: settings.minimumCount, most: settings.largestVocabulary)
    configuration.vocabulary = known.count
    if let vectors = settings.words { configuration.embedding = vectors.rows.dimension }
    if let fault = configuration.fault {
      throw EncoderError(.unsupportedSetting, fault.message, field: fault.field)
    }
    let vocabulary = CompactVocabulary(words: known, pieceCount: configuration.pieces)
    self.words = words
    tokens = words.map(vocabulary.tokens)
    view = TextView(
      deletion: settings.deletion, respelling: settings.respelling, vocabulary: vocabulary)
    let generator = try Generator(seed: Seeds.combined(settings.seed, 0xC0))
    network = try CompactNetwork(
      configuration,
      wordRows: try settings.words.map {
        try Self.rows(of: known, from: $0, seed: settings.seed)
      }, dropout: settings.dropout, using: generator)
    (self.settings, self.configuration, self.vocabulary) = (settings, configuration, vocabulary)
    (groups, held) = Self.split(examples.groups, words, tokens, view, seed: settings.seed)
  }

  private static func words(
    of texts: [String], limit: Int, _ report: (String, Int, Int) throws -> Void
  ) throws -> [[String]] {
    var words: [[String]] = []
    let step = 16_384
    for start in stride(from: 0, to: texts.count, by: step) {
      let end = min(start + step, texts.count)
      words += try WordReader.words(of: texts[start..<end], limit: limit)
      try report("Reading words", end, texts.count)
    }
    return words
  }

  /// First rows of the words: unit vectors of those that ``WordVectors`` know, others at random.
  private static func rows(
    of words: [String], from vectors: WordVectors, seed: UInt64
  ) throws -> Tensor {
    let width = vectors.rows.dimension
    let random = try Tensor.randomNormal(
      [words.count + 1, width], using: Generator(seed: Seeds.combined(seed, 0xC1)))
    var rows = try (random / Double(width).squareRoot()).floats()
    for (number, word) in words.enumerated() {
      guard let vector = vectors.vector(of: word) else { continue }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      for (column, value) in vector.enumerated() {
        rows[(number + 1) * width + column] = value / length
      }
    }
    return try Tensor(rows, shape: [words.count + 1, width])
  }

  /// A twentieth of the groups, up to 2,000, is held out, in two views that stay the same; of a small
  /// shop up to a fifth, because few texts say little.
  private static func split(
    _ all: [[String]], _ words: [[String]], _ tokens: [[CompactVocabulary.Token]],
    _ view: TextView, seed: UInt64
  ) -> (
    groups: [[Int]],
    held: [(left: [CompactVocabulary.Token], right: [CompactVocabulary.Token])]
  ) {
    var numbered: [[Int]] = []
    var next = 0
    for group in all {
      numbered.append(Array(next..<next + group.count))
      next += group.count
    }
    var generator = SeededGenerator(seed: seed, 0xC2)
    numbered.shuffle(using: &generator)
    let count = max(1, min(2_000, numbered.count / 20), min(numbered.count / 5, 200))
    let held = numbered.prefix(count).map { group in
      let (left, right) = (group[0], group.count > 1 ? group[1] : group[0])
      return (
        left: view(words[left], tokens[left], &generator),
        right: view(words[right], tokens[right], &generator)
      )
    }
    return (Array(numbered.dropFirst(count)), held)
  }

  // MARK: Training

  var parameters: [Parameter] { network.parameters }

  /// Every text of a group once, beside another of its group where there is one.
  func batches(epoch: Int, seed: UInt64) throws -> [[[Pair]]] {
    var generator = SeededGenerator(seed: seed, 0xC3)
    var pairs: [Pair] = []
    for (number, group) in groups.enumerated() {
      let order = group.count > 2 ? group.shuffled(using: &generator) : group
      for place in stride(from: 0, to: order.count, by: 2) {
        let other = order.count > 1 ? order[(place + 1) % order.count] : order[place]
        pairs.append(Pair(left: order[place], right: other, group: number))
      }
    }
    pairs.shuffle(using: &generator)
    let workers = max(1, ComputeThreads.count)
    return stride(from: 0, to: pairs.count, by: settings.batch).map { start in
      let step = pairs[start..<min(start + settings.batch, pairs.count)]
      let share = max(2, (step.count + workers - 1) / workers)
      return stride(from: step.startIndex, to: step.endIndex, by: share).map {
        Array(step[$0..<min($0 + share, step.endIndex)])
      }
    }
  }

  func weight(of batch: [Pair]) -> Double { Double(batch.count) }

  func loss(of batch: [Pair], _ pass: Pass) throws -> Tensor {
    var generator = SeededGenerator(seed: pass.nextSeed(), 0xC4)
    var (lefts, rights) = (CompactBatch(), CompactBatch())
    for pair in batch {
      lefts.append(view(words[pair.left], tokens[pair.left], &generator))
      rights.append(view(words[pair.right], tokens[pair.right], &generator))
    }
    // What is of the same group is no wrong answer.
    let ignored = batch.indices.flatMap { row in
      batch.indices.map { $0 != row && batch[$0].group == batch[row].group }
    }
    let mask = try Tensor(ignored, shape: [batch.count, batch.count])
    let (left, right) = (try network(lefts, pass), try network(rights, pass))
    let there = try Loss.infoNCE(
      left, right, temperature: settings.temperature, ignoring: mask)
    let back = try Loss.infoNCE(
      right, left, temperature: settings.temperature, ignoring: mask)
    return try (there + back) / 2
  }

  /// `mrr`: the mean reciprocal rank of each left view's own right view among all right views.
  func validate() throws -> [String: Double] {
    let encoder = encoder(nil)
    let width = configuration.dimension
    let left = try Tensor(encoder.vectors(of: held.map(\.left)), shape: [held.count, width])
    let right = try Tensor(encoder.vectors(of: held.map(\.right)), shape: [held.count, width])
    let cosines = try left.matmul(right.transpose(0, 1)).floats()
    let ranks = held.indices.map { row -> Double in
      let own = cosines[row * held.count + row]
      let better = held.indices.count { cosines[row * held.count + $0] > own }
      return 1 / Double(better + 1)
    }
    return ["mrr": ranks.reduce(0, +) / Double(held.count)]
  }

  /// The encoder with the weights as they are.
  func encoder(_ card: CompactEncoder.Card?) -> CompactEncoder {
    CompactEncoder(configuration, vocabulary, network, card: card)
  }
}
