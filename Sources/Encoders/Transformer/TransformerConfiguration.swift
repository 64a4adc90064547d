package import Foundation

/// The sizes and settings of a BERT-family encoder, as in a Hugging Face `config.json`.
///
/// Devlin et al., “BERT: Pre-training of Deep Bidirectional Transformers”, 2019; Liu et al.,
/// “RoBERTa”, 2019; Conneau et al., “Unsupervised Cross-lingual Representation Learning at
/// Scale” (XLM-R), 2020; Sanh et al., “DistilBERT”, 2019.
public struct TransformerConfiguration: Hashable, Sendable {
  /// Families that differ in tensor names and in how positions are counted.
  public enum Family: String, Hashable, Sendable, CaseIterable {
    /// Positions from 0.
    case bert
    /// RoBERTa, XLM-R and CamemBERT: positions from the padding token's id + 1.
    case roberta
    /// No token types; other tensor names.
    case distilbert
  }

  /// The function between the two layers of a feed-forward block.
  public enum Activation: String, Hashable, Sendable {
    /// x · Φ(x), exact.
    case gelu
    /// GELU by its hyperbolic tangent approximation.
    case geluTanh = "gelu_tanh"
    /// max(0, x).
    case relu
  }

  /// The family.
  public var family: Family
  /// The `model_type` that the file names.
  public var modelType: String
  /// Width of a token's state.
  public var hidden: Int
  /// Number of blocks.
  public var layers: Int
  /// Attention heads in a block; divides ``hidden``.
  public var heads: Int
  /// Width between the two feed-forward layers.
  public var intermediate: Int
  /// Tokens in the vocabulary.
  public var vocabulary: Int
  /// Rows of the position table.
  public var positions: Int
  /// Rows of the token type table; 0 where the family has none.
  public var tokenTypes: Int
  /// Added to the variance in layer normalisation.
  public var epsilon: Float
  /// The activation.
  public var activation: Activation
  /// Position of the first token.
  public var firstPosition: Int

  /// Tokens that fit a text, special ones included.
  public var maximumTokens: Int { positions - firstPosition }
}

extension TransformerConfiguration {
  /// Reads `config.json`.
  ///
  /// - Throws: ``EncoderError``: missing, unreadable or malformed file, unsupported architecture
  ///   or setting, always with the field's name.
  package init(contentsOf url: URL) throws(EncoderError) {
    let raw = try JSONFile.decode(RawConfiguration.self, at: url)
    let path = url.path
    let modelType = raw.model_type ?? raw.architectures?.first ?? ""
    guard let family = Self.families[modelType.lowercased()] else {
      throw EncoderError(
        .unsupportedArchitecture,
        "A model of type '\(modelType)' is not read here; bert, roberta, xlm-roberta, camembert "
          + "and distilbert are.", path: path, field: "model_type")
    }
    if let kind = raw.position_embedding_type, kind != "absolute" {
      throw EncoderError(
        .unsupportedSetting, "Only absolute positions are supported, not '\(kind)'.", path: path,
        field: "position_embedding_type")
    }
    func need(
      _ value: Int?, _ field: String, in range: ClosedRange<Int> = 1...65_536
    ) throws(EncoderError) -> Int {
      guard let value else {
        throw EncoderError(.malformedFile, "The setting is missing.", path: path, field: field)
      }
      guard range.contains(value) else {
        throw EncoderError(
          .malformedFile, "\(value) is outside \(range).", path: path, field: field)
      }
      return value
    }
    let small = family == .distilbert
    self.family = family
    self.modelType = modelType
    hidden = try need(small ? raw.dim : raw.hidden_size, small ? "dim" : "hidden_size")
    layers = try need(
      small ? raw.n_layers : raw.num_hidden_layers, small ? "n_layers" : "num_hidden_layers",
      in: 1...512)
    heads = try need(
      small ? raw.n_heads : raw.num_attention_heads, small ? "n_heads" : "num_attention_heads")
    intermediate = try need(
      small ? raw.hidden_dim : raw.intermediate_size, small ? "hidden_dim" : "intermediate_size",
      in: 1...1_048_576)
    vocabulary = try need(raw.vocab_size, "vocab_size", in: 1...16_777_216)
    positions = try need(raw.max_position_embeddings, "max_position_embeddings", in: 4...1_048_576)
    tokenTypes = small ? 0 : try need(raw.type_vocab_size ?? 2, "type_vocab_size", in: 1...1_024)
    epsilon = raw.layer_norm_eps ?? 1e-12
    firstPosition = family == .roberta ? (raw.pad_token_id ?? 1) + 1 : 0
    let name = (small ? raw.activation : raw.hidden_act) ?? "gelu"
    guard let activation = Self.activations[name] else {
      throw EncoderError(
        .unsupportedSetting,
        "The activation '\(name)' is not supported; gelu, gelu_new and relu are.", path: path,
        field: small ? "activation" : "hidden_act")
    }
    self.activation = activation
    guard hidden % heads == 0 else {
      throw EncoderError(
        .malformedFile, "\(heads) heads do not divide a width of \(hidden).", path: path,
        field: small ? "n_heads" : "num_attention_heads")
    }
    guard (1e-20...1).contains(epsilon), (0..<positions - 2).contains(firstPosition) else {
      throw EncoderError(
        .malformedFile, "layer_norm_eps or pad_token_id is out of range.", path: path,
        field: "layer_norm_eps, pad_token_id")
    }
  }

  private static let families: [String: Family] = [
    "bert": .bert, "bertmodel": .bert, "bertformaskedlm": .bert,
    "roberta": .roberta, "robertamodel": .roberta, "xlm-roberta": .roberta,
    "xlmrobertamodel": .roberta, "camembert": .roberta, "camembertmodel": .roberta,
    "distilbert": .distilbert, "distilbertmodel": .distilbert,
  ]

  private static let activations: [String: Activation] = [
    "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
    "gelu_fast": .geluTanh, "relu": .relu,
  ]
}

/// The fields of `config.json` that matter, under the file's own names.
private struct RawConfiguration: Decodable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var model_type: String?
  var architectures: [String]?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var hidden_size, num_hidden_layers, num_attention_heads, intermediate_size: Int?
  var dim: Int?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var n_layers, n_heads, hidden_dim: Int?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var vocab_size, max_position_embeddings, type_vocab_size, pad_token_id: Int?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var layer_norm_eps: Float?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var hidden_act, position_embedding_type: String?
  var activation: String?
}
