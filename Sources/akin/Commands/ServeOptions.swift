import AkinServer
import ArgumentParser
import Foundation
import Logging

/// How a shop is served, for the commands that do: by flags, else by the environment (`AKIN_PORT`),
/// else by a file.
struct ServeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A YAML file of settings; see docs/serve.md.", valueName: "file"))
  var config: String?

  @Option(help: "The address to listen on (127.0.0.1); other than a loopback one, keys are needed.")
  var host: String?

  @Option(help: "The port (8080); 0 takes a free one.")
  var port: Int?

  @Flag(help: "Ask for keys on a loopback address too.")
  var requireKeys = false

  @Option(help: ArgumentHelp("Requests a second that one key may make.", valueName: "n"))
  var rateLimit: Double?

  @Option(help: ArgumentHelp("A TLS certificate and its chain, PEM.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"))
  var tlsKey: String?

  @Option(help: "trace, debug (every request), info (the default), warning or error.")
  var logLevel: String?

  func validate() throws {
    if let port, !(0...65_535).contains(port) {
      throw ValidationError("--port takes a number from 0 to 65535, not \(port).")
    }
    if let logLevel, Logger.Level(rawValue: logLevel) == nil {
      throw ValidationError("--log-level takes trace, debug, info, warning or error.")
    }
    if let rateLimit, !(rateLimit > 0 && rateLimit.isFinite) {
      throw ValidationError("--rate-limit takes a number above 0.")
    }
  }

  /// What the flags, the environment and the file say, the first of them first.
  func settings() throws -> ServerSettings {
    var flags = ServerSettings()
    flags.host = host
    flags.port = port
    flags.requireKeys = requireKeys ? true : nil
    flags.rateLimit = rateLimit
    flags.certificate = tlsCertificate
    flags.privateKey = tlsKey
    flags.logLevel = logLevel
    let environment = try ServerSettings(environment: ProcessInfo.processInfo.environment)
    let file = try config.map { try ServerSettings(file: URL(filePath: $0)) } ?? ServerSettings()
    return flags.filled(from: environment).filled(from: file)
  }

  /// Serves the shop in `directory` until the process is asked to stop.
  func serve(_ directory: URL, _ settings: ServerSettings) async throws {
    let options = try settings.options()
    var logger = Logger(label: "akin") { JSONLogHandler(label: $0) }
    logger.logLevel = settings.logLevel.flatMap { Logger.Level(rawValue: $0) } ?? .info
    let server = try ShopServer(directory: directory, options: options, logger: logger)
    let host = options.host.contains(":") ? "[\(options.host)]" : options.host
    let scheme = options.tls == nil ? "http" : "https"
    try await server.run { port in
      Terminal.warn("Serving on \(scheme)://\(host):\(port)  (Ctrl-C to stop)")
    }
  }
}
