import AkinAlike
import AkinEngine
import AkinStorage
import ArgumentParser
import Foundation

struct SimilarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Show what is like a product, or like a text.",
    discussion: """
      Examples:
        akin similar --shop my-shop 101001
        akin similar --shop my-shop 101001 --explain
        akin similar --shop my-shop --text "透明手机壳" --k 5 --json
      """)

  @OptionGroup var shop: ShopOptions

  @Argument(help: "A product's id.")
  var id: String?

  @Option(help: "Any text, instead of a product.")
  var text: String?

  @Option(name: .customLong("k"), help: "How many of each kind.")
  var count = 10

  @Flag(help: "One neighbour of each title: the sizes of one article count as one.")
  var distinct = false

  @Flag(help: "Say why: what words, model numbers, facts and meaning add to each score.")
  var explain = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (id == nil) != (text == nil) else {
      throw ValidationError(
        "Name one product, or a text: akin similar --shop DIR ID | --text \"…\"")
    }
    guard (1...1000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 1000, not \(count).")
    }
  }

  func run() throws {
    let store = try shop.open()
    let products = SimilarProducts(store: store, distinct: distinct, explaining: explain)
    let result =
      if let id {
        try products.similar(to: id, k: count)
      } else {
        try products.similar(toText: text ?? "", k: count)
      }
    if json { try Terminal.printJSON(result) } else { show(result) }
  }

  private func show(_ result: SimilarProducts.Result) {
    let query = result.query
    Terminal.print(
      [query.id, query.title ?? query.text].compactMap(\.self).joined(separator: "  "))
    if explain { return showEvidence(result.items(from: .content)) }
    let content = Columns.Column(title: "Similar", items: result.items(from: .content))
    let basket = Columns.Column(title: "Bought together", items: result.items(from: .basket))
    if basket.items.isEmpty {
      Terminal.print(Columns([content]).rendered())
      if query.id != nil { Terminal.print("  Bought together: no baskets yet") }
    } else {
      Terminal.print(Columns([content, basket]).rendered())
    }
  }

  /// Each neighbour with the parts of its score, the weightiest first.
  private func showEvidence(_ items: [SimilarProducts.Item]) {
    for item in items {
      let score = String(format: "%.3f", item.score)
      Terminal.print("  \(score)  \(item.id)  \(item.title)")
      for part in item.evidence ?? [] {
        let detail = part.detail.filter { !$0.isEmpty }.joined(separator: " · ")
        let contribution = String(format: "%+.3f", part.contribution)
        Terminal.print(
          "      \(contribution)  \(part.source)\(detail.isEmpty ? "" : ": " + detail)")
      }
    }
  }
}
