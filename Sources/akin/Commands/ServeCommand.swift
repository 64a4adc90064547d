import AkinServer
import ArgumentParser
import Foundation
import Logging

/// How a shop is served, for the commands that do.
struct ServeOptions: ParsableArguments {
  @Option(help: "The address to listen on; other than a loopback one, clients need keys.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 takes a free one.")
  var port = 8080

  @Flag(help: "Ask for keys on a loopback address too.")
  var requireKeys = false

  @Option(help: ArgumentHelp("Requests a second that one key may make.", valueName: "n"))
  var rateLimit: Double?

  @Option(help: "trace, debug (every request), info, warning or error.")
  var logLevel = "info"

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port takes a number from 0 to 65535, not \(port).")
    }
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("--log-level takes trace, debug, info, warning or error.")
    }
    if let rateLimit, !(rateLimit > 0 && rateLimit.isFinite) {
      throw ValidationError("--rate-limit takes a number above 0.")
    }
  }

  /// Serves the shop in `directory` until the process is asked to stop.
  func serve(_ directory: URL) async throws {
    var options = ServerOptions()
    options.host = host
    options.port = port
    options.requiresKeys = requireKeys
    options.requestsPerSecond = rateLimit
    var logger = Logger(label: "akin") { JSONLogHandler(label: $0) }
    logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
    let server = try ShopServer(directory: directory, options: options, logger: logger)
    let host = host.contains(":") ? "[\(host)]" : host
    try await server.run { port in
      Terminal.warn("Serving on http://\(host):\(port)  (Ctrl-C to stop)")
    }
  }
}

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a shop over HTTP: the API, the dashboard, the metrics.",
    discussion: """
      Logs are JSON lines on standard error, without names of shoppers. SIGTERM and Ctrl-C answer
      the requests under way, then end. docs/api.md describes the API; the server itself does under
      /v1/openapi.json.

      Examples:
        akin serve --shop my-shop
        akin key add --shop my-shop --role write --name backend
        akin serve --shop my-shop --host 0.0.0.0 --port 80
      """)

  @OptionGroup var shop: ShopOptions
  @OptionGroup var options: ServeOptions

  func run() async throws { try await options.serve(shop.directory) }
}
