import AkinEngine
import ArgumentParser
import AkinServer
import AkinStorage
import Foundation

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Build a shop of product files, then serve it.",
    discussion: """
      Example:
        akin up --products products.csv --events orders.jsonl
      """)

  @Option(parsing: .upToNextOption, help: "Product files; see akin build --help.")
  var products: [String]

  @Option(parsing: .upToNextOption, help: "Behaviour logs.")
  var events: [String] = []

  @Option(help: ArgumentHelp("The shop's folder.", valueName: "dir"))
  var shop = "akin-shop"

  @Option(help: "The encoder; see: akin model list")
  var model = BuildOptions.defaultModel

  @Option(
    help: ArgumentHelp(
      "A tagger of `akin tag train` that reads brands, products and models in titles.",
      valueName: "folder"))
  var tagger: String?

  @OptionGroup var options: ServeOptions

  func run() async throws {
    let settings = try options.settings()
    let directory = URL(filePath: shop, directoryHint: .isDirectory)
    if let database = settings.database { try ShopStore.attach(directory, to: database) }
    var build = BuildOptions()
    build.model = model
    build.tagger = tagger.map { URL(filePath: $0) }
    // The build's lock and memory are given back before the shop is served.
    do {
      _ = try BuildShop(
        directory: directory, options: build, progress: TerminalProgress(), now: { Date() }
      ).run(
        products: products.map { URL(filePath: $0) }, events: events.map { URL(filePath: $0) })
    }
    try await options.serve(directory, settings)
  }
}
