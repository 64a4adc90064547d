public import Foundation

extension WordPieceTokenizer {
  /// Reads a Hugging Face `tokenizer.json` whose model is WordPiece.
  ///
  /// - Parameters:
  ///   - tokenizerJSON: The file's content.
  ///   - file: What errors call the file.
  ///   - maximumLength: The longest sequence that the model takes, if known from elsewhere.
  public init(
    tokenizerJSON: Data, file: String = "tokenizer.json", maximumLength: Int? = nil
  ) throws(TokenizerError) {
    try self.init(
      TokenizerDocument(tokenizerJSON, file: file),
      configuration: TokenizerConfiguration(maximumLength: maximumLength))
  }

  /// Reads a `vocab.txt`: one piece a line, its line number from 0 the id.
  ///
  /// - Parameters:
  ///   - vocabulary: The file's content.
  ///   - file: What errors call the file.
  ///   - options: How text is prepared; `vocab.txt` does not say.
  ///   - maximumLength: The longest sequence that the model takes, if known from elsewhere.
  public init(
    vocabulary: Data, file: String = "vocab.txt", options: Options = Options(),
    maximumLength: Int? = nil
  ) throws(TokenizerError) {
    var configuration = TokenizerConfiguration(maximumLength: maximumLength)
    configuration.options = options
    try self.init(vocabulary: vocabulary, file: file, configuration: configuration)
  }

  init(
    vocabulary: Data, file: String, configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    var pieces = Vocabulary()
    pieces.bytes.reserveCapacity(vocabulary.count)
    var line: [UInt8] = []
    func endLine() {
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      pieces.bytes += line
      pieces.endPiece()
      line.removeAll(keepingCapacity: true)
    }
    for byte in vocabulary {
      if byte == UInt8(ascii: "\n") { endLine() } else { line.append(byte) }
    }
    if !line.isEmpty { endLine() }
    let trie = try pieces.trie(file: file, location: "a line, counted from 0")
    func id(_ name: String) throws(TokenizerError) -> Int32 {
      guard let id = trie.number(of: name.utf8) else {
        throw Self.missing(name, file: file, location: nil)
      }
      return id
    }
    let names = configuration.names
    var added: [AddedTokens.Token] = []
    for name in [names.unknown, names.start, names.end, names.padding, names.mask] {
      guard let id = trie.number(of: name.utf8) else { continue }
      added.append(AddedTokens.Token(content: Array(name.utf8), id: id))
    }
    self.init(
      trie: trie, vocabularySize: pieces.count, options: configuration.options,
      specialTokens: SpecialTokens(
        prefix: [try id(names.start)], suffix: [try id(names.end)],
        padding: try id(names.padding), unknown: try id(names.unknown)),
      maximumLength: configuration.maximumLength, addedTokens: AddedTokens(added))
  }

  init(
    _ document: TokenizerDocument, configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    // Files older than the library's version 0.11 leave the type out.
    guard document.model["type"]?.string ?? "WordPiece" == "WordPiece" else {
      throw document.unsupported(
        "model.type", "A model of type \(document.model["type"]?.string ?? "?")")
    }
    let pieces = document.vocabulary
    guard pieces.count > 0, pieces.ids.count == pieces.count else {
      throw document.malformed("model.vocab", "It is no table of pieces and ids.")
    }
    var options = try Self.options(document)
    options.continuation = document.model["continuing_subword_prefix"]?.string ?? "##"
    if let length = document.model["max_input_chars_per_word"] {
      guard let value = length.integer, value > 0 else {
        throw document.malformed("model.max_input_chars_per_word", "It is no positive number.")
      }
      options.maximumWordLength = value
    }
    let trie = try pieces.trie(file: document.file, location: "model.vocab")
    let unknown = document.model["unk_token"]?.string ?? "[UNK]"
    guard let unknownID = trie.number(of: unknown.utf8) else {
      throw Self.missing(unknown, file: document.file, location: "model.unk_token")
    }
    let frame = try document.frame(trie: trie)
    let added = try document.addedTokens()
    guard !added.contains(where: \.isNormalised) || options.keepsText else {
      throw document.unsupported("added_tokens", "An added token that is normalised first")
    }
    let padding =
      try document.id(of: configuration.names.padding, trie: trie)
      ?? document.settings["padding"]?["pad_id"]?.integer.flatMap(Int32.init(exactly:)) ?? 0
    let largest = (pieces.ids + added.map(\.id) + frame.prefix + frame.suffix).max() ?? 0
    self.init(
      trie: trie, vocabularySize: Int(largest) + 1, options: options,
      specialTokens: SpecialTokens(
        prefix: frame.prefix, suffix: frame.suffix, padding: padding, unknown: unknownID),
      maximumLength: configuration.maximumLength, addedTokens: AddedTokens(added))
  }

  private static func options(_ document: TokenizerDocument) throws(TokenizerError) -> Options {
    var options = Options()
    let normaliser = document.settings["normalizer"] ?? .null
    switch normaliser["type"]?.string {
    case "BertNormalizer":
      options.cleansText = normaliser["clean_text"]?.bool ?? true
      options.splitsChinese = normaliser["handle_chinese_chars"]?.bool ?? true
      options.stripsAccents = normaliser["strip_accents"]?.bool
      options.lowercases = normaliser["lowercase"]?.bool ?? true
    case nil where normaliser == .null:
      options.cleansText = false
      options.splitsChinese = false
      options.stripsAccents = false
      options.lowercases = false
    case let type:
      throw document.unsupported("normalizer", "The normaliser \(type ?? "without a type")")
    }
    let splitter = document.settings["pre_tokenizer"]?["type"]?.string
    guard splitter == "BertPreTokenizer" else {
      throw document.unsupported("pre_tokenizer", "The pre-tokeniser \(splitter ?? "null")")
    }
    return options
  }

  private static func missing(_ name: String, file: String, location: String?) -> TokenizerError {
    TokenizerError(
      .badVocabulary, file: file, location: location,
      message: "The vocabulary lacks the special token \(name).",
      advice: "Check that the file belongs to this model, or fetch it again.")
  }
}

extension WordPieceTokenizer.Options {
  /// Whether normalisation leaves every text as it is, so that added tokens may be looked for in
  /// the raw text whatever they ask for.
  fileprivate var keepsText: Bool {
    !cleansText && !splitsChinese && !lowercases && !(stripsAccents ?? false)
  }
}
