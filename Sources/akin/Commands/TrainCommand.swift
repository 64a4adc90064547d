import AkinCatalogue
import AkinEngine
import ArgumentParser
import Foundation

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn from a shop's histories what each shopper would want next.",
    discussion: """
      Fits several recommenders on what shoppers did first, chooses and blends them on what they
      did later, and says on the last span of time how good that is. What is kept is fitted on
      everything; akin recommend uses it.

      With --heads a network learns beside them how probably a shopper buys something within
      --horizon, and when the shopper comes next; akin recommend and the server's shoppers say it.

      Examples:
        akin train --shop my-shop
        akin train --shop my-shop --budget 5m --weights view_item=0.2 add_to_cart=0.5
        akin train --shop my-shop --heads --horizon 14d
      """)

  @OptionGroup var shop: ShopOptions

  @Option(help: "Time that fitting may take, about, such as 90s, 5m or 1h.")
  var budget = TimeBudget(seconds: 300)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What events are worth, a purchase being 1.", valueName: "type=number"))
  var weights: [String] = []

  @Flag(help: "Learn also when shoppers buy and come next, in a quarter of the budget more.")
  var heads = false

  @Option(
    help: ArgumentHelp(
      "Within what a purchase counts for --heads, such as 1h or 14d.", valueName: "time"))
  var horizon = TimeBudget(seconds: 7 * 86_400)

  @Option(name: .customLong("k"), help: "Length of the lists that are judged.")
  var cut = 10

  @Option(help: "What random choices begin from; the same seed gives the same result.")
  var seed: UInt64 = 0

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    guard (1...100).contains(cut) else {
      throw ValidationError("--k takes a number from 1 to 100, not \(cut).")
    }
  }

  func run() throws {
    var options = TrainShop.Options()
    options.budget = budget.seconds
    options.weights = try EventWeights(pairs: weights)
    options.cut = cut
    options.seed = seed
    options.horizon = heads ? horizon.seconds : nil
    let training = try TrainShop(
      directory: shop.directory, options: options, progress: TerminalProgress(), now: { Date() })
    let report = try training.run()
    if json { return try Terminal.printJSON(report) }
    Terminal.print(Self.table(report))
    Terminal.print("Next: akin recommend --shop \(shop.shop) SHOPPER")
  }

  private static func table(_ report: TrainingReport) -> String {
    var lines = ["", "Predicted: \(report.target); \(report.split)."]
    lines += table("All products", report, report.all, \.all)
    lines += table("Products new to the shopper", report, report.new, \.new)
    if let heads = report.heads {
      lines += ["", "Purchases and visits, on test: \(heads.summary)."]
    }
    lines += ["", report.reason]
    return lines.joined(separator: "\n")
  }

  private static func table(
    _ title: String, _ report: TrainingReport, _ blend: TrainingReport.BlendFigures,
    _ share: (TrainingReport.Candidate) -> TrainingReport.Share
  ) -> [String] {
    func line(_ name: String, _ cells: [String]) -> String {
      "  " + DisplayWidth.pad(name, to: 16)
        + cells.map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }.joined()
    }
    func cells(_ weight: String, _ validation: Double, _ test: TrainingReport.Figures)
      -> [String]
    {
      [
        weight, String(format: "%.4f", validation), String(format: "%.4f", test.ndcg),
        String(format: "%.4f", test.recall), String(format: "%.3f", test.hit),
        String(format: "%.1f %%", test.coverage * 100),
      ]
    }
    let cut = report.cut
    var lines = [
      "", DisplayWidth.pad(title, to: 29) + " validation       test",
      line(
        "", ["weight"] + ["ndcg", "ndcg", "recall", "hit"].map { "\($0)@\(cut)" } + ["coverage"]),
    ]
    for candidate in report.candidates.sorted(by: { share($0).validation > share($1).validation }) {
      let share = share(candidate)
      let weight = share.weight > 0 ? String(format: "%g", share.weight) : "–"
      lines.append(line(candidate.name, cells(weight, share.validation, share.test)))
    }
    let isLearned = blend.learned?.isKept ?? false
    lines.append(
      line("blend" + (isLearned ? "" : " (kept)"), cells("", blend.validation, blend.test)))
    if let learned = blend.learned {
      lines.append(
        line(
          "learned" + (isLearned ? " (kept)" : ""), cells("", learned.validation, learned.test)))
    }
    var note = "  over \(blend.testShoppers.formatted()) shoppers of the test span"
    if let pValue = blend.pValue {
      note += "; the difference of the blend to \(blend.best) has " + Self.words(pValue)
    }
    if let pValue = blend.learned?.pValue {
      note += "; of the learned order to the blend " + Self.words(pValue)
    }
    return lines + [note]
  }

  private static func words(_ pValue: Double) -> String {
    pValue < 0.001 ? "p < 0.001" : String(format: "p = %.3f", pValue)
  }
}
