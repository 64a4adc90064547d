import AkinCatalogue
import AkinEngine
import ArgumentParser
import Foundation

struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Make a shop of product files and behaviour logs.",
    discussion: """
      Reads CSV, TSV, JSON lines, Parquet and Merchant XML, also gzip or zstd. Columns find their
      fields by their names, in English and Chinese; --map says it where a name does not. Rows that
      cannot be used go to rejects.jsonl in the shop's folder.

      Can be interrupted at any moment: run the same command again and it goes on where it was.

      Examples:
        akin build --products products.csv --events orders.jsonl --shop my-shop
        akin build --products feed.xml.gz more.tsv --shop my-shop --map title=name brand=maker
      """)

  @Option(parsing: .upToNextOption, help: "Product files; later files win over earlier ones.")
  var products: [String]

  @Option(parsing: .upToNextOption, help: "Behaviour logs.")
  var events: [String] = []

  @OptionGroup var shop: ShopOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      What product columns mean: title=name, categories=level1/level2, -=unused. With title=name|type \
      the first of several columns that has a value; quote it for the shell.
      """,
      valueName: "field=column"))
  var map: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The same for event columns.", valueName: "field=column"))
  var mapEvents: [String] = []

  @Option(help: "Type of events in a log that has no column for it.")
  var eventType: String = EventType.purchase.rawValue

  @Option(help: ArgumentHelp("Currency of prices that name none.", valueName: "code"))
  var currency: String?

  @Option(help: "The encoder; see: akin model list")
  var model = BuildOptions.defaultModel

  @Option(
    help: ArgumentHelp(
      "A tagger of `akin tag train` that reads brands, products and models in titles.",
      valueName: "folder"))
  var tagger: String?

  @Option(help: "Neighbours kept of each kind.")
  var neighbours = 30

  @Option(
    help: "Memory that comparing may take, such as 512M or 2G; half of the machine's if left out.")
  var memory: MemorySize?

  @Option(help: ArgumentHelp("Read only the first products.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Without --events, drop what earlier events said instead of keeping it.")
  var forgetEvents = false

  @Flag(help: "End at the first row that cannot be used.")
  var strict = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    guard EventType(alias: eventType) != nil else {
      throw ValidationError("--event-type takes a GA4 name, such as purchase or view_item.")
    }
    guard (1...1000).contains(neighbours) else {
      throw ValidationError("--neighbours takes a number from 1 to 1000, not \(neighbours).")
    }
    if let limit, limit < 1 { throw ValidationError("--limit takes a number of at least 1.") }
  }

  func run() throws {
    let build = try BuildShop(
      directory: shop.directory, options: try options(), progress: TerminalProgress(),
      now: { Date() })
    let result = try build.run(
      products: products.map { URL(filePath: $0) }, events: events.map { URL(filePath: $0) })
    let summary = result.summary
    if json { return try Terminal.printJSON(summary) }
    Terminal.print(result.quality.render(width: Terminal.width))
    if !events.isEmpty { Terminal.print(result.events.render(width: Terminal.width)) }
    if summary.rejected > 0 {
      Terminal.print(
        "Rows refused: \(summary.rejected.formatted()); \(shop.shop)/rejects.jsonl says why.")
    }
    Terminal.print("Next: akin similar --shop \(shop.shop) ID")
  }

  private func options() throws -> BuildOptions {
    var options = BuildOptions()
    options.model = model
    options.tagger = tagger.map { URL(filePath: $0) }
    options.neighbours = neighbours
    options.memory = memory?.bytes
    options.limit = limit
    options.forgetsEvents = forgetEvents
    options.products.isStrict = strict
    options.products.currency = currency
    options.products.overrides = try MappingOverrides(map)
    options.events.isStrict = strict
    options.events.currency = currency
    options.events.overrides = try MappingOverrides(mapEvents)
    options.events.eventType = EventType(alias: eventType) ?? .purchase
    return options
  }
}
