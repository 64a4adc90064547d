import AkinNeural

/// Learns ``WordVectors`` from texts by skip-gram or CBOW with negative sampling.
///
/// Mikolov et al., *Distributed representations of words and phrases and their compositionality*
/// (NIPS 2013): windows of a width that is drawn, frequent words thinned out, negatives by
/// frequency^0.75, a pace that falls in a line. O(epochs · words · window · negatives · dimension)
/// time on one core, so that a seed gives the same vectors every time.
public struct WordTraining: Sendable, Equatable, Codable {
  /// What is predicted from what.
  public enum Objective: String, Sendable, Codable, CaseIterable {
    /// Each neighbour from the word: the better one for rare words.
    case skipGram = "skip-gram"
    /// The word from its neighbours' mean: several times as fast.
    case cbow
  }

  /// What is predicted from what.
  public var objective = Objective.skipGram
  /// The length of a vector.
  public var dimension = 128
  /// Words on either side, at most.
  public var window = 5
  /// Words that a word is told apart from, each time.
  public var negatives = 5
  /// Passes over the texts.
  public var epochs = 10
  /// The first pace; `nil` for what suits the objective.
  public var learningRate: Float?
  /// Words that stand in the texts less often have no vector.
  public var minimumCount = 3
  /// The most words that have a vector, the most frequent ones.
  public var largestVocabulary = 500_000
  /// The share of all words from which on a word is thinned out; 0 for never.
  public var subsampling = 1e-3
  /// What every draw follows from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init() {}

  /// Learns from `texts`.
  ///
  /// - Parameter report: what is being done, how much of it is done, of how much; throws to stop.
  /// - Throws: ``EncoderError`` `.unsupportedSetting`, `.tooFew`; what `report` throws.
  public func fit(
    _ texts: [String], report: (String, Int, Int) throws -> Void = { _, _, _ in }
  ) throws -> WordVectors {
    let sampling = sampling
    if let fault = sampling.fault { throw EncoderError(.unsupportedSetting, "\(fault).") }
    guard minimumCount > 0, largestVocabulary > 0 else {
      throw EncoderError(.unsupportedSetting, "minimumCount and largestVocabulary are at least 1.")
    }
    var corpus = WordCorpus()
    let step = 16_384
    for start in stride(from: 0, to: texts.count, by: step) {
      let end = min(start + step, texts.count)
      for words in try WordReader.words(of: texts[start..<end]) { corpus.append(words) }
      try report("Reading words", end, texts.count)
    }
    corpus.keepFrequent(minimumCount: minimumCount, most: largestVocabulary)
    guard corpus.words.count > 1, !corpus.items.isEmpty else {
      throw EncoderError(
        .tooFew, "No two words stand \(minimumCount) times in the texts; give more texts.")
    }
    let tables: NegativeSampling.Tables
    do {
      tables = try sampling.fit(
        items: corpus.items, offsets: corpus.offsets, count: corpus.words.count
      ) { try report("Learning word vectors", $0, $1) }
    } catch let error as NeuralError {
      throw EncoderError(.computation, error.message)
    }
    let values = (0..<corpus.words.count).flatMap { row in
      tables.inputs[row * tables.stride..<row * tables.stride + dimension]
    }
    return WordVectors(
      words: corpus.words, counts: corpus.counts,
      rows: VectorRows(values: values, dimension: dimension), training: self)
  }

  private var sampling: NegativeSampling {
    var sampling = NegativeSampling()
    sampling.objective = objective == .cbow ? .cbow : .skipGram
    sampling.dimension = dimension
    sampling.window = window
    sampling.negatives = negatives
    sampling.epochs = epochs
    sampling.learningRate = learningRate ?? (objective == .cbow ? 0.05 : 0.025)
    sampling.subsampling = subsampling
    sampling.seed = seed
    return sampling
  }
}

/// Texts as numbers of words, end to end.
struct WordCorpus {
  /// The words; after ``keepFrequent(minimumCount:most:)`` the most frequent first.
  private(set) var words: [String] = []
  /// How often each is there.
  private(set) var counts: [Int] = []
  /// Numbers of words.
  private(set) var items: [Int32] = []
  /// Where each text begins, and last where all end.
  private(set) var offsets = [0]
  private var numbers: [String: Int32] = [:]

  mutating func append(_ text: [String]) {
    for word in text {
      if let number = numbers[word] {
        counts[Int(number)] += 1
        items.append(number)
      } else {
        let number = Int32(words.count)
        numbers[word] = number
        words.append(word)
        counts.append(1)
        items.append(number)
      }
    }
    offsets.append(items.count)
  }

  /// Leaves rare words out, and numbers the others by frequency. O(items + words · log words).
  mutating func keepFrequent(minimumCount: Int, most: Int) {
    let order = words.indices.filter { counts[$0] >= minimumCount }
      .sorted { (-counts[$0], words[$0]) < (-counts[$1], words[$1]) }.prefix(most)
    var renumbered = [Int32](repeating: -1, count: words.count)
    for (number, word) in order.enumerated() { renumbered[word] = Int32(number) }
    var kept: [Int32] = []
    kept.reserveCapacity(items.count)
    var ends = [0]
    for text in 0..<offsets.count - 1 {
      for entry in offsets[text]..<offsets[text + 1] where renumbered[Int(items[entry])] >= 0 {
        kept.append(renumbered[Int(items[entry])])
      }
      ends.append(kept.count)
    }
    (items, offsets) = (kept, ends)
    (words, counts) = (order.map { words[$0] }, order.map { counts[$0] })
    numbers = Dictionary(uniqueKeysWithValues: zip(words, 0...))
  }
}
