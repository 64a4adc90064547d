import Foundation
import Testing

@testable import AkinServer

@Suite struct ConfigurationTests {
  private static let full = """
    shop: /var/lib/akin   # the folder
    database: postgresql://akin@db/shop
    host: 0.0.0.0
    port: 8443
    require_keys: true
    rate_limit: 200
    log_level: debug
    tls:
      certificate: /etc/akin/cert.pem
      key: /etc/akin/key.pem
    limits:
      batch_objects: 500
      body_seconds: 2.5
    """

  @Test func aFileSaysEverything() throws {
    let settings = try ServerSettings(yaml: Self.full, name: "akin.yaml")
    let options = try settings.options()
    #expect(settings.shop == "/var/lib/akin" && settings.logLevel == "debug")
    #expect(settings.database == "postgresql://akin@db/shop")
    #expect(options.host == "0.0.0.0" && options.port == 8443 && options.requiresKeys)
    #expect(options.requestsPerSecond == 200 && options.maximumBatch == 500)
    #expect(options.bodySeconds == 2.5 && options.tls?.certificate == "/etc/akin/cert.pem")
    #expect(options.maximumBodyBytes == ServerOptions().maximumBodyBytes)
    #expect(try ServerSettings(yaml: "", name: "x") == ServerSettings())
  }

  @Test func whatIsNearerWins() throws {
    let file = try ServerSettings(yaml: "host: a\nport: 1\nlog_level: info", name: "x")
    let environment = try ServerSettings(environment: [
      "AKIN_PORT": "2", "AKIN_LOG_LEVEL": "error", "AKIN_TLS_KEY": "k", "AKIN_HOST": "",
    ])
    var flags = ServerSettings()
    flags.logLevel = "trace"
    let all = flags.filled(from: environment).filled(from: file)
    #expect(all.host == "a" && all.port == 2 && all.logLevel == "trace" && all.privateKey == "k")
  }

  @Test(arguments: [
    ("prot: 1", "f:1:1", "no setting prot"), ("host: a\nport: many", "f:2:7", "whole number"),
    ("port: 70000", "f:1:7", "65535"), ("port: [1]", "f:1:7", "one value"),
    ("tls:\n  cert: x", "f:2:3", "no setting tls.cert"), ("tls: x", "f:1:1", "no setting tls"),
    ("require_keys: perhaps", "f:1:15", "true or false"), ("- a", "f:1:1", "one a line"),
    ("host: a\n  port: b: c", "f:2:7", ""), ("log_level: loud", "f:1:12", "trace"),
    ("host: 'a", "f:", ""), ("shop: ''", "f:1:7", "empty"),
    ("port: 1\nport: 2", "f:", "twice"), ("limits:\n  body_seconds: .nan", "f:2:17", "number"),
  ])
  func errorsNameLineAndColumn(text: String, place: String, words: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ServerSettings(yaml: text, name: "f")
    }
    #expect(error?.place.hasPrefix(place) == true, "\(error?.description ?? "")")
    #expect(words.isEmpty || error?.message.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func aVariableThatMakesNoSenseIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try ServerSettings(environment: ["AKIN_PORT": "x"])
    }
    #expect(error?.place == "AKIN_PORT")
    var half = ServerSettings()
    half.certificate = "c"
    #expect(throws: ConfigurationError.self) { try half.options() }
  }
}
