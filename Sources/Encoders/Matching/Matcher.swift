internal import AkinNeural
public import Foundation

/// Says whether two products are the same one, with a probability.
///
/// Trained by ``MatchTraining`` on labelled pairs. It joins what comparing texts, columns, numbers
/// and vectors says (``PairFeatures``, learnt by gradient-boosted trees) with what a cross-encoder
/// that reads both products at once says, and calibrates the result on validation pairs.
public struct Matcher: Sendable {
  /// What was chosen and measured in training.
  public struct Card: Codable, Sendable, Equatable {
    /// Version of the files' layout.
    public var format = 1
    /// The text encoder by its name, and the fingerprint of its files.
    public var encoder: String, encoderFingerprint: String
    /// What all random choices followed from.
    public var seed: UInt64
    /// From which probability on a pair is called the same.
    public var threshold: Double
    /// Measures on the validation pairs, of which threshold and calibration were chosen.
    public var validation: MatchMeasures
    /// The same of each part alone: comparisons, then the cross-encoder where there is one.
    public var parts: [MatchMeasures]
    /// Training pairs.
    public var trainingPairs: Int
    /// Seconds that training took.
    public var seconds: Double
    /// How the cross-encoder was fine-tuned; `nil` where there is none.
    public var crossEncoder: FineTuning?
  }

  /// What became of a cross-encoder's training.
  public struct FineTuning: Codable, Sendable, Equatable {
    /// The settings.
    public var settings: CrossEncoderSettings
    /// Passes over the training pairs, and the one that was kept, counted from 1.
    public var epochs: Int, bestEpoch: Int
    /// Seconds of the fastest pass, validation apart.
    public var secondsPerEpoch: Double
  }

  /// What was chosen and measured in training.
  public internal(set) var card: Card
  let features: PairFeatures
  let ensembles: [GradientBoostedTrees]
  let calibration: ScoreCalibration
  let encoder: any TextEncoder
  let crossEncoder: CrossEncoder?

  /// The probability of each pair to be one product. O(pairs · tokens), and encoding each
  /// distinct text once.
  ///
  /// - Throws: ``EncoderError``, and what `progress` throws.
  public func probabilities(
    _ pairs: [MatchPair], progress: EncodingProgress? = nil
  ) throws -> [Double] {
    let scores = try scores(pairs, progress: progress)
    return pairs.indices.map { row in calibration.probability(scores.map { $0[row] }) }
  }

  /// Log-odds of each of the parts, one list a part.
  func scores(_ pairs: [MatchPair], progress: EncodingProgress? = nil) throws -> [[Double]] {
    let meaning = MeaningCache(encoder)
    try meaning.encode(pairs, progress: progress)
    let tokens = try TokenCache()
    var rows = FeatureRows(width: features.names.count)
    for pair in pairs {
      rows.append(
        features.values(pair, tokens, wordScore: nil, meaning: meaning.cosines(pair)))
    }
    var scores = [Self.logits(rows, ensembles)]
    if let crossEncoder { scores.append(try crossEncoder.logits(pairs, progress: progress)) }
    return scores
  }

  /// The ensembles' mean log-odds.
  static func logits(_ rows: FeatureRows, _ ensembles: [GradientBoostedTrees]) -> [Double] {
    var sums = [Double](repeating: 0, count: rows.count)
    for ensemble in ensembles {
      for (row, logit) in ensemble.logits(rows).enumerated() { sums[row] += logit }
    }
    return sums.map { $0 / Double(max(1, ensembles.count)) }
  }

  /// Measures on labelled pairs; those without a label do not count.
  public func evaluate(
    _ pairs: [MatchPair], progress: EncodingProgress? = nil
  ) throws -> MatchMeasures {
    let labelled = pairs.filter { $0.isMatch != nil }
    return MatchMeasures(
      try probabilities(labelled, progress: progress), labelled.map { $0.isMatch == true },
      threshold: card.threshold)
  }
}

// MARK: Files

extension Matcher {
  private struct Stored: Codable {
    var features: PairFeatures
    var ensembles: [GradientBoostedTrees]
    var calibration: ScoreCalibration
    /// The cross-encoder's view of how often tokens stand in products.
    var tokens: TokenCounts?
  }

  private struct TokenCounts: Codable {
    var limit: Int, products: Int
    var frequencies: [Int32: Int]
  }

  private static let cardName = "matcher.json"
  private static let modelName = "comparison.json"
  private static let weightsName = "cross-encoder.safetensors"

