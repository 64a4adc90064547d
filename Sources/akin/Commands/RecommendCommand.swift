import AkinCatalogue
import AkinEngine
import AkinStorage
import ArgumentParser
import Foundation

struct RecommendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Show what a shopper, or a visit, would want next.",
    discussion: """
      Needs a recommender: akin train --shop DIR. A shopper whom the logs do not know gets what
      most shoppers take.

      Examples:
        akin recommend --shop my-shop u17
        akin recommend --shop my-shop --session 101001,101103 --k 5 --json
      """)

  @OptionGroup var shop: ShopOptions

  @Argument(help: "A shopper's name in the logs.")
  var shopper: String?

  @Option(help: "Products of a visit instead, in order, separated by commas.")
  var session: String?

  @Option(name: .customLong("k"), help: "How many.")
  var count = 10

  @Flag(
    inversion: .prefixedNo,
    help: "Whether what the shopper has may come; as training learnt, in a visit not.")
  var repeats: Bool?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (shopper == nil) != (session == nil) else {
      throw ValidationError(
        "Name one shopper, or a session: akin recommend --shop DIR SHOPPER | --session a,b,c")
    }
    guard (1...1000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 1000, not \(count).")
    }
  }

  func run() throws {
    let recommend = try RecommendProducts(store: shop.open())
    let result = try recommend.recommend(for: subject, count: count, repeats: repeats)
    if let shopper, !result.isKnown {
      let alike = try recommend.shoppers(like: shopper)
      let hint = alike.isEmpty ? "" : " Did you mean \(alike.joined(separator: ", "))?"
      Terminal.warn("Nothing is known of '\(shopper)': this is what most shoppers take.\(hint)")
    }
    if json { return try Terminal.printJSON(result) }
    show(result)
  }

  private var subject: RecommendProducts.Subject {
    if let shopper { return .shopper(shopper) }
    let products = (session ?? "").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return .session(products.filter { !$0.isEmpty })
  }

  private func show(_ result: RecommendProducts.Result) {
    if !result.history.isEmpty {
      Terminal.print(result.shopper.map { "The last of \($0)" } ?? "This visit")
      for past in result.history { Terminal.print("  \(Self.line(past))") }
      Terminal.print("")
    }
    if let outlook = Self.outlook(result) { Terminal.print("\(outlook)\n") }
    Terminal.print("Recommended")
    for (rank, item) in result.items.enumerated() {
      let head = "\(rank + 1)".count == 1 ? " \(rank + 1)" : "\(rank + 1)"
      Terminal.print(
        "  \(head)  " + String(format: "%.3f", item.score)
          + "  \(DisplayWidth.pad("\(item.id)  \(item.title)", to: 46))  \(Self.reason(item))")
    }
    if let why = result.shortBecause { Terminal.print("  Fewer than asked for: \(why).") }
  }

  /// When the shopper buys and comes next, where training learnt it.
  private static func outlook(_ result: RecommendProducts.Result) -> String? {
    guard let probability = result.purchaseProbability, let horizon = result.purchaseHorizon,
      let visit = result.expectedNextVisit
    else { return nil }
    let stretch =
      horizon < 86_400
      ? String(format: "%g hours", horizon / 3_600) : String(format: "%g days", horizon / 86_400)
    // Seconds would promise more than a median of days holds.
    let date = Date.ISO8601FormatStyle().year().month().day()
    let hours = date.dateTimeSeparator(.space).time(includingFractionalSeconds: false)
    let time = Date(timeIntervalSince1970: visit).formatted(horizon < 86_400 ? hours : date)
    let share = String(format: "%.0f %%", probability * 100)
    return "Buys within \(stretch) of the last visit: \(share); expected next: \(time)"
  }

  private static func line(_ past: RecommendProducts.Past) -> String {
    var line = DisplayWidth.pad("\(past.id)  \(past.title)", to: 46)
    line += past.count == 1 ? "  1 event" : "  \(past.count) events"
    if let last = past.last {
      let day = Date(timeIntervalSince1970: last).formatted(.iso8601.year().month().day())
      line += ", last \(day)"
    }
    return line
  }

  /// How often the product was taken, and the largest parts of its score.
  private static func reason(_ item: RecommendProducts.Item) -> String {
    let taken = item.taken.map { ["taken \($0) ×"] } ?? []
    // What only settles ties explains nothing; of a stranger's list it is all there is.
    let telling = item.reasons.filter { $0.contribution >= item.score / 100 }
    let parts = telling.prefix(2).map { reason in
      let part = "\(reason.source) " + String(format: "%.2f", reason.contribution)
      return reason.becauseTitle.map { "\(part), for \($0)" } ?? part
    }
    return (taken + parts).joined(separator: " · ")
  }
}
