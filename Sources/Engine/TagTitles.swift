public import AkinEncoders
public import Foundation

/// The use case "what does this title name?": a tagger learned from marked titles, measured, and
/// asked.
public struct TagTitles {
  private let progress: any ProgressReporter

  /// Reports to `progress`.
  public init(progress: any ProgressReporter) { self.progress = progress }

  /// Learns from the titles of `train`, chooses on those of `valid`, and writes into `output`.
  ///
  /// - Throws: `TaggerError` with file and line; `EncoderError`; `CancellationError`.
  public func train(
    _ training: TaggerTraining, train: URL, valid: URL, output: URL
  ) throws -> TitleTagger.Card {
    let titles = try TaggedTitleFile.read(train)
    let held = try TaggedTitleFile.read(valid)
    let stages = StageReporter(progress)
    return try OutputFolder.make(output) {
      let tagger = try training.fit(train: titles, valid: held, report: stages.report)
      stages.end()
      try tagger.save(to: output)
      return tagger.card
    }
  }

  /// What a tagger finds in marked titles, beside what the dictionary of `train` finds there.
  public struct Evaluation: Codable, Sendable, Equatable {
    /// The titles.
    public var titles: Int
    /// The tagger's measures.
    public var tagger: SpanMeasures
    /// Those of a dictionary of the stretches in other titles, where such were given.
    public var dictionary: SpanMeasures?
    /// Titles a second, reading the model left out.
    public var titlesPerSecond: Double
  }

  /// Measures a tagger on marked titles.
  ///
  /// - Parameter train: titles whose stretches make the dictionary to compare with.
  public func evaluate(model: URL, titles file: URL, train: URL?) throws -> Evaluation {
    let titles = try TaggedTitleFile.read(file)
    let tagger = try TitleTagger(folder: model)
    let begun = ContinuousClock.now
    let measures = try tagger.evaluate(titles)
    let seconds = begun.duration(to: .now) / .seconds(1)
    let dictionary = try train.map { try DictionaryTagger(TaggedTitleFile.read($0)) }
    return Evaluation(
      titles: titles.count, tagger: measures,
      dictionary: dictionary.map { dictionary in
        SpanMeasures(titles.map { ($0.spans, dictionary.spans(of: $0.title)) })
      }, titlesPerSecond: Double(titles.count) / max(seconds, 1e-9))
  }

  /// The lines of a text file; empty ones count.
  ///
  /// - Throws: `EncoderError` where it cannot be read.
  public static func lines(of file: URL) throws -> [String] {
    var titles: [String] = []
    try TextLines(file).forEach { titles.append($0) }
    return titles
  }

  /// The stretches of each of `titles`.
  public func predict(model: URL, titles: [String]) throws -> [[TitleSpan]] {
    try TitleTagger(folder: model).spans(of: titles)
  }
}
