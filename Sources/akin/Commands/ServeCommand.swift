import AkinServer
import AkinStorage
import ArgumentParser
import Foundation

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a shop over HTTP: the API, the dashboard, the metrics.",
    discussion: """
      Logs are JSON lines on standard error, without names of shoppers. SIGTERM and Ctrl-C answer
      the requests under way, then end. docs/api.md describes the API; the server itself does under
      /v1/openapi.json.

      Flags win over the environment (AKIN_PORT, AKIN_TLS_CERTIFICATE …), which wins over the file of
      --config.

      Examples:
        akin serve --shop my-shop
        akin serve --config /etc/akin/akin.yaml
        akin key add --shop my-shop --role write --name backend
        akin serve --shop my-shop --host 0.0.0.0 --port 80
      """)

  @Option(help: ArgumentHelp("The shop's folder; made where there is none.", valueName: "dir"))
  var shop: String?

  @OptionGroup var options: ServeOptions

  func run() async throws {
    var settings = try options.settings()
    settings.shop = shop ?? settings.shop
    guard let shop = settings.shop else {
      throw ValidationError("Say which shop: --shop DIR, AKIN_SHOP or shop: in the file.")
    }
    if let database = settings.database {
      try ShopStore.attach(URL(filePath: shop, directoryHint: .isDirectory), to: database)
    }
    try await options.serve(URL(filePath: shop, directoryHint: .isDirectory), settings)
  }
}
