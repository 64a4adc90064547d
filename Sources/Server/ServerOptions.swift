/// How a shop is served.
public struct ServerOptions: Sendable {
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port; 0 takes a free one.
  public var port = 8080
  /// Whether a key is asked for on a loopback address too.
  public var requiresKeys = false
  /// Requests a second that one key may make; `nil` for as many as it likes.
  public var requestsPerSecond: Double?
  /// Requests a second that one browser address may make with a browser key.
  public var browserRequestsPerSecond = 50.0
  /// The largest body of products or events, in bytes.
  public var maximumBatchBytes = 16 << 20
  /// The largest body of any other request, in bytes.
  public var maximumBodyBytes = 256 << 10
  /// Objects in one batch.
  public var maximumBatch = 10_000
  /// Bytes of one text: an identifier, a title, a description.
  public var maximumText = 32 << 10
  /// Seconds that a client may take to send a body.
  public var bodySeconds = 30.0

  /// The certificate to serve HTTPS with; `nil` for HTTP.
  public var tls: Certificate?

  /// Files of a certificate, PEM.
  public struct Certificate: Sendable, Equatable {
    /// The certificate and its chain.
    public var certificate: String
    /// Its private key.
    public var privateKey: String

    /// Names the files.
    public init(certificate: String, privateKey: String) {
      self.certificate = certificate
      self.privateKey = privateKey
    }
  }

  /// Sound defaults.
  public init() {}

  /// Whether only this machine can reach the address.
  public var isLoopback: Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  /// Whether a request without a key is refused.
  public var asksForKeys: Bool { requiresKeys || !isLoopback }
}
