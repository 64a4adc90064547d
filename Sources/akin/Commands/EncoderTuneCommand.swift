import AkinEncoders
import AkinEngine
import ArgumentParser
import Foundation

struct EncoderTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Fine-tune a pretrained encoder on pairs of texts.",
    discussion: """
      Pairs are a table (CSV, TSV, JSON lines, Parquet) with the columns query and title (or left
      and right) and, where pairs differ in it, relevance; or labelled pairs of products as for
      akin match. Without --valid a tenth of the left texts decides which epoch is kept.

      The folder that is written is a model like any other: akin build --model ./my-encoder,
      akin model import ./my-encoder.

      Examples:
        akin encoder tune --pairs judged.csv --output my-encoder
        akin encoder tune --pairs train.txt --valid valid.txt --method lora --output my-encoder
      """)

  @Option(help: "The pairs to learn from.")
  var pairs: String

  @Option(help: "Pairs to choose by; no left text of --pairs should be among them.")
  var valid: String?

  @Option(help: "The encoder to begin with: a name of `akin model list`, or a folder with a slash.")
  var encoder = BuiltInModel.miniLM.rawValue

  @Option(help: "The folder to write the encoder to.")
  var output: String

  @Option(help: "The time that training may take, such as 10m or 90s.")
  var budget = TimeBudget(seconds: 600)

  @Option(
    help: "Which weights change: full or lora (low-rank corrections, added in when saved).",
    transform: Choice.read)
  var method = BiEncoderSettings.Method.full

  @Option(
    help: ArgumentHelp(
      "What is learned: contrast (right answers above others), order (better above worse), "
        + "relevance (its value), both; by the pairs where left out."), transform: Choice.read)
  var objective: BiEncoderSettings.Objective?

  @Option(
    help: ArgumentHelp(
      "The validation measure that an epoch is kept by: ndcg@10, spearman, average precision, "
        + "mrr@10; by the pairs where left out."))
  var measure: String?

  @Option(help: "Passes over the pairs, at most.")
  var epochs = BiEncoderSettings().epochs

  @Option(help: "Pairs of a step.")
  var batch = BiEncoderSettings().batch

  @Option(help: "The peak of the learning rate.")
  var rate: Double?

  @Option(help: "Blocks, from the first on, that stay as pretrained.")
  var frozen = 0

  @Option(help: "The rank of low-rank corrections.")
  var rank = BiEncoderSettings().rank

  @Option(help: "Tokens of a text, at most.")
  var tokens = BiEncoderSettings().tokens

  @Option(help: "What all random choices follow from.")
  var seed: UInt64 = 0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    for (name, value, range) in [
      ("--epochs", epochs, 1...1_000), ("--batch", batch, 2...4_096), ("--frozen", frozen, 0...512),
      ("--rank", rank, 1...256), ("--tokens", tokens, 8...4_096),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
    if let rate, !(rate > 0 && rate < 1) {
      throw ValidationError("--rate takes a number above 0 and below 1, not \(rate).")
    }
  }

  func run() throws {
    var tuning = BiEncoderTuning()
    tuning.encoder = encoder
    tuning.seed = seed
    tuning.budget = .seconds(budget.seconds)
    tuning.settings.method = method
    tuning.settings.objective = objective
    tuning.settings.measure = measure
    (tuning.settings.epochs, tuning.settings.batch) = (epochs, batch)
    (tuning.settings.rate, tuning.settings.frozenBlocks) = (rate, frozen)
    (tuning.settings.rank, tuning.settings.tokens) = (rank, tokens)
    let tune = TuneEncoder(progress: TerminalProgress()) { Terminal.warn("  \($0)") }
    let card = try tune.tune(
      tuning, pairs: URL(filePath: pairs), valid: valid.map { URL(filePath: $0) },
      output: URL(filePath: output))
    if json { return try Terminal.printJSON(card) }
    Terminal.print(Self.text(card, output))
  }

  private static func text(_ card: TunedEncoder.Card, _ output: String) -> String {
    func line(_ measures: [String: Double]) -> String {
      measures.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.4f", $0.value))" }
        .joined(separator: "  ")
    }
    var lines = ["before   \(line(card.before))"]
    lines += card.epochs.map { epoch in
      "epoch \(epoch.epoch)  \(line(epoch.measures))  "
        + String(format: "loss %.4f, %.1f s", epoch.loss, epoch.seconds)
        + (epoch.epoch == card.best ? "  (kept)" : "")
    }
    if card.best == nil { lines.append("after    \(line(card.after))  (the time ended early)") }
    let name = output.contains("/") ? output : "./" + output
    lines.append("Saved in \(output): akin build --model \(name)")
    return lines.joined(separator: "\n")
  }
}
