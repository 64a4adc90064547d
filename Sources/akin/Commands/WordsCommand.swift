import AkinCatalogue
import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct WordsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "words",
    abstract: "Learn from product texts which words mean alike, and show them.",
    discussion: """
      Vectors of words by the company they keep: skip-gram or CBOW with negative sampling. Chinese and
      other scripts without blanks are cut by a dictionary.

      Examples:
        akin words train --products products.csv --output words
        akin words like --model words 手机
      """,
    subcommands: [Train.self, Like.self])

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train",
      abstract: "Learn vectors of words from product files.",
      discussion: """
        Reads titles, brands, categories and descriptions.

        Examples:
          akin words train --products products.csv --output words
          akin words train --products a.tsv b.jsonl --output words --objective cbow --dimension 200
        """)

    @Option(parsing: .upToNextOption, help: "Product files; later files win over earlier ones.")
    var products: [String]

    @OptionGroup var mapping: ProductMapping

    @Option(help: "The folder to write the vectors to.")
    var output: String

    @Option(
      help: "skip-gram, or cbow, which is several times as fast.", transform: Choice.read)
    var objective = WordTraining.Objective.skipGram

    @Option(help: "The length of a vector.")
    var dimension = WordTraining().dimension

    @Option(help: "Words on either side that are company, at most.")
    var window = WordTraining().window

    @Option(help: "Words that a word is told apart from, each time.")
    var negatives = WordTraining().negatives

    @Option(help: "Passes over the texts.")
    var epochs = WordTraining().epochs

    @Option(help: "Words that stand in the texts less often have no vector.")
    var minimum = WordTraining().minimumCount

    @Flag(inversion: .prefixedNo, help: "Whether descriptions are read.")
    var descriptions = true

    @Option(help: "What all random choices follow from.")
    var seed: UInt64 = 0

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      var training = WordTraining()
      training.objective = objective
      (training.dimension, training.window, training.negatives) = (dimension, window, negatives)
      (training.epochs, training.minimumCount, training.seed) = (epochs, minimum, seed)
      let summary = try LearnWords(progress: TerminalProgress()).run(
        training, products: products.map { URL(filePath: $0) }, options: try mapping.options(),
        usesDescriptions: descriptions, output: URL(filePath: output))
      if json { return try Terminal.printJSON(summary) }
      Terminal.print(
        "\(summary.words.formatted()) words of \(summary.texts.formatted()) texts, "
          + "\(summary.dimension) dimensions, saved in \(output).")
      Terminal.print("Next: akin words like --model \(output) WORD")
    }
  }

  struct Like: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "like",
      abstract: "Show the words most like one, or like several together.",
      discussion: """
        Example: akin words like --model words 手机
        """)

    @Argument(help: "A word or several.")
    var words: [String]

    @Option(help: "The folder that `akin words train` wrote.")
    var model: String

    @Option(name: .customShort("k"), help: "Words to show.")
    var count = 10

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      guard (1...10_000).contains(count) else {
        throw ValidationError("-k takes a number from 1 to 10000, not \(count).")
      }
    }

    func run() throws {
      let found = try LearnWords(progress: SilentProgress()).like(
        words.joined(separator: " "), folder: URL(filePath: model), count: count)
      if json { return try Terminal.printJSON(found) }
      for likeness in found {
        Terminal.print(
          String(format: "%6.3f  ", likeness.cosine)
            + DisplayWidth.pad(likeness.word, to: 24) + likeness.count.formatted())
      }
    }
  }
}
