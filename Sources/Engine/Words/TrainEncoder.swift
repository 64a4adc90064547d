public import AkinCatalogue
public import AkinEncoders
public import Foundation

/// The use case "an encoder of this shop's own": a small one, trained from nothing on its texts.
public struct TrainEncoder {
  /// Where the examples come from.
  public enum Source: Sendable {
    /// Products alone: two views of each.
    case products([URL], ImportOptions)
    /// Products whose `itemGroup` says which are one.
    case groups([URL], ImportOptions)
    /// Pairs of texts; those in the upper half of the relevance are used.
    case pairs([URL])
  }

  /// What came of it.
  public struct Summary: Codable, Sendable, Equatable {
    /// What reads the words.
    public var architecture: String
    /// Length of a vector, words with vectors of their own, and all weights.
    public var dimension: Int, vocabulary: Int, parameters: Int
    /// How it was trained.
    public var training: CompactEncoder.Card
    /// Texts a second that it encodes here, reading the model left out.
    public var textsPerSecond: Double
  }

  private let progress: any ProgressReporter

  /// Reports to `progress`.
  public init(progress: any ProgressReporter) { self.progress = progress }

  /// Trains and writes into `output`.
  ///
  /// - Parameter words: a folder of `LearnWords`, whose vectors the words begin with.
  /// - Throws: the readers' errors; `EncoderError`; `MatchError`; ``EngineError``;
  ///   `CancellationError`.
  public func run(
    _ training: CompactTraining, on source: Source, words: URL?, output: URL
  ) throws -> Summary {
    var training = training
    if let words { training.words = try WordVectors(folder: words) }
    let examples = try read(source)
    let stages = StageReporter(progress)
    let encoder = try OutputFolder.make(output) {
      let encoder = try training.fit(examples, report: stages.report)
      stages.end()
      try encoder.save(to: output)
      return encoder
    }
    let sample = Array(examples.groups.lazy.map { $0[0] }.prefix(8_192))
    _ = try encoder.encode(Array(sample.prefix(256)))
    let begun = ContinuousClock.now
    _ = try encoder.encode(sample)
    let seconds = begun.duration(to: .now) / .seconds(1)
    guard let card = encoder.card else { throw EngineError(.nothingToDo, "nothing was trained") }
    return Summary(
      architecture: encoder.configuration.architecture.rawValue, dimension: encoder.dimension,
      vocabulary: encoder.configuration.vocabulary, parameters: encoder.configuration.parameters,
      training: card, textsPerSecond: Double(sample.count) / max(seconds, 1e-9))
  }

  private func read(_ source: Source) throws -> CompactExamples {
    switch source {
    case .products(let files, let options):
      return CompactExamples(try ProductFiles.read(files, options, progress))
    case .groups(let files, let options):
      let products = try ProductFiles.read(files, options, progress)
      guard products.contains(where: { $0.itemGroup != nil }) else {
        throw EngineError(
          .nothingToDo,
          "no product says which group it is of; name the column: --map item_group=COLUMN")
      }
      return CompactExamples(grouped: products)
    case .pairs(let files):
      let pairs = try files.flatMap { try TextPairFile($0).pairs }
      let relevance = pairs.map(\.relevance)
      let (low, high) = (relevance.min() ?? 0, relevance.max() ?? 0)
      let right = pairs.filter { low == high || $0.relevance > (low + high) / 2 }
      return CompactExamples(pairs: right.map { ($0.left, $0.right) })
    }
  }
}
