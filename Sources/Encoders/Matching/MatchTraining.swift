internal import AkinCatalogue
internal import Foundation

/// Trains a ``Matcher`` on labelled pairs.
public struct MatchTraining {
  /// A name of ``ModelStore``; chosen by the language of the pairs where `nil`.
  public var encoder: String?
  /// Where encoders are found.
  public var store = ModelStore()
  /// What all random choices follow from.
  public var seed: UInt64 = 0
  /// Ensembles of trees whose mean is taken.
  public var ensembles = 4
  /// The time that training may take in all.
  public var budget: Duration = .seconds(600)
  /// How the cross-encoder is fine-tuned; `nil` leaves it out: faster, and less accurate where
  /// texts are long or say things in different words.
  public var crossEncoder: CrossEncoderSettings? = CrossEncoderSettings()
  /// Called now and then with the stage's name and how far it is; throws to stop.
  public var report: (_ stage: String, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in }

  /// The usual settings.
  public init() {}

  /// Trains on `train`; threshold, calibration and the number of trees come from `valid`.
  ///
  /// - Throws: ``MatchError`` `.tooFewPairs` unless both have matches and others; ``EncoderError``;
  ///   what ``report`` throws.
  public func fit(train: [MatchPair], valid: [MatchPair]) throws -> Matcher {
    let start = ContinuousClock.now
    try Self.check(train, "training", least: 10)
    try Self.check(valid, "validation", least: 10)
    let name = encoder ?? Self.encoder(for: train)
    let location = try store.locate(name)
    let textEncoder = try location.encoder(precision: .fastestFloat)
    let meaning = MeaningCache(textEncoder)
    try meaning.encode(train + valid) { try report("Encoding", $0, $1) }
    let tokens = try TokenCache()
    let (features, wordScores) = PairFeatures.fit(train, tokens, seed: seed)
    func rows(_ pairs: [MatchPair], _ scores: [Float]?) -> FeatureRows {
      var rows = FeatureRows(width: features.names.count)
      for (index, pair) in pairs.enumerated() {
        rows.append(
          features.values(
            pair, tokens, wordScore: scores?[index], meaning: meaning.cosines(pair)))
      }
      return rows
    }
    let (trainRows, validRows) = (rows(train, wordScores), rows(valid, nil))
    let (labels, validLabels) = (train.map { $0.isMatch == true }, valid.map { $0.isMatch == true })
    let trees = try grow(trainRows, labels, validRows, validLabels)
    var scores = [Matcher.logits(validRows, trees)]
    let fineTuned = try fineTune(location, train, valid, since: start)
    if let fineTuned {
      scores.append(try fineTuned.encoder.logits(valid) { try report("Scoring", $0, $1) })
    }
    let calibration = ScoreCalibration(scores, validLabels)
    let probabilities = valid.indices.map { row in
      calibration.probability(scores.map { $0[row] })
    }
    let threshold = MatchMeasures.bestThreshold(probabilities, validLabels)
    func alone(_ part: Int) -> MatchMeasures {
      let own = ScoreCalibration([scores[part]], validLabels)
      let probabilities = scores[part].map { own.probability([$0]) }
      return MatchMeasures(
        probabilities, validLabels,
        threshold: MatchMeasures.bestThreshold(probabilities, validLabels))
    }
    var card = Matcher.Card(
      encoder: name, encoderFingerprint: try store.inspect(location).fingerprint(), seed: seed,
      threshold: threshold,
      validation: MatchMeasures(probabilities, validLabels, threshold: threshold),
      parts: scores.indices.map(alone), trainingPairs: train.count, seconds: 0)
    if let fineTuned, let crossEncoder {
      card.crossEncoder = Matcher.FineTuning(
        settings: crossEncoder, epochs: fineTuned.epochs, bestEpoch: fineTuned.bestEpoch,
        secondsPerEpoch: fineTuned.secondsPerEpoch)
    }
    card.seconds = start.duration(to: .now) / .seconds(1)
    return Matcher(
      card: card, features: features, ensembles: trees, calibration: calibration,
      encoder: textEncoder, crossEncoder: fineTuned?.encoder)
  }

  /// Spends what is left of the time on the cross-encoder.
  private func fineTune(
    _ location: ModelLocation, _ train: [MatchPair], _ valid: [MatchPair],
    since start: ContinuousClock.Instant
  ) throws -> CrossEncoderRun.Outcome? {
    // A compact encoder has no blocks to tune.
    guard let crossEncoder, !location.isCompact else { return nil }
    // Scoring, saving and what others do on the machine take their part.
    let left = (budget - start.duration(to: .now)) * 0.95 - .seconds(3)
    guard left > .seconds(5) else { return nil }
    let run = CrossEncoderRun(
      settings: crossEncoder, budget: left, seed: seed,
      report: { [report] in try report("Fine-tuning", $0, $1) })
    return try run.train(location.parts(), train: train, valid: valid)
  }

  private func grow(
    _ rows: FeatureRows, _ labels: [Bool], _ valid: FeatureRows, _ validLabels: [Bool]
  ) throws -> [GradientBoostedTrees] {
    var settings = GradientBoostedTrees.Settings()
    return try (0..<ensembles).map { index in
      try report("Growing trees", index, ensembles)
      settings.seed = seed &+ UInt64(index)
      return GradientBoostedTrees(
        rows, labels, validation: (valid, validLabels), settings: settings)
    }
  }

  private static func check(_ pairs: [MatchPair], _ what: String, least: Int) throws(MatchError) {
    let matches = pairs.count { $0.isMatch == true }
    let others = pairs.count { $0.isMatch == false }
    guard matches + others >= least, matches > 1, others > 1 else {
      throw MatchError(
        .tooFewPairs,
        "The \(what) pairs are \(matches) of one product and \(others) of two; at least \(least) "
          + "with two of each kind are needed.")
    }
  }

  /// English has a model of its own that is twice as fast; all else goes to the multilingual one.
  static func encoder(for pairs: [MatchPair]) -> String {
    let sample = stride(from: 0, to: pairs.count, by: max(1, pairs.count / 200))
      .map { pairs[$0].left.text }
    let letters = sample.joined().unicodeScalars.filter(\.properties.isAlphabetic)
    let foreign = letters.count { $0.value > 0x24F }
    let english = sample.count { LanguageDetector.detect($0).map { $0 == "en" } ?? true }
    let isEnglish = foreign * 20 < max(1, letters.count) && english * 2 > sample.count
    return (isEnglish ? BuiltInModel.miniLM : .multilingualE5Small).rawValue
  }
}
