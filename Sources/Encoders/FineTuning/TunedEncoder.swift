import AkinNeural
public import Foundation

/// An encoder that was fine-tuned, with an account of how.
public final class TunedEncoder: @unchecked Sendable {
  // All properties are constants; the tensors are only read (see ``TransformerModel``).

  /// One pass over the training pairs.
  public struct Epoch: Sendable, Codable, Equatable {
    /// Counted from 1.
    public var epoch: Int
    /// The mean loss.
    public var loss: Double
    /// What the validation pairs say, by measure.
    public var measures: [String: Double]
    /// What it took, validation apart.
    public var seconds: Double

    init(_ record: EpochRecord) {
      (epoch, loss, measures, seconds) = (
        record.epoch, record.loss, record.metrics, record.seconds
      )
    }
  }

  /// How the encoder was made.
  public struct Card: Sendable, Codable, Equatable {
    /// The encoder that training began with, and the fingerprint of its files.
    public var encoder: String, fingerprint: String
    /// How it was trained.
    public var settings: BiEncoderSettings
    /// What was learned.
    public var objective: BiEncoderSettings.Objective
    /// By which measure the epoch was chosen.
    public var measure: String
    /// What all random choices followed from.
    public var seed: UInt64
    /// Whether left texts were queries.
    public var asksQueries: Bool
    /// Pairs that were learned from and chosen by.
    public var trainingPairs: Int, validationPairs: Int
    /// What the validation pairs said of the encoder before and after.
    public var before: [String: Double], after: [String: Double] = [:]
    /// Every epoch; empty where the time ended within the first.
    public var epochs: [Epoch] = []
    /// The epoch that was kept, counted from 1.
    public var best: Int?
    /// What all of it took.
    public var seconds = 0.0
  }

  /// How it was made.
  public let card: Card
  let parts: ModelParts
  let location: ModelLocation
  /// The learning curve as an SVG picture.
  let curve: String?
  /// What was trained, under the names of the pretrained file.
  let tensors: [String: Tensor]

  init(
    card: Card, parts: ModelParts, location: ModelLocation, curve: String?,
    tensors: [String: Tensor]
  ) {
    (self.card, self.parts, self.location) = (card, parts, location)
    (self.curve, self.tensors) = (curve, tensors)
  }

  /// The encoder at work, without a detour over files; by default in the number type that the saved
  /// one works in.
  public func encoder(
    precision: NumericPrecision = .fastestFloat
  ) throws(EncoderError) -> TransformerEncoder {
    var parts = parts
    parts.weights = OverlaidWeights(base: parts.weights, tensors: tensors)
    return try TransformerEncoder(parts, precision: precision)
  }

  /// Whether ``save(to:)`` may write to `folder`.
  ///
  /// - Throws: ``EncoderError`` `.nameTaken` for a folder that holds something else.
  public static func check(_ folder: URL) throws(EncoderError) {
    try TunedModelFolder.check(folder)
  }

  /// Writes a directory in the layout of Hugging Face and sentence-transformers, which
  /// ``ModelStore``, `akin build --model ./DIR` and `akin model import` take; beside the model lie
  /// `tuning.json` (the card) and `learning-curve.svg`.
  ///
  /// The folder appears whole or not at all. One that an earlier call wrote is replaced.
  ///
  /// - Throws: ``EncoderError`` `.nameTaken` for a folder that holds something else, `.writeFailed`.
  public func save(to folder: URL) throws(EncoderError) {
    try TunedModelFolder(self).write(to: folder)
  }
}
