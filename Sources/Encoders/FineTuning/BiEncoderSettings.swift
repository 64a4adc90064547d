/// How a bi-encoder is fine-tuned.
public struct BiEncoderSettings: Sendable, Codable, Equatable {
  /// Which weights change.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// All of the blocks that are not frozen.
    case full
    /// Low-rank corrections of their matrices (Hu et al., *LoRA*, 2022), added in when saved.
    case lora
  }

  /// What is to become small.
  public enum Objective: String, Sendable, Codable, CaseIterable {
    /// A right answer's cosine stands above those of all others in the batch, and above mined ones
    /// (``Loss/infoNCE(_:_:temperature:ignoring:)``).
    case contrast
    /// A better pair's cosine stands above a worse one's: `log(1 + Σ exp((cos − cos′) / τ))` over
    /// all pairs of pairs in the batch of which the second is better (Su, *CoSENT*, 2022).
    case order
    /// The cosine is the relevance, put on 0 … 1: squared error.
    case relevance
    /// ``order`` and ``contrast`` together.
    case both
  }

  /// Which weights change.
  public var method = Method.full
  /// What is learned; by the pairs where `nil`: ``Objective/order`` where they differ in relevance,
  /// ``Objective/contrast`` where not.
  public var objective: Objective?
  /// The measure on the validation pairs by which an epoch is kept; by the pairs where `nil`.
  public var measure: String?
  /// Passes over the training pairs at most; fewer where the time allows only fewer.
  public var epochs = 3
  /// Pairs of a step.
  public var batch = 128
  /// The largest learning rate; by the method where `nil`.
  public var rate: Double?
  /// Tokens of a text at most.
  public var tokens = 128
  /// The share of values dropped out in training.
  public var dropout = 0.1
  /// What cosines are divided by.
  public var temperature = 0.05
  /// Blocks, from the first on, that stay as pretrained.
  public var frozenBlocks = 0
  /// The rank of the corrections of ``Method/lora``.
  public var rank = 16
  /// Mined wrong answers of a right one.
  public var negatives = 1

  /// The usual settings.
  public init() {}

  var peak: Double { rate ?? (method == .full ? 1e-4 : 1e-3) }
}
