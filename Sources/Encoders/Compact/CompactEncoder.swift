import AkinNeural
import Synchronization

/// A small text encoder that a shop trains on its own texts: TextCNN, BiLSTM or BiGRU over words.
///
/// It has no pretrained weights and knows what ``CompactTraining`` saw; it encodes many times as fast
/// as a transformer. Words are cut as search cuts them, so Chinese works.
///
/// ```swift
/// let encoder = try CompactTraining(.biGRU).fit(CompactExamples(products))
/// try encoder.save(to: folder)          // akin build --model ./folder
/// ```
public final class CompactEncoder: TextEncoder, @unchecked Sendable {
  // All properties are constants; the tensors are only read (see ``TransformerModel``).

  /// What is known of how an encoder was trained.
  public struct Card: Codable, Sendable, Equatable {
    /// Texts, and groups of texts that mean the same.
    public var texts: Int, groups: Int
    /// The epoch that was kept, and the seconds that training took.
    public var epoch: Int, seconds: Double
    /// How well texts that training did not see find each other: the mean reciprocal rank among
    /// ``candidates``.
    public var reciprocalRank: Double
    /// The texts that one was to be found among.
    public var candidates: Int

    /// Describes a training.
    public init(
      texts: Int, groups: Int, epoch: Int, seconds: Double, reciprocalRank: Double,
      candidates: Int
    ) {
      (self.texts, self.groups, self.epoch, self.seconds) = (texts, groups, epoch, seconds)
      (self.reciprocalRank, self.candidates) = (reciprocalRank, candidates)
    }
  }

  /// Sizes and settings.
  public let configuration: CompactConfiguration
  /// How it was trained; `nil` where its folder does not say.
  public let card: Card?
  /// Length of a vector.
  public var dimension: Int { configuration.dimension }
  /// Words of a text beyond which its end is ignored.
  public var maximumTokens: Int { configuration.maximumTokens }

  let vocabulary: CompactVocabulary
  let network: CompactNetwork

  /// Texts whose words are held at once.
  private static let chunk = 8_192
  /// Words of a batch.
  private static let budget = 1_024

  init(
    _ configuration: CompactConfiguration, _ vocabulary: CompactVocabulary,
    _ network: CompactNetwork, card: Card?
  ) {
    (self.configuration, self.vocabulary) = (configuration, vocabulary)
    (self.network, self.card) = (network, card)
  }

  /// Encodes texts into vectors of unit length (see ``TextEncoder/encode(_:as:progress:)``); the
  /// role makes no difference.
  ///
  /// - Complexity: O(words · weights).
  public func encode(
    _ texts: [String], as role: TextRole, progress: EncodingProgress?
  ) throws -> VectorRows {
    var values: [Float] = []
    values.reserveCapacity(texts.count * dimension)
    for start in stride(from: 0, to: texts.count, by: Self.chunk) {
      try Task.checkCancellation()
      let end = min(start + Self.chunk, texts.count)
      let tokens = try WordReader.words(of: texts[start..<end], limit: maximumTokens)
        .map(vocabulary.tokens)
      values += try vectors(of: tokens)
      try progress?(end, texts.count)
    }
    return VectorRows(values: values, dimension: dimension)
  }

  /// Unit vectors of texts of at least one word, row after row, batches side by side.
  func vectors(of texts: [[CompactVocabulary.Token]]) throws -> [Float] {
    let workers = texts.count == 1 ? 1 : ComputeThreads.count
    let plan = BatchPlan(lengths: texts.map(\.count), budget: Self.budget, workers: workers)
    let count = texts.count * dimension
    let failure = Mutex<(any Error)?>(nil)
    let values = try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.initialize(repeating: 0)
      // Safe: each batch writes the rows of its own texts, and a text is in one batch.
      nonisolated(unsafe) let out = buffer
      try ComputeThreads.concurrently(plan.batches.count) { [self] number, _ in
        guard failure.withLock({ $0 == nil }) else { return }
        do {
          try encode(plan.order[plan.batches[number]], of: texts, into: out)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
      filled = count
    }
    if let error = failure.withLock({ $0 }) {
      throw EncoderError(.computation, "\(error)")
    }
    return values
  }

  private func encode(
    _ members: ArraySlice<Int>, of texts: [[CompactVocabulary.Token]],
    into out: UnsafeMutableBufferPointer<Float>
  ) throws(NeuralError) {
    var batch = CompactBatch()
    for member in members { batch.append(texts[member]) }
    let rows = try withoutGradient { () throws(NeuralError) in
      try network(batch, .inference).normalized().floats()
    }
    for (row, member) in members.enumerated() {
      for column in 0..<dimension {
        out[member * dimension + column] = rows[row * dimension + column]
      }
    }
  }
}
