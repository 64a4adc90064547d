import AkinNeural
import Foundation
import Testing

@testable import AkinEncoders

/// What is wrong with a directory is said with the file and the field or tensor.
@Suite struct MalformedModelTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var code: EncoderError.Code
    /// Part of the error's path or field.
    var place: String
    var change: @Sendable (URL) throws -> Void
    var testDescription: String { name }
  }

  private static func remove(_ file: String) -> @Sendable (URL) throws -> Void {
    { try FileManager.default.removeItem(at: $0.appendingPathComponent(file)) }
  }

  private static func write(_ file: String, _ text: String) -> @Sendable (URL) throws -> Void {
    { try Data(text.utf8).write(to: $0.appendingPathComponent(file)) }
  }

  /// The settings with some replaced; an empty text removes one.
  private static func set(_ changes: [String: String]) -> @Sendable (URL) throws -> Void {
    { folder in
      let url = folder.appendingPathComponent("config.json")
      let read = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
      var settings = try #require(read as? [String: Any])
      for (key, text) in changes {
        settings[key] =
          text.isEmpty
          ? nil
          : try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
      }
      try JSONSerialization.data(withJSONObject: settings).write(to: url)
    }
  }

  static let cases: [Case] = [
    Case(
      name: "no config", code: .missingFile, place: "config.json", change: remove("config.json")),
    Case(
      name: "no weights", code: .missingFile, place: "model.safetensors",
      change: remove("model.safetensors")),
    Case(
      name: "no tokeniser", code: .missingFile, place: "tokenizer.json",
      change: remove("vocab.txt")),
    Case(
      name: "config no JSON", code: .malformedFile, place: "config.json",
      change: write("config.json", "{")),
    Case(
      name: "config a list", code: .malformedFile, place: "config.json",
      change: write("config.json", "[1]")),
    Case(
      name: "another architecture", code: .unsupportedArchitecture, place: "model_type",
      change: set(["model_type": #""t5""#])),
    Case(
      name: "relative positions", code: .unsupportedSetting, place: "position_embedding_type",
      change: set(["position_embedding_type": #""relative_key""#])),
    Case(
      name: "unknown activation", code: .unsupportedSetting, place: "hidden_act",
      change: set(["hidden_act": #""silu""#])),
    Case(
      name: "no width", code: .malformedFile, place: "hidden_size", change: set(["hidden_size": ""])
    ),
    Case(
      name: "width a text", code: .malformedFile, place: "hidden_size",
      change: set(["hidden_size": #""32""#])),
    Case(
      name: "negative layers", code: .malformedFile, place: "num_hidden_layers",
      change: set(["num_hidden_layers": "-1"])),
    Case(
      name: "heads do not divide", code: .malformedFile, place: "num_attention_heads",
      change: set(["num_attention_heads": "5"])),
    Case(
      name: "huge vocabulary", code: .malformedFile, place: "vocab_size",
      change: set(["vocab_size": "9000000000"])),
    Case(
      name: "more layers than weights", code: .missingTensor,
      place: "encoder.layer.2.attention.self.query.weight", change: set(["num_hidden_layers": "3"])),
    Case(
      name: "another width", code: .shapeMismatch, place: "embeddings.word_embeddings.weight",
      change: set(["hidden_size": "16"])),
    Case(
      name: "another feed-forward width", code: .shapeMismatch, place: "intermediate.dense.weight",
      change: set(["intermediate_size": "64"])),
    Case(
      name: "more positions", code: .shapeMismatch, place: "position_embeddings",
      change: set(["max_position_embeddings": "25"])),
    Case(
      name: "weights cut off", code: .malformedFile, place: "model.safetensors",
      change: { folder in
        let url = folder.appendingPathComponent("model.safetensors")
        try Data(contentsOf: url).dropLast(9).write(to: url)
      }),
    Case(
      name: "vocabulary of another model", code: .shapeMismatch, place: "vocab_size",
      change: { folder in
        let url = folder.appendingPathComponent("vocab.txt")
        try (try Data(contentsOf: url) + Data("one\nmore\n".utf8)).write(to: url)
      }),
    Case(
      name: "two poolings", code: .unsupportedSetting, place: "pooling_mode",
      change: write(
        "1_Pooling/config.json",
        #"{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}"#)),
    Case(
      name: "no pooling", code: .unsupportedSetting, place: "pooling_mode",
      change: write("1_Pooling/config.json", "{}")),
    Case(
      name: "a dense module", code: .unsupportedArchitecture, place: "modules.json",
      change: write(
        "modules.json", #"[{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]"#)),
    Case(
      name: "pooling outside the folder", code: .malformedFile, place: "modules.json",
      change: write(
        "modules.json", #"[{"type": "sentence_transformers.models.Pooling", "path": "../x"}]"#)),
    Case(
      name: "too short a limit", code: .malformedFile, place: "max_seq_length",
      change: write("sentence_bert_config.json", #"{"max_seq_length": 2}"#)),
  ]

  @Test(arguments: cases) func aBrokenDirectoryIsNamed(_ broken: Case) throws {
    let model = try #require(Fixture.read("tiny.json", as: TinyModels.self).models["bert"])
    let folder = try TemporaryFolder()
    try writeTinyModel(model, to: folder.url)
    _ = try TransformerEncoder(directory: folder.url, precision: .float32)
    try broken.change(folder.url)
    let error = #expect(throws: EncoderError.self) {
      try TransformerEncoder(directory: folder.url, precision: .float32)
    }
    #expect(error?.code == broken.code)
    let places = [error?.path, error?.field].compactMap(\.self).joined(separator: " ")
    #expect(places.contains(broken.place))
  }

  @Test func aMissingTensorIsNamed() throws {
    let model = try #require(Fixture.read("tiny.json", as: TinyModels.self).models["bert"])
    let folder = try TemporaryFolder()
    let name = "encoder.layer.1.output.LayerNorm.bias"
    try writeTinyModel(model, to: folder.url, leavingOut: name)
    let error = #expect(throws: EncoderError.self) {
      try TransformerEncoder(directory: folder.url)
    }
    #expect(error?.code == .missingTensor && error?.field == name)
  }

  @Test func aReshapedTensorIsNamedWithBothShapes() throws {
    let model = try #require(Fixture.read("tiny.json", as: TinyModels.self).models["bert"])
    let folder = try TemporaryFolder()
    let name = "encoder.layer.0.attention.self.key.bias"
    try writeTinyModel(model, to: folder.url, reshaping: name)
    let error = #expect(throws: EncoderError.self) {
      try TransformerEncoder(directory: folder.url)
    }
    #expect(error?.code == .shapeMismatch && error?.field == name)
    #expect(error?.message.contains("[32]") == true && error?.message.contains("[32, 1]") == true)
  }

  @Test(arguments: [
    Data(), Data("E5S".utf8), Data("E5S1".utf8), Data("E5S2".utf8) + Data(count: 200),
    Data("E5S1".utf8) + Data([1, 0, 0, 0]) + Data(count: 200),
    Data("E5S1".utf8) + Data([1, 0, 0, 0]) + Data(repeating: 0xFF, count: 200),
  ])
  func aBrokenPackedFileIsRefused(_ content: Data) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("model.bin")
    try content.write(to: url)
    let error = #expect(throws: EncoderError.self) { try TransformerEncoder(packed: url) }
    #expect(error?.code == .malformedFile)
  }
}

@Suite struct ModelStoreTests {
  @Test func importedModelsAreListedInspectedAndUsed() throws {
    let model = try #require(Fixture.read("tiny.json", as: TinyModels.self).models["bert"])
    let source = try TemporaryFolder()
    let home = try TemporaryFolder()
    try writeTinyModel(model, to: source.url, pooling: "cls_token", normalises: true)
    let store = ModelStore(folders: [home.url], dependencies: [])
    let summary = try store.import(directory: source.url, name: "tiny")
    guard case .transformer(_, let pooling) = summary.network else {
      return #expect(Bool(false), "a transformer was imported as something else")
    }
    #expect(pooling == .first && summary.normalises && summary.dimension == 32)
    #expect(
      summary.parameters
        == model.shapes.filter { !$0.key.hasPrefix("pooler") }
        .reduce(0) { $0 + $1.value.reduce(1, *) })
    #expect(store.list().map(\.name) == ["tiny"])
    #expect(try store.inspect("tiny") == summary)
    let texts = ["w5 w6", "w7"]
    let imported = try store.encoder(named: "tiny", precision: .float32).encode(texts)
    let original = try TransformerEncoder(directory: source.url, precision: .float32).encode(texts)
    #expect(imported == original)
    let left = try FileManager.default.contentsOfDirectory(atPath: home.url.path)
    #expect(left == ["tiny"])
  }

  @Test func aBrokenModelIsNotImported() throws {
    let model = try #require(Fixture.read("tiny.json", as: TinyModels.self).models["bert"])
    let source = try TemporaryFolder()
    let home = try TemporaryFolder()
    try writeTinyModel(
      model, to: source.url, leavingOut: "encoder.layer.0.output.dense.weight")
    let store = ModelStore(folders: [home.url], dependencies: [])
    #expect(throws: EncoderError.self) { try store.import(directory: source.url, name: "broken") }
    #expect(store.list().isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.path).isEmpty)
  }

  @Test(arguments: [
    ("minilm-l6", EncoderError.Code.nameTaken), ("", .invalidName), ("../up", .invalidName),
    (".hidden", .invalidName), ("a b", .invalidName),
  ])
  func namesAreChecked(_ name: String, _ code: EncoderError.Code) throws {
    let home = try TemporaryFolder()
    let store = ModelStore(folders: [home.url], dependencies: [])
    let error = #expect(throws: EncoderError.self) {
      try store.import(directory: home.url, name: name)
    }
    #expect(error?.code == code)
  }

  @Test func anUnknownModelNamesThoseThereAre() throws {
    let home = try TemporaryFolder()
    let store = ModelStore(folders: [home.url], dependencies: [])
    let error = #expect(throws: EncoderError.self) { try store.locate("nothing") }
    #expect(error?.code == .unknownModel)
    #expect(throws: EncoderError.self) { try store.locate("./nothing") }
    #expect(throws: EncoderError.self) { try store.locate("minilm-l6") }
  }
}
