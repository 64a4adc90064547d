import Foundation

/// A Hugging Face `tokenizer.json`, its vocabulary apart from the rest.
struct TokenizerDocument {
  let file: String
  /// Everything but `model.vocab` and `model.merges`.
  private(set) var settings: [String: JSONValue] = [:]
  private(set) var model: [String: JSONValue] = [:]
  private(set) var vocabulary = Vocabulary()

  init(_ data: Data, file: String) throws(TokenizerError) {
    self.file = file
    do {
      try data.withUnsafeBytes { try parse($0.bindMemory(to: UInt8.self)) }
    } catch let failure as JSONReader.Failure {
      throw TokenizerError(
        .malformed, file: file, location: "byte \(failure.offset)",
        message: "The file is no tokenizer.json: \(failure.reason)",
        advice: "Fetch the model's files again.")
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError(
        .malformed, file: file, message: "\(error)", advice: "Fetch the model's files again.")
    }
  }

  private mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws {
    var reader = JSONReader(text)
    var settings: [String: JSONValue] = [:]
    var model: [String: JSONValue] = [:]
    var vocabulary = Vocabulary()
    try reader.object { (reader: inout JSONReader, key: String) in
      guard key == "model" else {
        settings[key] = try reader.value()
        return
      }
      try reader.object { (reader: inout JSONReader, key: String) in
        switch key {
        case "vocab":
          vocabulary = Vocabulary()
          if reader.peek() == UInt8(ascii: "{") {
            try vocabulary.readNumbered(from: &reader)
          } else {
            try vocabulary.readScored(from: &reader)
          }
        case "merges": _ = try reader.value()
        default: model[key] = try reader.value()
        }
      }
    }
    try reader.end()
    (self.settings, self.model, self.vocabulary) = (settings, model, vocabulary)
  }

  /// The tokens that are recognised in raw text.
  func addedTokens() throws(TokenizerError) -> [AddedTokens.Token] {
    guard let list = settings["added_tokens"], list != .null else { return [] }
    guard let entries = list.array else { throw malformed("added_tokens", "It is no list.") }
    var tokens: [AddedTokens.Token] = []
    for (index, entry) in entries.enumerated() {
      guard let content = entry["content"]?.string, !content.isEmpty,
        let id = entry["id"]?.integer.flatMap(Int32.init(exactly:)), id >= 0
      else {
        throw malformed("added_tokens[\(index)]", "An added token needs a content and an id.")
      }
      tokens.append(
        AddedTokens.Token(
          content: Array(content.utf8), id: id,
          stripsLeft: entry["lstrip"]?.bool ?? false,
          stripsRight: entry["rstrip"]?.bool ?? false,
          isSingleWord: entry["single_word"]?.bool ?? false,
          isNormalised: entry["normalized"]?.bool ?? false))
    }
    return tokens
  }

  /// The id of a token among the added ones and the vocabulary.
  func id(of token: String, trie: ByteTrie) throws(TokenizerError) -> Int32? {
    if let number = trie.number(of: token.utf8) { return number }
    return try addedTokens().last { $0.content == Array(token.utf8) }?.id
  }

  /// What the post-processor sets before and after a single text.
  func frame(trie: ByteTrie) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    guard let processor = settings["post_processor"], processor != .null else { return ([], []) }
    switch processor["type"]?.string {
    case "TemplateProcessing": return try template(processor)
    case "BertProcessing", "RobertaProcessing":
      guard let start = processor["cls"]?.array, let end = processor["sep"]?.array,
        start.count == 2, end.count == 2,
        let startID = start[1].integer.flatMap(Int32.init(exactly:)),
        let endID = end[1].integer.flatMap(Int32.init(exactly:))
      else { throw malformed("post_processor", "It lacks the ids of its two tokens.") }
      return ([startID], [endID])
    case let type:
      throw unsupported("post_processor", "The post-processor \(type ?? "without a type")")
    }
  }

  private func template(
    _ processor: JSONValue
  ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    var isAfter = false
    guard let parts = processor["single"]?.array else {
      throw malformed("post_processor.single", "The template for one text is missing.")
    }
    for part in parts {
      if part["Sequence"] != nil {
        guard !isAfter else {
          throw unsupported("post_processor.single", "A template that repeats the text")
        }
        isAfter = true
        continue
      }
      guard let name = part["SpecialToken"]?["id"]?.string,
        let entries = processor["special_tokens"]?[name]?["ids"]?.array
      else { throw malformed("post_processor.single", "A part of the template is unknown.") }
      for entry in entries {
        guard let id = entry.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
          throw malformed("post_processor.special_tokens", "An id is no whole number.")
        }
        if isAfter { suffix.append(id) } else { prefix.append(id) }
      }
    }
    guard isAfter else {
      throw malformed("post_processor.single", "The template has no place for the text.")
    }
    return (prefix, suffix)
  }

  func malformed(_ location: String, _ message: String) -> TokenizerError {
    TokenizerError(
      .malformed, file: file, location: location, message: message,
      advice: "Fetch the model's files again.")
  }

  func unsupported(_ location: String, _ what: String) -> TokenizerError {
    TokenizerError(
      .unsupported, file: file, location: location, message: "\(what) is not supported.",
      advice: "Use a model with a WordPiece (BERT) or Unigram (XLM-R) tokeniser.")
  }
}

extension Vocabulary {
  /// Reads `{"piece": id, …}`.
  fileprivate mutating func readNumbered(from reader: inout JSONReader) throws {
    try reader.expect("{")
    guard reader.peek() != UInt8(ascii: "}") else { return try reader.expect("}") }
    while true {
      try reader.string(into: &bytes)
      endPiece()
      try reader.expect(":")
      guard let id = Int32(exactly: try reader.number()), id >= 0 else {
        throw reader.failure("The id of a piece is no whole number of 0 or more.")
      }
      ids.append(id)
      guard reader.peek() == UInt8(ascii: ",") else { return try reader.expect("}") }
      try reader.expect(",")
    }
  }

  /// Reads `[["piece", score], …]`.
  fileprivate mutating func readScored(from reader: inout JSONReader) throws {
    try reader.array { (reader: inout JSONReader) in
      try reader.expect("[")
      try reader.string(into: &bytes)
      endPiece()
      try reader.expect(",")
      scores.append(try reader.number())
      try reader.expect("]")
    }
  }
}
