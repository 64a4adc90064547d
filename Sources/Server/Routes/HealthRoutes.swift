internal import AkinEncoders
internal import AkinEngine
internal import AkinStorage
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Probes and metrics.
struct HealthRoutes {
  let server: ShopServer

  private struct Health: Encodable {
    var status: String
  }

  func add(to router: Router<ShopContext>) {
    router.get("/health/live") { _, _ in JSON.response(Health(status: "live")) }
    router.get("/health/ready") { _, _ in
      // The store is asked, because a shop whose disk is gone cannot take an event.
      let store = server.shop.store
      _ = try await Offload.run { try store.productCount() }
      return JSON.response(Health(status: "ready"))
    }
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: server.metrics.text(gauges: gauges()))))
    }
  }

  private func gauges() -> [(name: String, help: String, value: Double)] {
    let figures = server.shop.figures
    return [
      ("products", "Products in the catalogue.", Double(figures.products)),
      ("index_texts", "Texts that can be compared.", Double(figures.vectors)),
      ("index_recent_texts", "Texts that came since the lists were made.", Double(figures.recent)),
      (
        "index_vector_bytes", "Bytes of the vectors of these texts, as they are compared.",
        Double(figures.vectors * server.shop.encoder.dimension * MemoryLayout<Float>.size)
      ),
      ("encoding_waiting", "Texts that wait for their vector.", Double(figures.waiting)),
      (
        "shop_files_bytes", "Bytes of the files in the shop's folder.",
        Double(ServerMetrics.bytes(in: server.shop.store.directory))
      ),
      (
        "resident_memory_bytes", "Memory of the process.", Double(ServerMetrics.residentMemory)
      ),
      (
        "uptime_seconds", "Seconds since the server started.",
        server.metrics.uptime(now: server.now())
      ),
    ]
  }
}
