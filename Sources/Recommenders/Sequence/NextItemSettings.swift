internal import AkinNeural

/// How a network that predicts the next item is built and trained.
public struct NextItemSettings: Sendable, Equatable {
  /// What reads the history.
  public enum Architecture: String, Sendable, CaseIterable {
    /// Causal Transformer (Kang & McAuley, *SASRec*, ICDM 2018).
    case sasrec
    /// Gated recurrent units (Hidasi et al., *GRU4Rec*, ICLR 2016).
    case gru4rec
    /// Long short-term memory.
    case lstm
  }

  /// What reads the history.
  public var architecture: Architecture
  /// Features of items and states.
  public var width = 64
  /// Transformer blocks or recurrent layers.
  public var layers = 2
  /// Heads of attention, for ``Architecture/sasrec``.
  public var heads = 2
  /// The last items of a history that are read.
  public var longest = 50
  /// The share of features dropped in training.
  public var dropout = 0.5
  /// Passes over the data.
  public var epochs = 20
  /// The largest learning rate.
  public var rate = 2e-3
  /// Predictions a step.
  public var rowsPerStep = 2048
  /// Items that compete in each step's softmax beside the step's own targets, drawn evenly and
  /// corrected for; `nil` for all items.
  public var negatives: Int?
  /// Where set, states and items have length 1 and their cosine is multiplied with this, which
  /// keeps popular items from winning by their length (Gupta et al., *NISER*, 2019).
  public var cosineScale: Double?
  /// Batches of a step that are computed side by side.
  public var threads = 2
  /// What all random choices follow from.
  public var seed: UInt64 = 0

  /// The usual settings.
  public init(_ architecture: Architecture) { self.architecture = architecture }
}
