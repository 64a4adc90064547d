import AkinEngine
import AkinSearch
import ArgumentParser
import Foundation

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find what a shopper typed.",
    discussion: """
      Understands brands under several names, prices, sizes, colours, what must not be there,
      misspellings, and Chinese in Latin letters; says what it understood and what it gave up.

      Examples:
        akin search --shop my-shop "苹果手机 3000元以内"
        akin search --shop my-shop "headphones under 300 -sony" --facet brand --facet price
        akin search --shop my-shop case --filter "brand=Spigen|图拉斯" --filter price=10..30
      """)

  @OptionGroup var shop: ShopOptions

  @Argument(help: "What the shopper typed.")
  var query: String

  @Option(
    name: .customLong("filter"),
    help: ArgumentHelp(
      "A condition: brand=A|B, category=Phones, colour=black, price=10..50. May be repeated.",
      valueName: "field=value"))
  var filters: [String] = []

  @Option(help: "relevance, price, -price or popularity; write --sort=-price.")
  var sort = SearchRequest.Sort.relevance.rawValue

  @Option(name: .customLong("k"), help: "How many results.")
  var count = 10

  @Option(
    name: .customLong("facet"),
    help: ArgumentHelp(
      "Count the values of a field: brand, category, price, colour. May be repeated.",
      valueName: "field"))
  var facets: [String] = []

  @Option(
    help: """
      words, meaning (the encoder), both, or auto: words, and meaning where they find too little.
      """)
  var mode = ShopSearch.Mode.auto.rawValue

  @Option(help: "Where the page before ended, as its JSON says.")
  var cursor: String?

  @Flag(help: "Every word as it stands: nothing is corrected, understood or left out.")
  var verbatim = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard SearchRequest.Sort(rawValue: sort) != nil else {
      throw ValidationError("--sort takes relevance, price, -price or popularity.")
    }
    guard ShopSearch.Mode(rawValue: mode) != nil else {
      throw ValidationError("--mode takes auto, words, meaning or both.")
    }
  }

  func run() throws {
    var request = SearchRequest(query)
    request.filters = try filters.map { try SearchFilter(parsing: $0) }
    request.sort = SearchRequest.Sort(rawValue: sort) ?? .relevance
    request.count = count
    request.cursor = cursor
    request.facets = facets
    request.understands = !verbatim
    let search = try ShopSearch(store: try shop.open(), progress: TerminalProgress())
    let result = try search.search(request, mode: ShopSearch.Mode(rawValue: mode) ?? .auto)
    if json { try Terminal.printJSON(result) } else { show(result) }
  }

  private func show(_ result: ShopSearch.Result) {
    for line in SearchText.lines(of: result, width: Terminal.width, isStyled: Terminal.isStyled) {
      Terminal.print(line)
    }
  }
}

struct SuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Complete what a shopper is typing.",
    discussion: """
      Example:
        akin suggest --shop my-shop "xiao"
      """)

  @OptionGroup var shop: ShopOptions

  @Argument(help: "What has been typed so far.")
  var prefix: String

  @Option(name: .customLong("k"), help: "How many completions.")
  var count = 8

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let search = try ShopSearch(store: try shop.open(), progress: TerminalProgress())
    let found = try search.suggest(prefix, count: count)
    if json { return try Terminal.printJSON(found) }
    for text in found { Terminal.print(text) }
  }
}
