import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List, import and inspect encoders.",
    discussion: """
      Examples:
        akin model list
        akin model import ./bge-small-zh --name bge-small-zh
        akin model inspect multilingual-e5-small
      """,
    subcommands: [List.self, Import.self, Inspect.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the models that can be used by name.",
      discussion: "Example: akin model list --json")

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let store = ModelStore()
      let models = try store.list().map { ModelDescription(try store.inspect($0)) }
      if json { return try Terminal.printJSON(models) }
      for model in models {
        Terminal.print(
          "\(model.name.padding(toLength: 24, withPad: " ", startingAt: 0))  \(model.origin), "
            + "\(model.layers) layers, \(model.dimension) dimensions, "
            + "\(ByteCount.text(model.bytes))")
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a model's directory into the user's models.",
      discussion: """
        A Hugging Face directory of the BERT family holds config.json, model.safetensors and
        tokenizer.json or vocab.txt; pooling and normalisation are read from modules.json and
        1_Pooling where they are there. What akin encoder train wrote is taken as well. The model
        is tried on a text before it is copied.

        Example: akin model import ./bge-small-zh --name bge-small-zh
        """)

    @Argument(help: "The directory.")
    var directory: String

    @Option(help: "The name to use it by; the directory's own where left out.")
    var name: String?

    func run() throws {
      let folder = URL(filePath: directory, directoryHint: .isDirectory)
      guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
        throw EngineError(.unreadableInput, "\(directory): there is no such folder")
      }
      let summary = try ModelStore().import(
        directory: folder, name: name ?? folder.standardizedFileURL.lastPathComponent)
      Terminal.print(
        "Imported \(summary.location.name): akin build --model \(summary.location.name)")
    }
  }

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a model is: layers, dimension, vocabulary, pooling, files.",
      discussion: "Example: akin model inspect minilm-l6")

    @Argument(help: "A name of `akin model list`, or a directory (with a slash).")
    var model: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let description = ModelDescription(try ModelStore().inspect(model))
      if json { return try Terminal.printJSON(description) }
      for (name, value) in description.lines {
        Terminal.print("\(name.padding(toLength: 14, withPad: " ", startingAt: 0))  \(value)")
      }
    }
  }
}

/// A model as it is shown.
struct ModelDescription: Encodable {
  var name: String
  var origin: String
  var path: String
  var architecture: String
  var layers: Int
  var heads: Int
  var dimension: Int
  var vocabulary: Int
  var parameters: Int
  var maximumTokens: Int
  var pooling: String
  var normalised: Bool
  var passagePrefix: String
  var queryPrefix: String
  var bytes: Int

  init(_ summary: ModelSummary) {
    name = summary.location.name
    origin = summary.location.origin.rawValue
    path = summary.location.url.path(percentEncoded: false)
    switch summary.network {
    case .transformer(let configuration, let pooling):
      architecture = configuration.modelType
      layers = configuration.layers
      heads = configuration.heads
      vocabulary = configuration.vocabulary
      self.pooling = pooling.rawValue
    case .compact(let configuration):
      architecture = configuration.architecture.rawValue
      layers = 1
      heads = 0
      vocabulary = configuration.vocabulary
      pooling =
        configuration.architecture == .textCNN ? "maximum" : configuration.pooling.rawValue
    }
    dimension = summary.dimension
    parameters = summary.parameters
    maximumTokens = summary.maximumTokens
    normalised = summary.normalises
    passagePrefix = summary.prefixes.passage
    queryPrefix = summary.prefixes.query
    bytes = summary.bytes
  }

  var lines: [(String, String)] {
    [
      ("name", "\(name) (\(origin))"), ("path", path), ("architecture", architecture),
      ("layers", heads > 0 ? "\(layers), \(heads) heads" : "\(layers)"),
      ("dimension", "\(dimension)"),
      ("vocabulary", vocabulary.formatted()), ("parameters", parameters.formatted()),
      ("most tokens", "\(maximumTokens)"),
      ("pooling", pooling + (normalised ? ", unit length" : "")),
      ("prefixes", "passage '\(passagePrefix)', query '\(queryPrefix)'"),
      ("size", ByteCount.text(bytes)),
    ]
  }
}
