internal import AkinEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// The catalogue in two dimensions, for the dashboard's map.
struct MapRoutes {
  let server: ShopServer

  func add(to router: Router<ShopContext>) {
    router.get("/v1/map") { _, _ in
      let map = server.map
      let body = try await Offload.run { try map.answer() }
      return Response(
        status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }
  }
}

/// The map's answer, computed at the first question after a build or a rebuild, and kept.
final class MapCache: Sendable {
  /// What the map was made of.
  private struct Mark: Equatable {
    var built: Double
    /// Texts in the lists: a rebuild takes new ones into them.
    var listed: Int
    /// Grows by an eighth at a time, so that a shop that is filled over HTTP is not mapped anew
    /// for every product.
    var size: Int

    init(_ figures: LiveShop.Figures) {
      built = figures.built
      listed = figures.vectors - figures.recent
      size = Int(6 * log(Double(figures.vectors + 1)))
    }
  }

  private let shop: LiveShop
  private let kept: Mutex<(mark: Mark, body: ByteBuffer)?> = Mutex(nil)

  init(shop: LiveShop) { self.shop = shop }

  /// The answer's body. Who asks while it is being made waits for the same one; call it away from
  /// the event loops.
  func answer() throws -> ByteBuffer {
    try kept.withLock { kept in
      let mark = Mark(shop.figures)
      if let kept, kept.mark == mark { return kept.body }
      let body = ByteBuffer(bytes: JSON.bytes(try shop.map()))
      kept = (mark, body)
      return body
    }
  }
}
