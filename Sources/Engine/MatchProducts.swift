public import AkinEncoders
public import Foundation

/// The use case "are these two the same product?": a matcher trained on labelled pairs, measured,
/// and asked.
public struct MatchProducts {
  private let progress: any ProgressReporter

  /// Reports to `progress`.
  public init(progress: any ProgressReporter) { self.progress = progress }

  /// Trains on the pairs of `train`, chooses threshold and calibration on those of `valid`, and
  /// writes the matcher into `output`.
  ///
  /// - Throws: `MatchError` with file, line and column; `EncoderError`; ``EngineError``
  ///   `cannotWrite`; `CancellationError`.
  public func train(
    _ training: MatchTraining, train: URL, valid: URL, output: URL
  ) throws -> Matcher.Card {
    var training = training
    let pairs = try PairFile.read(train)
    let held = try PairFile.read(valid)
    let stages = StageReporter(progress)
    training.report = stages.report
    return try OutputFolder.make(output) {
      let matcher = try training.fit(train: pairs, valid: held)
      stages.end()
      try matcher.save(to: output)
      return matcher.card
    }
  }

  /// Measures a matcher on labelled pairs.
  public func evaluate(model: URL, pairs: URL) throws -> MatchMeasures {
    let matcher = try Matcher(folder: model)
    return try matcher.evaluate(try PairFile.read(pairs), progress: stop)
  }

  /// One pair's answer.
  public struct Prediction: Codable, Sendable, Equatable {
    /// The pair's place in the file, counted from 1.
    public var pair: Int
    /// The probability to be one product.
    public var probability: Double
    /// Whether it reaches the matcher's threshold.
    public var isMatch: Bool

    private enum CodingKeys: String, CodingKey {
      case pair, probability
      case isMatch = "match"
    }
  }

  /// The probability of each pair of a file to be one product; labels are not looked at.
  public func predict(model: URL, pairs: URL) throws -> [Prediction] {
    let matcher = try Matcher(folder: model)
    let pairs = try PairFile.read(pairs, needsLabels: false)
    return try matcher.probabilities(pairs, progress: stop).enumerated().map { index, probability in
      Prediction(
        pair: index + 1, probability: probability, isMatch: probability >= matcher.card.threshold)
    }
  }

  private func stop(_ done: Int, _ total: Int) throws { try Task.checkCancellation() }
}
