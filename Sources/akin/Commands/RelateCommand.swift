import AkinAlike
import AkinCatalogue
import AkinEngine
import ArgumentParser
import Foundation

struct RelateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relate",
    abstract: "Learn in which way products are alike: same, variant, substitute, complement.",
    subcommands: [Train.self])

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "train",
      abstract: "Learn types of relation from what a shop knows.",
      discussion: """
        Learns from bar codes (the same), item groups (variants), what was looked at but hardly
        bought together (substitutes), what was bought together (complements) and known links.
        A fifth of the pairs calibrates the probabilities, another fifth is opened once for the
        figures. Every built shop answers without it, by what the types mean; akin similar
        --relation uses what was trained last.

        A file of links is a table with a header and three columns, whatever their names: a
        product, another product, and what the second is to the first.

        Examples:
          akin relate train --shop my-shop
          akin relate train --shop my-shop --links links.csv --json
        """)

    @OptionGroup var shop: ShopOptions

    @Option(
      help: ArgumentHelp(
        "Known links; those of the last training where none are given.", valueName: "file"),
      completion: .file())
    var links: String?

    @Option(help: "What random choices begin from; the same seed gives the same result.")
    var seed: UInt64 = 0

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func run() throws {
      let named = try links.map { try ProductLink.read(URL(filePath: $0)) }
      let training = try TrainRelations(
        directory: shop.directory, seed: seed, progress: TerminalProgress(), now: { Date() })
      let report = try training.run(links: named)
      if json { return try Terminal.printJSON(report) }
      Terminal.print(Self.table(report))
      Terminal.print("Next: akin similar --shop \(shop.shop) PRODUCT --relation complement")
    }

    private static func table(_ report: RelationReport) -> String {
      func line(_ name: String, _ cells: [String], _ note: String) -> String {
        "  " + DisplayWidth.pad(name, to: 11)
          + cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }.joined()
          + (note.isEmpty ? "" : "  " + note)
      }
      func number(_ value: Double) -> String { String(format: "%.3f", value) }
      var lines = [
        "", "On \(report.testPairs.formatted()) held-out pairs, of which training saw none:",
        line(
          "", ["pairs", "precision", "recall", "F1", "AUC", "untrained"], "learnt from"),
      ]
      for entry in report.lines {
        lines.append(
          line(
            entry.relation.rawValue,
            [
              entry.test.formatted(), number(entry.precision), number(entry.recall),
              number(entry.f1), number(entry.auc), number(entry.priorF1),
            ], entry.source))
      }
      lines += [
        "",
        "  macro-F1 \(number(report.macroF1)); untrained \(number(report.priorMacroF1)); the most"
          + " frequent type alone \(number(report.baselineMacroF1))",
        "  calibration error \(number(report.ece)); untrained \(number(report.priorEce))",
        "  Pairs that say outright what they are (one bar code, one group, shared baskets and"
          + " visits) hide that here; in answers it counts.",
      ]
      return lines.joined(separator: "\n")
    }
  }
}
