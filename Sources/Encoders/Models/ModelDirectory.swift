package import Foundation

/// A Hugging Face directory of a text encoder: which files it holds and what they say.
///
/// `config.json` and `model.safetensors` are needed, and `tokenizer.json` or `vocab.txt`. The files
/// of sentence-transformers are honoured where they are there: `modules.json` (normalisation),
/// `1_Pooling/config.json`, `sentence_bert_config.json` (`max_seq_length`) and
/// `config_sentence_transformers.json` (prompts `query` and `passage` or `document`).
/// Without them: mean pooling and unit length.
package struct ModelDirectory: Sendable {
  package var folder: URL
  package var configuration: TransformerConfiguration
  package var pooling: Pooling
  /// Whether vectors are scaled to unit length.
  package var normalises: Bool
  /// Tokens of a text, special ones included, beyond which it is cut.
  package var maximumTokens: Int
  package var prefixes: TextPrefixes
  package var weights: URL
  /// `tokenizer.json`, else `vocab.txt`, else ``packedVocabulary``.
  package var tokenizer: URL

  /// The pooling settings' place in the folder.
  package var poolingFile: String

  /// The files that make up a model, the pooling settings apart; few are there in any one.
  package static let fileNames = [
    "config.json", "model.safetensors", "tokenizer.json", "vocab.txt", "tokenizer_config.json",
    "special_tokens_map.json", "modules.json", "sentence_bert_config.json",
    "config_sentence_transformers.json", packedVocabulary,
  ]

  /// The vocabulary of a packed model (see ``PackedModelFile``), which a model that was tuned from
  /// one keeps instead of a tokeniser's JSON.
  static let packedVocabulary = "vocabulary.e5s1"

  /// Reads the settings of the model in `folder`, not its weights.
  package init(_ folder: URL) throws(EncoderError) {
    guard FileAccess.isFolder(folder) else {
      throw EncoderError(.unknownModel, "There is no such folder.", path: folder.path)
    }
    self.folder = folder
    configuration = try TransformerConfiguration(
      contentsOf: folder.appendingPathComponent("config.json"))
    weights = try Self.weights(in: folder)
    tokenizer = try Self.tokenizer(in: folder)
    let modules = try Self.optional([RawModule].self, "modules.json", in: folder)
    normalises = try Self.normalises(modules, folder)
    let poolingFolder = modules?.first { $0.type.hasSuffix("Pooling") }?.path ?? "1_Pooling"
    guard !poolingFolder.hasPrefix("/"), !poolingFolder.split(separator: "/").contains("..") else {
      throw EncoderError(
        .malformedFile, "The path of the pooling module leaves the model's folder.",
        path: folder.appendingPathComponent("modules.json").path, field: "path")
    }
    poolingFile = poolingFolder + "/config.json"
    pooling = try Self.pooling(poolingFile, folder)
    let sentence = try Self.optional(RawSentence.self, "sentence_bert_config.json", in: folder)
    let longest = configuration.maximumTokens
    maximumTokens = min(sentence?.max_seq_length ?? longest, longest)
    guard maximumTokens >= 3 else {
      throw EncoderError(
        .malformedFile, "A text must be allowed at least 3 tokens.",
        path: folder.appendingPathComponent("sentence_bert_config.json").path,
        field: "max_seq_length")
    }
    let prompts = try Self.optional(
      RawPrompts.self, "config_sentence_transformers.json", in: folder)?.prompts
    prefixes = TextPrefixes(
      passage: prompts?["passage"] ?? prompts?["document"] ?? "", query: prompts?["query"] ?? "")
  }

  private static func weights(in folder: URL) throws(EncoderError) -> URL {
    let url = folder.appendingPathComponent("model.safetensors")
    if FileAccess.isFile(url) { return url }
    let others = ["pytorch_model.bin", "tf_model.h5", "model.safetensors.index.json"]
    let found = others.first { FileAccess.isFile(folder.appendingPathComponent($0)) }
    throw EncoderError(
      .missingFile,
      found.map { "Only \($0) is there: save the model as one model.safetensors file." }
        ?? "The weights file is missing.", path: url.path)
  }

  private static func tokenizer(in folder: URL) throws(EncoderError) -> URL {
    for name in ["tokenizer.json", "vocab.txt", packedVocabulary] {
      let url = folder.appendingPathComponent(name)
      if FileAccess.isFile(url) { return url }
    }
    throw EncoderError(
      .missingFile, "Neither tokenizer.json nor vocab.txt is there.", path: folder.path,
      field: "tokenizer.json")
  }

  private static func normalises(
    _ modules: [RawModule]?, _ folder: URL
  ) throws(EncoderError) -> Bool {
    guard let modules else { return true }
    let known = ["Transformer", "Pooling", "Normalize", "Dropout"]
    for module in modules {
      let kind = module.type.split(separator: ".").last.map(String.init) ?? module.type
      guard known.contains(kind) else {
        throw EncoderError(
          .unsupportedArchitecture, "The module '\(kind)' is not supported.",
          path: folder.appendingPathComponent("modules.json").path, field: "type")
      }
    }
    return modules.contains { $0.type.hasSuffix("Normalize") }
  }

  private static func pooling(
    _ file: String, _ folder: URL
  ) throws(EncoderError) -> Pooling {
    guard let raw = try optional(RawPooling.self, file, in: folder) else { return .mean }
    let path = folder.appendingPathComponent(file).path
    let chosen: [Pooling] = [
      (raw.pooling_mode_mean_tokens, Pooling.mean), (raw.pooling_mode_cls_token, .first),
      (raw.pooling_mode_max_tokens, .maximum),
      (raw.pooling_mode_mean_sqrt_len_tokens, .meanSquareRoot),
    ].filter { $0.0 == true }.map(\.1)
    guard chosen.count == 1,
      raw.pooling_mode_weightedmean_tokens != true, raw.pooling_mode_lasttoken != true
    else {
      throw EncoderError(
        .unsupportedSetting, "Exactly one of mean, cls, max and mean_sqrt_len pooling is needed.",
        path: path, field: "pooling_mode")
    }
    return chosen[0]
  }

  private static func optional<Value: Decodable>(
    _ type: Value.Type, _ name: String, in folder: URL
  ) throws(EncoderError) -> Value? {
    let url = folder.appendingPathComponent(name)
    return FileAccess.isFile(url) ? try JSONFile.decode(type, at: url) : nil
  }
}

/// What is put before a text, depending on its part in a comparison.
public struct TextPrefixes: Hashable, Sendable {
  /// Before a product's text.
  public var passage: String
  /// Before a shopper's query.
  public var query: String

  /// Creates a pair of prefixes; both empty by default.
  public init(passage: String = "", query: String = "") {
    self.passage = passage
    self.query = query
  }
}

private struct RawModule: Decodable {
  var type: String
  var path: String
}

private struct RawSentence: Decodable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var max_seq_length: Int?
}

private struct RawPrompts: Decodable {
  var prompts: [String: String]?
}

private struct RawPooling: Decodable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_max_tokens: Bool?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens: Bool?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var pooling_mode_lasttoken: Bool?
}
