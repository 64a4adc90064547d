public import AkinCatalogue
public import AkinEncoders
public import Foundation

/// The use case "which words mean alike in this shop?": vectors of words, learned from product files.
public struct LearnWords {
  /// What came of it.
  public struct Summary: Codable, Sendable, Equatable {
    /// Products that were read.
    public var products: Int
    /// Different texts that the words stand in.
    public var texts: Int
    /// Words that have a vector, and how often they stand in the texts together.
    public var words: Int, places: Int
    /// Length of a vector.
    public var dimension: Int
    /// Seconds that learning took, reading products left out.
    public var seconds: Double
  }

  private let progress: any ProgressReporter

  /// Reports to `progress`.
  public init(progress: any ProgressReporter) { self.progress = progress }

  /// Learns from the titles, brands, categories and, where `usesDescriptions`, the descriptions of
  /// `products`, and writes into `output`. A text that several products share counts once.
  ///
  /// - Throws: the readers' errors; `EncoderError`; ``EngineError``; `CancellationError`.
  public func run(
    _ training: WordTraining, products files: [URL], options: ImportOptions,
    usesDescriptions: Bool, output: URL
  ) throws -> Summary {
    let products = try ProductFiles.read(files, options, progress)
    var seen: Set<String> = []
    var texts: [String] = []
    for product in products {
      let own =
        [ProductText.compose(product)]
        + (usesDescriptions ? [product.description] : [])
        .compactMap(\.self)
      for text in own where seen.insert(text).inserted { texts.append(text) }
    }
    let begun = ContinuousClock.now
    let stages = StageReporter(progress)
    let vectors = try OutputFolder.make(output) {
      let vectors = try training.fit(texts, report: stages.report)
      stages.end()
      try vectors.save(to: output)
      return vectors
    }
    return Summary(
      products: products.count, texts: texts.count, words: vectors.words.count,
      places: vectors.counts.reduce(0, +), dimension: vectors.rows.dimension,
      seconds: begun.duration(to: .now) / .seconds(1))
  }

  /// The words most like `text` in the vectors of `folder`.
  ///
  /// - Throws: `EncoderError`; ``EngineError`` `nothingToDo` where no word of `text` is known.
  public func like(_ text: String, folder: URL, count: Int) throws -> [WordVectors.Likeness] {
    guard let found = try WordVectors(folder: folder).like(text, count: count) else {
      throw EngineError(
        .nothingToDo, "no word of '\(text)' stands often enough in the texts that were read")
    }
    return found
  }
}
