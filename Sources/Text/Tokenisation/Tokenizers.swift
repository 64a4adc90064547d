public import Foundation

/// Finds out which tokeniser a model's folder holds, and reads it.
public enum Tokenizers {
  /// Reads the tokeniser of a Hugging Face directory: `tokenizer.json`, or `vocab.txt` where that
  /// is absent, with the settings in `tokenizer_config.json` and `special_tokens_map.json`.
  ///
  /// - Throws: ``TokenizerError`` that names the file, what is wrong with it and what to do.
  public static func load(directory: URL) throws(TokenizerError) -> any Tokenizer {
    let configuration = try TokenizerConfiguration(directory: directory)
    let tokenizer = directory.appendingPathComponent("tokenizer.json")
    if let data = try read(tokenizer) {
      let document = try TokenizerDocument(data, file: tokenizer.path)
      switch document.model["type"]?.string {
      case "WordPiece": return try WordPieceTokenizer(document, configuration: configuration)
      case "Unigram": return try UnigramTokenizer(document, configuration: configuration)
      case nil where document.vocabulary.scores.isEmpty:
        return try WordPieceTokenizer(document, configuration: configuration)
      case nil: return try UnigramTokenizer(document, configuration: configuration)
      case let type?: throw document.unsupported("model.type", "A model of type \(type)")
      }
    }
    let vocabulary = directory.appendingPathComponent("vocab.txt")
    if let data = try read(vocabulary) {
      return try WordPieceTokenizer(
        vocabulary: data, file: vocabulary.path, configuration: configuration)
    }
    throw TokenizerError(
      .missingFile, file: directory.path,
      message: "The folder holds neither tokenizer.json nor vocab.txt.",
      advice: "Give the folder of a Hugging Face model with its tokeniser.")
  }

  /// The content of a file, or `nil` where there is none.
  static func read(_ url: URL) throws(TokenizerError) -> Data? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    do {
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw TokenizerError(
        .unreadableFile, file: url.path, message: "The file cannot be read.",
        advice: "Check that it is a file and that you may read it.")
    }
  }
}

/// What `tokenizer_config.json` and `special_tokens_map.json` say.
struct TokenizerConfiguration {
  struct Names {
    var start = "[CLS]"
    var end = "[SEP]"
    var padding = "[PAD]"
    var unknown = "[UNK]"
    var mask = "[MASK]"
  }

  var names = Names()
  var options = WordPieceTokenizer.Options()
  var maximumLength: Int?

  init(maximumLength: Int? = nil) { self.maximumLength = maximumLength }

  init(directory: URL) throws(TokenizerError) {
    try take(directory.appendingPathComponent("special_tokens_map.json"))
    try take(directory.appendingPathComponent("tokenizer_config.json"))
  }

  private mutating func take(_ url: URL) throws(TokenizerError) {
    guard let data = try Tokenizers.read(url) else { return }
    let settings: JSONValue
    do {
      settings = try data.withUnsafeBytes {
        var reader = JSONReader($0.bindMemory(to: UInt8.self))
        let value = try reader.value()
        try reader.end()
        return value
      }
    } catch {
      let failure = error as? JSONReader.Failure
      throw TokenizerError(
        .malformed, file: url.path, location: failure.map { "byte \($0.offset)" },
        message: "The file is no JSON: \(failure?.reason ?? "\(error)")",
        advice: "Fetch the model's files again, or remove this one.")
    }
    // A token is a string, or an object with its content.
    func name(_ key: String, _ fallback: String) -> String {
      settings[key]?.string ?? settings[key]?["content"]?.string ?? fallback
    }
    names.start = name("cls_token", names.start)
    names.end = name("sep_token", names.end)
    names.padding = name("pad_token", names.padding)
    names.unknown = name("unk_token", names.unknown)
    names.mask = name("mask_token", names.mask)
    options.lowercases = settings["do_lower_case"]?.bool ?? options.lowercases
    options.stripsAccents = settings["strip_accents"]?.bool ?? options.stripsAccents
    options.splitsChinese = settings["tokenize_chinese_chars"]?.bool ?? options.splitsChinese
    // Files of models without a limit say 10^30.
    if let length = settings["model_max_length"]?.integer, (1...1_000_000).contains(length) {
      maximumLength = length
    }
  }
}
