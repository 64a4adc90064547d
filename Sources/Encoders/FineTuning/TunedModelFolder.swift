import AkinNeural
import Foundation

/// The files of a fine-tuned encoder.
struct TunedModelFolder {
  private let tuned: TunedEncoder
  private let parts: ModelParts
  private let files = FileManager.default

  /// The file that says how a model was tuned, and that a folder is one of ours.
  static let cardName = "tuning.json"

  init(_ tuned: TunedEncoder) {
    self.tuned = tuned
    parts = tuned.parts
  }

  /// Whether `folder` may be written: it is not there, empty, or of an earlier tuning.
  static func check(_ folder: URL) throws(EncoderError) {
    // A folder that is not there has no content.
    let content = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard content.isEmpty || content.contains(cardName) else {
      throw EncoderError(
        .nameTaken, "The folder holds something else: choose another, or empty it.",
        path: folder.path)
    }
  }

  func write(to folder: URL) throws(EncoderError) {
    try Self.check(folder)
    let folder = folder.standardizedFileURL
    let partial = folder.deletingLastPathComponent().appendingPathComponent(
      ".\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial")
    do {
      if files.fileExists(atPath: partial.path) { try files.removeItem(at: partial) }
      try files.createDirectory(at: partial, withIntermediateDirectories: true)
      try settings(to: partial)
      try SafetensorsFile.write(
        tensors(), metadata: ["format": "pt"],
        to: partial.appendingPathComponent("model.safetensors").path)
      if files.fileExists(atPath: folder.path) { try files.removeItem(at: folder) }
      try FileAccess.rename(partial, to: folder)
    } catch {
      // The half folder is hidden; failing to remove it harms nothing.
      _ = try? files.removeItem(at: partial)
      throw EncoderError(
        .writeFailed, "The model could not be written: \(error)", path: folder.path)
    }
  }

  // MARK: Settings

  private func settings(to folder: URL) throws {
    let source = tuned.location.url
    if FileAccess.isFolder(source) {
      let own = ["model.safetensors", "modules.json"]
      for name in ModelDirectory.fileNames where !own.contains(name) {
        let file = source.appendingPathComponent(name)
        guard FileAccess.isFile(file) else { continue }
        try files.copyItem(
          at: file.resolvingSymlinksInPath(), to: folder.appendingPathComponent(name))
      }
    } else {
      try json(configuration, to: folder.appendingPathComponent("config.json"))
      let vocabulary = try PackedModelFile.vocabulary(of: source)
      try vocabulary.write(to: folder.appendingPathComponent(ModelDirectory.packedVocabulary))
    }
    try pooling(to: folder)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(tuned.card).write(to: folder.appendingPathComponent(Self.cardName))
    if let curve = tuned.curve {
      try Data(curve.utf8).write(to: folder.appendingPathComponent("learning-curve.svg"))
    }
  }

  private func pooling(to folder: URL) throws {
    // Training is about directions: the vectors are of unit length from now on.
    let modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    try json(
      modules.enumerated().map { index, module in
        [
          "idx": index, "name": "\(index)", "path": module.1,
          "type": "sentence_transformers.models.\(module.0)",
        ] as [String: Any]
      }, to: folder.appendingPathComponent("modules.json"))
    for name in ["1_Pooling", "2_Normalize"] {
      try files.createDirectory(
        at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    try json(
      [
        "word_embedding_dimension": parts.configuration.hidden,
        "pooling_mode_mean_tokens": parts.pooling == .mean,
        "pooling_mode_cls_token": parts.pooling == .first,
        "pooling_mode_max_tokens": parts.pooling == .maximum,
        "pooling_mode_mean_sqrt_len_tokens": parts.pooling == .meanSquareRoot,
      ], to: folder.appendingPathComponent("1_Pooling/config.json"))
    try json(
      ["max_seq_length": parts.maximumTokens, "do_lower_case": false],
      to: folder.appendingPathComponent("sentence_bert_config.json"))
    try json(
      ["prompts": ["query": parts.prefixes.query, "passage": parts.prefixes.passage]],
      to: folder.appendingPathComponent("config_sentence_transformers.json"))
  }

  /// `config.json` of a model that came without one.
  private var configuration: [String: Any] {
    let model = parts.configuration
    return [
      "architectures": ["BertModel"], "model_type": "bert", "hidden_act": model.activation.rawValue,
      "hidden_size": model.hidden, "num_hidden_layers": model.layers,
      "num_attention_heads": model.heads, "intermediate_size": model.intermediate,
      "vocab_size": model.vocabulary, "max_position_embeddings": model.positions,
      "type_vocab_size": model.tokenTypes, "layer_norm_eps": Double(model.epsilon),
      "position_embedding_type": "absolute",
    ]
  }

  private func json(_ value: Any, to file: URL) throws {
    try JSONSerialization.data(
      withJSONObject: value, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    ).write(to: file)
  }

  // MARK: Weights

  /// All weights under the names of Hugging Face: the trained ones as float32, tables in half
  /// precision where the pretrained file holds no more.
  private func tensors() throws -> [String: Tensor] {
    let model = parts.configuration
    let source = OverlaidWeights(base: parts.weights, tensors: tuned.tensors)
    let (from, to) = (source.names, TransformerNames(model))
    var tensors: [String: Tensor] = [:]
    func matrix(_ name: String, _ target: String, _ rows: Int, _ width: Int) throws {
      let table = try source.table(name, rows: rows, width: width)
      let tensor = try table.tensor()
      tensors[target] = table.format == .float32 ? tensor : try tensor.to(.float16)
    }
    func vector(_ name: String, _ target: String, _ count: Int) throws {
      tensors[target] = try Tensor(try source.vector(name, count: count))
    }
    func layer(_ name: String, _ target: String, _ inputs: Int, _ outputs: Int) throws {
      try matrix(name + from.weight, target + to.weight, outputs, inputs)
      try vector(name + from.bias, target + to.bias, outputs)
    }
    func norm(_ name: String, _ target: String) throws {
      try vector(name + from.weight, target + to.weight, model.hidden)
      try vector(name + from.bias, target + to.bias, model.hidden)
    }
    try matrix(from.words, to.words, model.vocabulary, model.hidden)
    try matrix(from.positions, to.positions, model.positions, model.hidden)
    if let types = from.tokenTypes, let target = to.tokenTypes {
      try matrix(types, target, model.tokenTypes, model.hidden)
    }
    try norm(from.embeddingNorm, to.embeddingNorm)
    for (name, target) in zip(from.blocks, to.blocks) {
      for (own, other) in [
        (name.query, target.query), (name.key, target.key), (name.value, target.value),
        (name.attentionOutput, target.attentionOutput),
      ] {
        try layer(own, other, model.hidden, model.hidden)
      }
      try layer(name.expansion, target.expansion, model.hidden, model.intermediate)
      try layer(name.contraction, target.contraction, model.intermediate, model.hidden)
      try norm(name.attentionNorm, target.attentionNorm)
      try norm(name.outputNorm, target.outputNorm)
    }
    return tensors
  }
}
