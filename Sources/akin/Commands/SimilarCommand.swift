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
        akin similar --shop my-shop 101001 --relation complement
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

  @Option(
    help: ArgumentHelp(
      "Only what is this to the product: same, variant, substitute or complement; each with its"
        + " probability and the evidence.", valueName: "type"), transform: Relation.read)
  var relation: Relation?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (id == nil) != (text == nil) else {
      throw ValidationError(
        "Name one product, or a text: akin similar --shop DIR ID | --text \"…\"")
    }
    guard relation == nil || text == nil else {
      throw ValidationError("--relation asks about a product, not about a text.")
    }
    guard (1...1000).contains(count) else {
      throw ValidationError("--k takes a number from 1 to 1000, not \(count).")
    }
  }

  func run() throws {
    let store = try shop.open()
    let products = SimilarProducts(store: store, distinct: distinct, explaining: explain)
    let result =
      if let id, let relation {
        try products.related(to: id, as: relation, k: count)
      } else if let id {
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
    if let relation = query.relation { return showRelated(result.items, relation) }
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

  /// Each with its probability, its score and the parts of the score.
  private func showRelated(_ items: [SimilarProducts.Item], _ relation: Relation) {
    if items.isEmpty {
      Terminal.print("  No product is most likely of the type \(relation.rawValue).")
    }
    for item in items {
      let probability = String(format: "%3.0f %%", (item.probability ?? 0) * 100)
      let score = String(format: "%+.2f", item.score)
      var title = item.title
      if let variant = item.variant, !title.contains(variant) { title += ", \(variant)" }
      Terminal.print("  \(probability)  \(item.id)  \(title)  \(score)")
      let parts = (item.evidence ?? []).map { part in
        let detail = part.detail.filter { !$0.isEmpty }.joined(separator: ", ")
        return String(format: "%+.2f ", part.contribution) + part.source
          + (detail.isEmpty ? "" : " (\(detail))")
      }
      for part in explain ? parts : Array(parts.prefix(3)) { Terminal.print("          \(part)") }
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

extension Relation {
  /// A type that a list can be asked for.
  static func read(_ argument: String) throws -> Relation {
    if let relation = Relation(rawValue: argument.lowercased()), relation != .unrelated {
      return relation
    }
    let known = related.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("'\(argument)' is no type; the types are \(known).")
  }
}
