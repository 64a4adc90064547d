import AkinEngine
import ArgumentParser
import Foundation

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about the shop: quality, products with their neighbours, a map.",
    discussion: """
      One self-contained HTML file, to open in any browser or to send to a colleague.

      Example:
        akin report --shop my-shop --output page.html
      """)

  @OptionGroup var shop: ShopOptions

  @Option(help: "The HTML file to write.")
  var output: String

  @Flag(help: "Print the quality report as JSON to standard output as well.")
  var json = false

  func run() throws {
    let store = try shop.open()
    try MakeReport(store: store).write(to: URL(filePath: output), generated: Date())
    if json, let quality = try QualityRecord.load(from: store) { try Terminal.printJSON(quality) }
    Terminal.warn("Wrote \(output)")
  }
}