  /// Writes the matcher into a folder, which is made if it is not there. The card comes last, so
  /// that a folder with a card is whole.
  ///
  /// - Throws: ``MatchError`` `.notWritable`.
  public func save(to folder: URL) throws(MatchError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var stored = Stored(features: features, ensembles: ensembles, calibration: calibration)
      if let crossEncoder {
        let serialiser = crossEncoder.serialiser
        stored.tokens = TokenCounts(
          limit: serialiser.limit, products: serialiser.saved.products,
          frequencies: serialiser.saved.frequencies)
        let path = folder.appendingPathComponent(Self.weightsName).path(percentEncoded: false)
        try SafetensorsFile.write(crossEncoder.tensors, metadata: [:], to: path)
      }
      try encoder.encode(stored).write(
        to: folder.appendingPathComponent(Self.modelName), options: .atomic)
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      try encoder.encode(card).write(
        to: folder.appendingPathComponent(Self.cardName), options: .atomic)
    } catch {
      throw MatchError(
        .notWritable, "The matcher cannot be written: \(error.localizedDescription)",
        path: folder.path(percentEncoded: false))
    }
  }

  /// Reads a matcher from the folder that ``save(to:)`` wrote.
  ///
  /// - Parameter store: where the text encoder is found.
  /// - Throws: ``MatchError`` `.damagedModel`; ``EncoderError`` where the encoder is missing.
  public init(folder: URL, store: ModelStore = ModelStore()) throws {
    let card = try Self.decode(Card.self, folder.appendingPathComponent(Self.cardName))
    let file = folder.appendingPathComponent(Self.modelName)
    let stored = try Self.decode(Stored.self, file)
    let width = stored.features.names.count
    guard !stored.ensembles.isEmpty,
      stored.ensembles.allSatisfy({ $0.isSound && $0.features == width })
    else {
      throw MatchError(
        .damagedModel, "The trees do not fit the features; train the matcher again.",
        path: file.path(percentEncoded: false))
    }
    let location = try store.locate(card.encoder)
    guard try store.inspect(location).fingerprint() == card.encoderFingerprint else {
      throw MatchError(
        .damagedModel,
        "The text encoder '\(card.encoder)' is not the one that the matcher was trained with; "
          + "train it again.", path: folder.path(percentEncoded: false))
    }
    encoder = try location.encoder(precision: .fastestFloat)
    crossEncoder = try stored.tokens.map { tokens in
      let parts = try location.parts()
      return try Self.crossEncoder(
        parts, folder,
        PairSerialiser(
          parts.tokenizer, limit: min(max(tokens.limit, 16), parts.maximumTokens),
          frequencies: tokens.frequencies, products: tokens.products))
    }
    guard stored.calibration.weights.count == (crossEncoder == nil ? 1 : 2) else {
      throw MatchError(
        .damagedModel, "The calibration does not fit the parts; train the matcher again.",
        path: file.path(percentEncoded: false))
    }
    self.card = card
    features = stored.features
    ensembles = stored.ensembles
    calibration = stored.calibration
  }

  private static func crossEncoder(
    _ parts: ModelParts, _ folder: URL, _ serialiser: PairSerialiser
  ) throws -> CrossEncoder {
    let path = folder.appendingPathComponent(weightsName).path(percentEncoded: false)
    do {
      let file = try SafetensorsFile(path: path)
      var tensors: [String: Tensor] = [:]
      for entry in file.entries { tensors[entry.name] = try file.tensor(entry.name) }
      return try CrossEncoder(parts, tensors: tensors, serialiser: serialiser)
    } catch let error as SafetensorsError {
      throw MatchError(.damagedModel, "\(error) Train the matcher again.", path: path)
    } catch let error as EncoderError {
      throw MatchError(
        .damagedModel, "\(error.message) Train the matcher again.", path: path,
        column: error.field)
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ url: URL) throws -> Value {
    let path = url.path(percentEncoded: false)
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw MatchError(
        .damagedModel,
        "The file is missing or unreadable; name the folder that `akin match train` "
          + "wrote.", path: path)
    }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw MatchError(
        .damagedModel, "The file is not what was saved; train the matcher again.", path: path,
        column: error.field)
    }
  }
}

extension DecodingError {
  /// Where in the file decoding failed.
  fileprivate var field: String? {
    let context: Context? =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    let path = context?.codingPath.map(\.stringValue).joined(separator: ".") ?? ""
    return path.isEmpty ? nil : path
  }
}
