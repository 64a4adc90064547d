import AkinCatalogue
import AkinStorage
import Foundation
import PostgresServer
import Synchronization
import Testing

/// A served shop as its owners see it: a process that is stopped, killed and started again.
@Suite(.serialized) struct ServeCommandTests {
  /// What a client was told has been taken.
  private final class Acknowledged: Sendable {
    private let state = Mutex((products: Set<String>(), events: 0, loads: 0))

    var loads: Int { state.withLock(\.loads) }
    var products: Set<String> { state.withLock(\.products) }
    var events: Int { state.withLock(\.events) }

    func add(_ products: [String], events: Int) {
      state.withLock {
        $0.products.formUnion(products)
        $0.events += events
        $0.loads += 1
      }
    }
  }

  /// Sends bulk loads until all are sent or the server is gone.
  private func load(_ port: UInt16, _ loads: Range<Int>, _ acknowledged: Acknowledged) {
    for load in loads {
      let ids = (0..<50).map { "p\(load)-\($0)" }
      let lines = ids.map { #"{"id":"\#($0)","title":"product \#($0.hashValue % 5)"}"# }
      let products = ServerProcess.ask(
        port, "POST", "/v1/products", lines.joined(separator: "\n"))
      guard products?.status == 200 else { return }
      let event = #"{"event":"view","event_id":"e\#(load)","user_id":"u","item_id":"\#(ids[0])"}"#
      let events = ServerProcess.ask(port, "POST", "/v1/events", event)
      acknowledged.add(ids, events: events?.status == 200 ? 1 : 0)
      if events == nil { return }
    }
  }

  @Test(arguments: StoreKind.all)
  func aKilledServerHasLostNothingItAcknowledged(_ kind: StoreKind) throws {
    let folder = try TemporaryFolder()
    let shop = folder.path("shop")
    try kind.prepare(URL(filePath: shop))
    let acknowledged = Acknowledged()
    // A hundred bulk loads by two clients; three of the four servers are killed among them.
    for (round, limit) in [13, 29, 58, Int.max].enumerated() {
      let server = try ServerProcess(shop: shop)
      let port = server.port
      // What was acknowledged before the last kill is in the answers of this one.
      for id in acknowledged.products.shuffled().prefix(20) {
        #expect(ServerProcess.ask(port, "GET", "/v1/products/\(id)")?.status == 200)
      }
      let clients = DispatchGroup()
      for client in 0..<2 {
        DispatchQueue.global().async(group: clients) {
          let first = round * 26 + client * 13
          load(port, first..<first + 13, acknowledged)
        }
      }
      while acknowledged.loads < limit, clients.wait(timeout: .now() + .milliseconds(2)) != .success
      {}
      kill(server.process.processIdentifier, limit == .max ? SIGTERM : SIGKILL)
      clients.wait()
      server.process.waitUntilExit()
      let store = try ShopStore(directory: URL(filePath: shop))
      let stored = Set(try store.products(after: -1, limit: 100_000).map(\.product.id))
      #expect(acknowledged.products.subtracting(stored).isEmpty)
      #expect(try store.eventCount() >= acknowledged.events)
    }
    #expect(acknowledged.loads > 30)
  }

  /// The encoder's libraries must not be taken away from under it.
  @Test func aServerThatIsStoppedWhileItEncodesEndsInOrder() throws {
    let folder = try TemporaryFolder()
    let server = try ServerProcess(shop: folder.path("shop"))
    let lines = (0..<1_000).map { #"{"id":"p\#($0)","title":"garden chair number \#($0)"}"# }
    let answer = ServerProcess.ask(
      server.port, "POST", "/v1/products", lines.joined(separator: "\n"))
    #expect(answer?.status == 200)
    server.process.terminate()
    server.process.waitUntilExit()
    #expect(server.process.terminationStatus == 0 && server.process.terminationReason == .exit)
    // The next one goes on where it was.
    let store = try ShopStore(directory: URL(filePath: folder.path("shop")))
    #expect(try store.productCount() == 1_000)
  }

  @Test func aStoppedServerEndsInOrderAndLogsNoShopper() throws {
    let folder = try TemporaryFolder()
    let server = try ServerProcess(shop: folder.path("shop"), "--log-level", "debug")
    let event = #"{"event":"view","user_id":"jane.doe","item_id":"secret-sku"}"#
    #expect(ServerProcess.ask(server.port, "POST", "/v1/events", event)?.status == 200)
    #expect(ServerProcess.ask(server.port, "GET", "/v1/shoppers/jane.doe")?.status == 200)
    #expect(ServerProcess.ask(server.port, "GET", "/v1/products/secret-sku")?.status == 404)
    // A second server stays away.
    let second = try AkinProcess.run("serve", "--shop", folder.path("shop"), "--port", "0")
    #expect(second.status == 75 && second.messages.contains("another server"))
    server.process.terminate()
    server.process.waitUntilExit()
    #expect(server.process.terminationStatus == 0 && server.process.terminationReason == .exit)
    #expect(server.log.contains("/v1/shoppers/{id}"))
    #expect(!server.log.contains("jane") && !server.log.contains("secret"))
  }

  @Test func settingsThatMakeNoSenseAreNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("host: 127.0.0.1\nprot: 80\n", to: "akin.yaml")
    let wrong = try AkinProcess.run("serve", "--config", file, "--shop", folder.path("s"))
    #expect(wrong.status == 64 && wrong.messages.contains("akin.yaml:2:1"), "\(wrong.messages)")
    let half = try AkinProcess.run("serve", "--shop", folder.path("s"), "--tls-key", "k")
    #expect(half.status == 64 && half.messages.contains("tls.certificate"), "\(half.messages)")
    let none = try AkinProcess.run("serve")
    #expect(none.status == 64 && none.messages.contains("--shop"), "\(none.messages)")
  }

  @Test func keysAreMadeListedAndRevoked() throws {
    let folder = try TemporaryFolder()
    let shop = ["--shop", folder.path("shop")]
    let made = try AkinProcess.run(
      ["key", "add", "--role", "write", "--name", "b", "--json"] + shop)
    let id = try #require(try made.json()["id"] as? String)
    #expect(try AkinProcess.run(["key", "revoke", id] + shop).status == 0)
    let list = try AkinProcess.run(["key", "list"] + shop)
    #expect(list.text.contains(id) && list.text.contains("revoked"))
    #expect(try AkinProcess.run(["key", "add", "--role", "browser"] + shop).status == 64)
  }
}
