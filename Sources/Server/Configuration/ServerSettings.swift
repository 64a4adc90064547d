internal import Logging

/// What a shop's engineers may set about serving it, wherever they say it: on the command line, in
/// the environment or in a file. What is `nil` was not said.
public struct ServerSettings: Sendable, Equatable {
  /// The shop's folder.
  public var shop: String?
  /// The PostgreSQL database where the shop lives, for several servers of one shop.
  public var database: String?
  /// The address to listen on.
  public var host: String?
  /// The port; 0 takes a free one.
  public var port: Int?
  /// Whether keys are asked for on a loopback address too.
  public var requireKeys: Bool?
  /// Requests a second that one key may make.
  public var rateLimit: Double?
  /// Requests a second that one address may make with a browser key.
  public var browserRateLimit: Double?
  /// `trace`, `debug`, `info`, `warning` or `error`.
  public var logLevel: String?
  /// The file of the TLS certificate and its chain, PEM.
  public var certificate: String?
  /// The file of the TLS certificate's private key, PEM.
  public var privateKey: String?
  /// The largest body of products or events, in bytes.
  public var batchBytes: Int?
  /// Objects in one batch.
  public var batchObjects: Int?
  /// The largest body of any other request, in bytes.
  public var bodyBytes: Int?
  /// Seconds that a client may take to send a body.
  public var bodySeconds: Double?

  /// Nothing is said.
  public init() {}

  /// These settings, and those of `others` where these say nothing.
  public func filled(from others: ServerSettings) -> ServerSettings {
    var settings = self
    for setting in Self.table { setting.fill(&settings, others) }
    return settings
  }

  /// The options that come of the settings.
  ///
  /// - Throws: ``ConfigurationError`` where two settings do not go together.
  public func options() throws(ConfigurationError) -> ServerOptions {
    guard (certificate == nil) == (privateKey == nil) else {
      throw ConfigurationError(
        place: "tls", message: "needs both tls.certificate and tls.key, or neither")
    }
    var options = ServerOptions()
    options.host = host ?? options.host
    options.port = port ?? options.port
    options.requiresKeys = requireKeys ?? options.requiresKeys
    options.requestsPerSecond = rateLimit
    options.browserRequestsPerSecond = browserRateLimit ?? options.browserRequestsPerSecond
    options.maximumBatchBytes = batchBytes ?? options.maximumBatchBytes
    options.maximumBatch = batchObjects ?? options.maximumBatch
    options.maximumBodyBytes = bodyBytes ?? options.maximumBodyBytes
    options.bodySeconds = bodySeconds ?? options.bodySeconds
    if let certificate, let privateKey {
      options.tls = .init(certificate: certificate, privateKey: privateKey)
    }
    return options
  }
}

/// What is wrong with a configuration, and where.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// A file with line and column, a variable, or a setting.
  public var place: String
  /// What is wrong, and what to do.
  public var message: String

  /// The place and the message.
  public var description: String { "\(place): \(message)" }
}

extension ServerSettings {
  /// One setting: its name in files, and how it is read.
  struct Setting: Sendable {
    var name: String
    /// Takes a value as text; says what is wrong with it.
    var read: @Sendable (inout ServerSettings, String) -> String?
    /// Takes over the value of other settings where there is none.
    var fill: @Sendable (inout ServerSettings, ServerSettings) -> Void
  }

  /// Every setting.
  static let table: [Setting] = [
    text("shop", \.shop), text("database", \.database), text("host", \.host),
    integer("port", \.port, 0...65_535),
    flag("require_keys", \.requireKeys), number("rate_limit", \.rateLimit, 0.01...1e9),
    number("browser_rate_limit", \.browserRateLimit, 0.01...1e9),
    text("log_level", \.logLevel) { value in
      Logger.Level(rawValue: value) == nil ? "takes trace, debug, info, warning or error" : nil
    },
    text("tls.certificate", \.certificate), text("tls.key", \.privateKey),
    integer("limits.batch_bytes", \.batchBytes, 1_024...(1 << 30)),
    integer("limits.batch_objects", \.batchObjects, 1...1_000_000),
    integer("limits.body_bytes", \.bodyBytes, 1_024...(1 << 30)),
    number("limits.body_seconds", \.bodySeconds, 0.1...3_600),
  ]

  private static func setting<Value: Sendable>(
    _ name: String, _ path: any WritableKeyPath<ServerSettings, Value?> & Sendable,
    _ expects: String,
    _ parse: @escaping @Sendable (String) -> Value?
  ) -> Setting {
    Setting(name: name) { settings, value in
      guard let value = parse(value) else { return expects }
      settings[keyPath: path] = value
      return nil
    } fill: { settings, others in
      settings[keyPath: path] = settings[keyPath: path] ?? others[keyPath: path]
    }
  }

  private static func text(
    _ name: String, _ path: any WritableKeyPath<ServerSettings, String?> & Sendable,
    _ refuse: @escaping @Sendable (String) -> String? = { $0.isEmpty ? "must not be empty" : nil }
  ) -> Setting {
    Setting(name: name) { settings, value in
      if let refusal = refuse(value) { return refusal }
      settings[keyPath: path] = value
      return nil
    } fill: { settings, others in
      settings[keyPath: path] = settings[keyPath: path] ?? others[keyPath: path]
    }
  }

  private static func integer(
    _ name: String, _ path: any WritableKeyPath<ServerSettings, Int?> & Sendable,
    _ range: ClosedRange<Int>
  ) -> Setting {
    setting(name, path, "takes a whole number from \(range.lowerBound) to \(range.upperBound)") {
      Int($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private static func number(
    _ name: String, _ path: any WritableKeyPath<ServerSettings, Double?> & Sendable,
    _ range: ClosedRange<Double>
  ) -> Setting {
    setting(name, path, "takes a number from \(range.lowerBound) to \(range.upperBound)") {
      Double($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private static func flag(
    _ name: String, _ path: any WritableKeyPath<ServerSettings, Bool?> & Sendable
  ) -> Setting {
    setting(name, path, "takes true or false") { ["true": true, "false": false][$0] }
  }
}
