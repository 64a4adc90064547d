import AkinCatalogue
import AkinEngine
import ArgumentParser
import Foundation

struct SearchTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search-train",
    abstract: "Learn how to order a shop's search results.",
    discussion: """
      Learns from judgments in a file, or from what shoppers did with search results: clicks that
      bring back the attribution_token of /v1/search. Compares the learned order with those of
      words, meaning, both and what the shop shows without one, on queries that it did not learn
      from, and keeps it where it is the best; akin search and akin serve use it from then on. Whole lists are measured: what nobody
      judged is worth nothing, and so is the least grade of a file that has several.

      With --tune-encoder the shop's encoder is tuned on these queries too, and what it says becomes
      one of the numbers that the order is learned from, where validation says that it helps.

      Examples:
        akin search-train --shop my-shop --judged judgments.tsv
        akin search-train --shop my-shop --judged judgments.tsv --tune-encoder --budget 20m
        akin search-train --shop my-shop
      """)

  @OptionGroup var shop: ShopOptions

  @Option(
    help: ArgumentHelp(
      "Lines of query, product and relevance (0 or more), separated by tabs.", valueName: "file"))
  var judged: String?

  @Flag(help: "Tune the shop's encoder on the queries too: minutes instead of seconds.")
  var tuneEncoder = false

  @Option(
    help: "The time that tuning may take, such as 10m or 90s; reading all candidates comes on top.")
  var budget = TimeBudget(seconds: 600)

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func run() throws {
    var training = try TrainSearch(
      directory: shop.directory, judged: judged.map { URL(filePath: $0) },
      progress: TerminalProgress())
    if tuneEncoder { training.tuning = SearchTuning(budget: .seconds(budget.seconds)) }
    let report = try training.run()
    if json { return try Terminal.printJSON(report) }
    Terminal.print(Self.text(report))
  }

  private static func text(_ report: SearchTrainingReport) -> String {
    var lines = [
      "\(report.queries.formatted()) queries, \(report.products.formatted()) products"
        + (report.unknown > 0
          ? "; \(report.unknown.formatted()) judgments of products that the shop does not have"
          : ""),
      "", "  NDCG@10        validation       test",
    ]
    for figure in report.figures {
      lines.append(
        "  " + DisplayWidth.pad(figure.order, to: 16)
          + String(format: "%9.4f  %9.4f", figure.validation, figure.test))
    }
    return (lines + ["", report.reason]).joined(separator: "\n")
  }
}
