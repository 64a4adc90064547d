internal import AkinStorage
internal import Hummingbird
internal import Logging
internal import NIOCore

/// What is known of a request while it is answered.
struct ShopContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Named in the answer, the log, and in what the client may ask about later.
  var requestID = ""
  /// What the client may do.
  var role: KeyRole?
  /// Of the key, for the log and the rate limit.
  var keyID: String?
  /// The client's address.
  let address: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    address = source.channel.remoteAddress?.ipAddress ?? "local"
  }
}
