public import Foundation

extension UnigramTokenizer {
  /// Reads a Hugging Face `tokenizer.json` whose model is Unigram.
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

  init(
    _ document: TokenizerDocument, configuration: TokenizerConfiguration
  ) throws(TokenizerError) {
    guard document.model["type"]?.string ?? "Unigram" == "Unigram" else {
      throw document.unsupported(
        "model.type", "A model of type \(document.model["type"]?.string ?? "?")")
    }
    let pieces = document.vocabulary
    guard pieces.count > 0, pieces.scores.count == pieces.count else {
      throw document.malformed("model.vocab", "It is no list of pieces and scores.")
    }
    guard let unknown = document.model["unk_id"]?.integer, (0..<pieces.count).contains(unknown)
    else {
      throw TokenizerError(
        .badVocabulary, file: document.file, location: "model.unk_id",
        message: "The vocabulary has no token for what it does not hold.",
        advice: "Check that the file is whole, or fetch it again.")
    }
    let trie = try pieces.trie(file: document.file, location: "model.vocab")
    let frame = try document.frame(trie: trie)
    let added = try document.addedTokens()
    let normaliser = try document.normaliserSteps(document.settings["normalizer"] ?? .null)
    var padding: Int32?
    for name in [configuration.names.padding, "<pad>"] where padding == nil {
      padding = try document.id(of: name, trie: trie)
    }
    let ids = added.map(\.id) + frame.prefix + frame.suffix
    self.init(
      vocabularySize: max(pieces.count, Int(ids.max() ?? 0) + 1),
      specialTokens: SpecialTokens(
        prefix: frame.prefix, suffix: frame.suffix,
        padding: padding
          ?? document.settings["padding"]?["pad_id"]?.integer.flatMap(Int32.init(exactly:)) ?? 0,
        unknown: Int32(unknown)),
      maximumLength: configuration.maximumLength,
      model: UnigramModel(
        trie: trie, scores: pieces.scores, unknown: Int32(unknown),
        hasByteFallback: document.model["byte_fallback"]?.bool ?? false),
      normaliser: normaliser, splitter: try document.metaspace(),
      addedTokens: AddedTokens(added.filter { !$0.isNormalised }),
      normalisedTokens: AddedTokens(
        added.filter(\.isNormalised).map { Self.normalised($0, normaliser) }))
  }

  private static func normalised(
    _ token: AddedTokens.Token, _ steps: [NormaliserStep]
  ) -> AddedTokens.Token {
    var token = token
    for step in steps {
      let output = ByteBuffer()
      token.content.withUnsafeBufferPointer { step.apply(to: $0, appendingTo: output) }
      token.content = Array(output.bytes)
    }
    return token
  }
}

extension TokenizerDocument {
  /// The steps of a normaliser, in order.
  fileprivate func normaliserSteps(
    _ value: JSONValue
  ) throws(TokenizerError) -> [NormaliserStep] {
    guard value != .null else { return [] }
    switch value["type"]?.string {
    case "Sequence":
      guard let list = value["normalizers"]?.array else {
        throw malformed("normalizer.normalizers", "It is no list.")
      }
      var steps: [NormaliserStep] = []
      for entry in list { steps += try normaliserSteps(entry) }
      return steps
    case "Precompiled": return [.map(try characterMap(value))]
    case "Replace": return [try replacement(value)]
    case "Strip":
      return [
        .strip(
          left: value["strip_left"]?.bool ?? true, right: value["strip_right"]?.bool ?? true)
      ]
    case "Prepend": return [.prepend(Array((value["prepend"]?.string ?? "").utf8))]
    case "NFC": return [.compose(compatibility: false)]
    case "NFKC": return [.compose(compatibility: true)]
    case "NFD": return [.decompose(compatibility: false)]
    case "NFKD": return [.decompose(compatibility: true)]
    case "Lowercase": return [.lowercase]
    case let type:
      throw unsupported("normalizer", "The normaliser \(type ?? "without a type")")
    }
  }

  private func characterMap(_ value: JSONValue) throws(TokenizerError) -> CharacterMap {
    let location = "normalizer.precompiled_charsmap"
    guard let text = value["precompiled_charsmap"]?.string,
      let bytes = Data(base64Encoded: text)
    else { throw malformed(location, "It is no Base64 text.") }
    do {
      return try PrecompiledCharsmap(Array(bytes)).characterMap()
    } catch {
      throw malformed(location, error.reason)
    }
  }

  private func replacement(_ value: JSONValue) throws(TokenizerError) -> NormaliserStep {
    guard let content = value["content"]?.string else {
      throw malformed("normalizer.content", "It is no text.")
    }
    if let pattern = value["pattern"]?["String"]?.string, !pattern.isEmpty {
      return .replace(Array(pattern.utf8), with: Array(content.utf8))
    }
    guard let expression = value["pattern"]?["Regex"]?.string, expression == " {2,}" else {
      throw unsupported(
        "normalizer.pattern",
        "The regular expression \(value["pattern"]?["Regex"]?.string ?? "")")
    }
    return .squeezeSpaces(with: Array(content.utf8))
  }

  /// How the pre-tokeniser marks and cuts words.
  fileprivate func metaspace() throws(TokenizerError) -> MetaspaceSplitter {
    var splitter = MetaspaceSplitter()
    splitter.mark = []
    var parts = [settings["pre_tokenizer"] ?? .null]
    if parts[0]["type"]?.string == "Sequence" {
      parts = parts[0]["pretokenizers"]?.array ?? []
    }
    for part in parts where part != .null {
      switch part["type"]?.string {
      case "WhitespaceSplit" where splitter.mark.isEmpty: splitter.splitsWhiteSpace = true
      case "Metaspace" where splitter.mark.isEmpty:
        guard let mark = part["replacement"]?.string, mark.unicodeScalars.count == 1 else {
          throw malformed("pre_tokenizer.replacement", "It is no single character.")
        }
        splitter.mark = Array(mark.utf8)
        splitter.splits = part["split"]?.bool ?? true
        switch part["prepend_scheme"]?.string {
        case "always": splitter.prefix = .always
        case "first": splitter.prefix = .first
        case "never": splitter.prefix = .never
        default: splitter.prefix = part["add_prefix_space"]?.bool ?? true ? .always : .never
        }
      case let type:
        throw unsupported("pre_tokenizer", "The pre-tokeniser \(type ?? "without a type")")
      }
    }
    return splitter
  }
}
