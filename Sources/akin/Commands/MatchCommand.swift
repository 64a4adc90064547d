import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct MatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Learn from labelled pairs which products are the same, and tell of others.",
    discussion: """
      Pairs come as lines of COL name VAL value … <tab> COL name VAL value … <tab> label, or as a
      table (CSV, TSV, JSON lines, Parquet) with the columns left_title, right_title, left_price,
      right_price …, and label (1 the same product, 0 another).

      Examples:
        akin match train --train train.csv --valid valid.csv --output matcher
        akin match evaluate --model matcher --pairs test.csv --json
        akin match predict --model matcher --pairs new.csv > probabilities.tsv
      """,
    subcommands: [Train.self, Evaluate.self, Predict.self])

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Train a matcher on labelled pairs.",
      discussion: """
        Learns from --train; threshold, calibration and the best epoch come from --valid. The text
        model follows the language of the pairs unless --encoder names one of `akin model list`.

        Example: akin match train --train train.txt --valid valid.txt --output matcher
        """)

    @Option(help: "Labelled pairs to learn from.")
    var train: String

    @Option(help: "Labelled pairs to choose by; no pair of --train should be among them.")
    var valid: String

    @Option(help: "The folder to write the matcher to.")
    var output: String

    @Option(help: "A name of `akin model list`, or a Hugging Face directory (with a slash).")
    var encoder: String?

    @Option(help: "The time that training may take, such as 10m or 90s.")
    var budget = TimeBudget(seconds: 600)

    @Option(help: "Passes over the pairs at most, in fine-tuning.")
    var epochs: Int?

    @Flag(help: "Leave out the cross-encoder: seconds instead of minutes, and less accurate.")
    var comparisonsOnly = false

    @Option(help: "What all random choices follow from.")
    var seed: UInt64 = 0

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if let epochs, !(1...1000).contains(epochs) {
        throw ValidationError("--epochs takes a number from 1 to 1000, not \(epochs).")
      }
    }

    func run() throws {
      var training = MatchTraining()
      training.encoder = encoder
      training.seed = seed
      training.budget = .seconds(budget.seconds)
      if let epochs { training.crossEncoder?.epochs = epochs }
      if comparisonsOnly { training.crossEncoder = nil }
      let card = try MatchProducts(progress: TerminalProgress()).train(
        training, train: URL(filePath: train), valid: URL(filePath: valid),
        output: URL(filePath: output))
      if json { return try Terminal.printJSON(card) }
      Terminal.print("Validation  \(MatchCommand.line(card.validation))")
      Terminal.print("Saved in \(output), \(Int(card.seconds.rounded())) s of training.")
    }
  }

  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure a matcher on labelled pairs.",
      discussion: "Example: akin match evaluate --model matcher --pairs test.txt --json")

    @Option(help: "The folder that `akin match train` wrote.")
    var model: String

    @Option(help: "Labelled pairs.")
    var pairs: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let measures = try MatchProducts(progress: SilentProgress()).evaluate(
        model: URL(filePath: model), pairs: URL(filePath: pairs))
      if json { return try Terminal.printJSON(measures) }
      Terminal.print(MatchCommand.line(measures))
    }
  }

  struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print each pair's probability of being one product.",
      discussion: """
        One line a pair in the order of the file: its number, the probability, and match or other
        after the matcher's threshold. Labels are not needed and not looked at.

        Example: akin match predict --model matcher --pairs new.csv
        """)

    @Option(help: "The folder that `akin match train` wrote.")
    var model: String

    @Option(help: "Pairs, with or without labels.")
    var pairs: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let predictions = try MatchProducts(progress: SilentProgress()).predict(
        model: URL(filePath: model), pairs: URL(filePath: pairs))
      if json { return try Terminal.printJSON(predictions) }
      for row in predictions {
        Terminal.print(
          String(format: "%d\t%.4f\t%@", row.pair, row.probability, row.isMatch ? "match" : "other")
        )
      }
    }
  }

  private static func line(_ measures: MatchMeasures) -> String {
    String(
      format:
        "F1 %.3f  precision %.3f  recall %.3f  AUC %.3f  ECE %.3f  threshold %.3f  (%d pairs)",
      measures.f1, measures.precision, measures.recall, measures.auc, measures.ece,
      measures.threshold, measures.pairs)
  }
}
