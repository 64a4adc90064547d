import AkinCatalogue
import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct EncoderTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a small encoder from nothing on a shop's own texts.",
    discussion: """
      Without labels it learns from two views of each product, with words left out; --groups learns
      from products of one item group (--map item_group=COLUMN), --pairs from a table of two texts
      (query and title, or left and right) and a relevance, or from labelled pairs as for akin match.

      The folder that is written is a model like any other: akin build --model ./my-encoder,
      akin model import ./my-encoder.

      Examples:
        akin encoder train --products products.csv --output my-encoder
        akin encoder train --products offers.csv --groups --map item_group=cluster --output my-encoder
        akin encoder train --pairs train.csv --architecture textcnn --output my-encoder
      """)

  @Option(parsing: .upToNextOption, help: "Product files; later files win over earlier ones.")
  var products: [String] = []

  @OptionGroup var mapping: ProductMapping

  @Flag(help: "Learn which products are one from their item group.")
  var groups = false

  @Option(parsing: .upToNextOption, help: "Labelled pairs, instead of products.")
  var pairs: [String] = []

  @Option(help: "The folder to write the encoder to.")
  var output: String

  @Option(help: "What reads the words: textcnn, bilstm or bigru.", transform: Choice.read)
  var architecture = CompactConfiguration.Architecture.biGRU

  @Option(help: ArgumentHelp("Word vectors of akin words train to begin with.", valueName: "dir"))
  var words: String?

  @Option(help: "Length of a text's vector.")
  var dimension: Int = CompactConfiguration(.biGRU).dimension

  @Option(help: "Width of the states in each direction, or outputs of each convolution.")
  var width: Int = CompactConfiguration(.biGRU).width

  @Option(
    help: "How the states of words become one vector: mean or attention.", transform: Choice.read)
  var pooling = CompactConfiguration(.biGRU).pooling

  @Option(parsing: .upToNextOption, help: "Words that each convolution of textcnn sees.")
  var kernels = CompactConfiguration(.textCNN).kernels

  @Option(help: "Passes over the products or pairs, at most.")
  var epochs = CompactTraining(.biGRU).epochs

  @Option(help: "The peak of the learning rate.")
  var rate = CompactTraining(.biGRU).rate

  @Option(help: "The share of words that a view leaves out.")
  var deletion = CompactTraining(.biGRU).deletion

  @Option(help: "How often a view splits 64gb, or joins 64 gb.")
  var respelling = CompactTraining(.biGRU).respelling

  @Option(help: "Smaller looks at the nearest wrong texts alone.")
  var temperature = CompactTraining(.biGRU).temperature

  @Option(help: "The time that training may take, such as 10m or 90s.")
  var budget = TimeBudget(seconds: 1_800)

  @Option(help: "What all random choices follow from.")
  var seed: UInt64 = 0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard products.isEmpty != pairs.isEmpty else {
      throw ValidationError("Say what to learn from: --products FILE or --pairs FILE.")
    }
    guard !groups || pairs.isEmpty else {
      throw ValidationError("--groups goes with --products.")
    }
  }

  func run() throws {
    var training = CompactTraining(architecture)
    training.configuration.dimension = dimension
    training.configuration.width = width
    training.configuration.pooling = pooling
    training.configuration.kernels = kernels
    (training.epochs, training.rate, training.deletion) = (epochs, rate, deletion)
    (training.temperature, training.respelling, training.seed) = (temperature, respelling, seed)
    training.budget = .seconds(budget.seconds)
    let summary = try TrainEncoder(progress: TerminalProgress()).run(
      training, on: try source(), words: words.map { URL(filePath: $0) },
      output: URL(filePath: output))
    if json { return try Terminal.printJSON(summary) }
    let card = summary.training
    Terminal.print(
      "\(summary.architecture), \(summary.dimension) dimensions, "
        + "\(summary.parameters.formatted()) weights: "
        + String(
          format: "mean reciprocal rank %.3f among %d held-out texts, %.0f texts a second.",
          card.reciprocalRank, card.candidates, summary.textsPerSecond))
    let model = output.contains("/") ? output : "./" + output
    Terminal.print("Saved in \(output). Next: akin build --model \(model) …")
  }

  private func source() throws -> TrainEncoder.Source {
    if !pairs.isEmpty { return .pairs(pairs.map { URL(filePath: $0) }) }
    let options = try mapping.options()
    let files = products.map { URL(filePath: $0) }
    return groups ? .groups(files, options) : .products(files, options)
  }
}
