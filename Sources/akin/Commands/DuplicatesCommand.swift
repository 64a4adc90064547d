import AkinEngine
import ArgumentParser
import Foundation

struct DuplicatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract: "Show groups of products that are probably one, worded differently.",
    discussion: """
      Read from the lists of the last build, the most certain first. Products with the very same
      text count as one member of a group.

      Examples:
        akin duplicates --shop my-shop
        akin duplicates --shop my-shop --threshold 0.2 --json
      """)

  @OptionGroup var shop: ShopOptions

  @Option(help: "How much alike, beyond what is usual: higher finds fewer groups, and surer ones.")
  var threshold = FindDuplicates.usualThreshold

  @Option(help: "Groups to show.")
  var limit = 20

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard threshold > 0, threshold <= 1 else {
      throw ValidationError("--threshold takes a number above 0, at most 1, not \(threshold).")
    }
    guard (1...100_000).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to 100000, not \(limit).")
    }
  }

  func run() throws {
    let result = try FindDuplicates(store: shop.open()).run(threshold: threshold, limit: limit)
    if json { return try Terminal.printJSON(result) }
    guard !result.groups.isEmpty else {
      return Terminal.print(
        "No groups among \(result.products.formatted()) products at \(threshold).")
    }
    for group in result.groups {
      Terminal.print(String(format: "%.2f", group.sameness))
      for product in group.products {
        let others = product.sameText.map { " (+\($0.formatted()) of the same text)" } ?? ""
        Terminal.print("  \(product.id)  \(product.title)\(others)")
      }
    }
    if result.found > result.groups.count {
      Terminal.print("… \((result.found - result.groups.count).formatted()) more groups; --limit")
    }
  }
}
