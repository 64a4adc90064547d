import AkinCatalogue
import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Learn from marked titles what titles name (brand, product, model), and mark others.",
    discussion: """
      Marked titles come as JSON lines: {"title": "…", "spans": [[start, end, "BRAND", "…"], …]}, with
      places in Unicode characters, the end exclusive. The types are those of the file.

      Examples:
        akin tag train --train train.jsonl --valid valid.jsonl --output tagger
        akin tag evaluate --model tagger --titles test.jsonl --dictionary train.jsonl
        akin tag predict --model tagger --title "羚跑商务背包双肩包男士"
      """,
    subcommands: [Train.self, Evaluate.self, Predict.self])

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Learn a tagger from marked titles.",
      discussion: """
        Learns from --train; the epoch that is kept is the best on --valid.

        Example: akin tag train --train train.jsonl --valid valid.jsonl --output tagger
        """)

    @Option(help: "Marked titles to learn from.")
    var train: String

    @Option(help: "Marked titles to choose by; none of --train should be among them.")
    var valid: String

    @Option(help: "The folder to write the tagger to.")
    var output: String

    @Option(help: "A pretrained encoder of `akin model list`, or none.")
    var encoder = "multilingual-e5-small"

    @Option(help: "Passes over the titles, at most.")
    var epochs = TaggerTraining().epochs

    @Option(help: "The peak of the learning rate.")
    var rate = TaggerTraining().rate

    @Option(help: "The share of inputs that a step leaves out.")
    var dropout = TaggerTraining().dropout

    @Option(help: "The time that training may take, such as 10m or 90s.")
    var budget = TimeBudget(seconds: 600)

    @Option(help: "What all random choices follow from.")
    var seed: UInt64 = 0

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if !(1...1000).contains(epochs) {
        throw ValidationError("--epochs takes a number from 1 to 1000, not \(epochs).")
      }
      if !(rate > 0 && rate < 1) || !(0..<1).contains(dropout) {
        throw ValidationError("--rate takes a number above 0, --dropout one from 0 to below 1.")
      }
    }

    func run() throws {
      var training = TaggerTraining()
      training.encoder = encoder == "none" ? nil : encoder
      (training.epochs, training.rate, training.dropout) = (epochs, rate, dropout)
      training.budget = .seconds(budget.seconds)
      training.seed = seed
      let card = try TagTitles(progress: TerminalProgress()).train(
        training, train: URL(filePath: train), valid: URL(filePath: valid),
        output: URL(filePath: output))
      if json { return try Terminal.printJSON(card) }
      Terminal.print(
        TagCommand.table([("tagger", card.validation), ("dictionary", card.dictionary)]))
      Terminal.print(
        "Epoch \(card.epoch), \(Int(card.seconds.rounded())) s of training, saved in \(output).")
    }
  }

  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure a tagger on marked titles.",
      discussion: """
        A stretch counts where start, end and type agree.

        Example: akin tag evaluate --model tagger --titles test.jsonl --json
        """)

    @Option(help: "The folder that `akin tag train` wrote.")
    var model: String

    @Option(help: "Marked titles.")
    var titles: String

    @Option(help: "Marked titles whose stretches make a dictionary to compare with.")
    var dictionary: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let result = try TagTitles(progress: SilentProgress()).evaluate(
        model: URL(filePath: model), titles: URL(filePath: titles),
        train: dictionary.map { URL(filePath: $0) })
      if json { return try Terminal.printJSON(result) }
      let rows =
        [("tagger", result.tagger)] + (result.dictionary.map { [("dictionary", $0)] } ?? [])
      Terminal.print(TagCommand.table(rows))
    }
  }

  struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Mark titles.",
      discussion: """
        One line of JSON a title, in the form of the training file.

        Examples:
          akin tag predict --model tagger --title "羚跑商务背包双肩包男士"
          akin tag predict --model tagger --input titles.txt > marked.jsonl
        """)

    @Option(help: "The folder that `akin tag train` wrote.")
    var model: String

    @Option(help: "A title.")
    var title: String?

    @Option(help: "A text file, one title a line.")
    var input: String?

    func validate() throws {
      if (title == nil) == (input == nil) {
        throw ValidationError("Say which titles: --title TEXT or --input FILE.")
      }
    }

    func run() throws {
      let titles = try title.map { [$0] } ?? TagTitles.lines(of: URL(filePath: input ?? ""))
      let spans = try TagTitles(progress: SilentProgress()).predict(
        model: URL(filePath: model), titles: titles)
      for (title, spans) in zip(titles, spans) {
        Terminal.print(try TaggedTitleFile.line(TaggedTitle(title: title, spans: spans)))
      }
    }
  }

  private static func table(_ rows: [(name: String, measures: SpanMeasures)]) -> String {
    var lines = ["                      precision  recall      F1    marked"]
    for (name, measures) in rows {
      let types = measures.types.sorted { $0.key < $1.key }.map { ("  " + $0.key, $0.value) }
      for (label, figures) in [(name, measures.all)] + types {
        lines.append(
          DisplayWidth.pad(label, to: 22)
            + String(
              format: "%9.3f  %6.3f  %6.3f  %8d", figures.precision, figures.recall, figures.f1,
              figures.marked))
      }
    }
    return lines.joined(separator: "\n")
  }
}
