/// The sizes and settings of a ``CompactEncoder``, as in its `config.json`.
public struct CompactConfiguration: Hashable, Sendable, Codable {
  /// What reads the words of a text.
  public enum Architecture: String, Hashable, Sendable, Codable, CaseIterable {
    /// Convolutions over a few words each and their largest values: Kim, *Convolutional neural
    /// networks for sentence classification* (2014).
    case textCNN = "textcnn"
    /// Long short-term memory in both directions: Graves and Schmidhuber (2005).
    case biLSTM = "bilstm"
    /// Gated recurrent units in both directions: Cho et al. (2014).
    case biGRU = "bigru"
  }

  /// How the states of a text's words become one vector; convolutions take their largest values.
  public enum WordPooling: String, Hashable, Sendable, Codable, CaseIterable {
    /// All alike.
    case mean
    /// By a weight that is learned, as in Yang et al., *Hierarchical attention networks for document
    /// classification* (2016).
    case attention
  }

  /// Tells these folders from those of transformers.
  static let modelType = "akin-compact"

  /// What reads the words.
  public var architecture: Architecture
  /// Length of a text's vector.
  public var dimension = 256
  /// Length of a word's vector.
  public var embedding = 128
  /// Width of a recurrent state in each direction, or outputs of each convolution.
  public var width = 128
  /// Words that each convolution sees.
  public var kernels = [3, 4, 5]
  /// How states become one vector.
  public var pooling = WordPooling.attention
  /// Words with a vector of their own; 0 for ``vocabulary`` not known yet.
  public var vocabulary = 0
  /// Vectors that all pieces of words share, by a hash.
  public var pieces = 32_768
  /// Words of a text beyond which its end is ignored.
  public var maximumTokens = 64
  private var modelType = Self.modelType

  private enum CodingKeys: String, CodingKey {
    case architecture, dimension, embedding, width, kernels, pooling, vocabulary, pieces
    case maximumTokens = "maximum_tokens"
    case modelType = "model_type"
  }

  /// The usual sizes.
  public init(_ architecture: Architecture) { self.architecture = architecture }

  /// What is wrong with the settings, and which one; `nil` where nothing is.
  var fault: (field: String, message: String)? {
    let sizes = [
      ("dimension", dimension, 4_096), ("embedding", embedding, 4_096), ("width", width, 4_096),
      ("vocabulary", vocabulary, 4_000_000), ("pieces", pieces, 4_000_000),
      ("maximum_tokens", maximumTokens, 4_096),
    ]
    for (name, size, most) in sizes where !(1...most).contains(size) {
      return (name, "This takes a number from 1 to \(most).")
    }
    guard (1...8).contains(kernels.count), kernels.allSatisfy({ (1...16).contains($0) }) else {
      return ("kernels", "These take up to 8 numbers from 1 to 16.")
    }
    guard modelType == Self.modelType else {
      return ("model_type", "This takes \(Self.modelType).")
    }
    return nil
  }

  /// Width of what the words are read into.
  var features: Int { architecture == .textCNN ? width * kernels.count : 2 * width }

  /// Number of weights.
  public var parameters: Int {
    let tables = (vocabulary + 1 + pieces) * embedding
    let output = (features + 1) * dimension
    switch architecture {
    case .textCNN:
      return tables + output + kernels.reduce(0) { $0 + width * (embedding * $1 + 1) }
    case .biLSTM, .biGRU:
      let gates = architecture == .biGRU ? 3 : 4
      let attention = pooling == .attention ? features * width + width + width : 0
      return tables + output + attention + 2 * gates * width * (embedding + width + 2)
    }
  }
}
