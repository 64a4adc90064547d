import AkinCatalogue
import Foundation
import PostgresServer
import Testing

@testable import AkinStorage

/// What several servers over one PostgreSQL database know of each other.
@Suite(.enabled(if: StoreKind.all.contains(.postgres), "there is no PostgreSQL server"))
final class SharedStoreTests {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "akin-shared-\(UUID().uuidString)")
  let address: String

  init() throws { address = try PostgresServer.shared.get().newAddress() }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func store(_ name: String, for access: ShopStore.Access = .serving) throws -> ShopStore {
    let directory = folder.appending(path: name)
    try StoreKind.point(directory, to: address)
    return try ShopStore(directory: directory, for: access)
  }

  private func event(_ id: String, _ user: String) -> Event {
    var event = Event(type: .viewItem, product: "p")
    event.id = id
    event.user = user
    event.time = 4
    return event
  }

  @Test func othersLearnWhatChanged() throws {
    let first = try store("a")
    let second = try store("b")
    let start = try second.lastChange()
    #expect(try second.foreignChanges(after: start) == nil)
    _ = try first.add([event("1", "u"), event("2", "v")], received: 1)
    // What was sent before is no news.
    _ = try first.add([event("2", "v"), event("3", "w")], received: 1)
    _ = try first.upsert([ProductWrite(product: Product(id: "p", title: "t"), text: "t")])
    _ = try first.removeProducts(["q"])
    let changes = try #require(try second.foreignChanges(after: start))
    #expect(changes.events.map(\.id) == ["1", "2", "3"])
    #expect(changes.products == ["p", "q"])
    #expect(!changes.hasErasure && !changes.hasBaskets && !changes.isReplaced)
    #expect(try second.foreignChanges(after: changes.position) == nil)
    // Its own changes are no news to a server.
    let own = try #require(try first.foreignChanges(after: start))
    #expect(own.events.isEmpty && own.products.isEmpty && own.position == changes.position)
  }

  @Test func othersLearnWhatWasReplaced() throws {
    let first = try store("a")
    let second = try store("b")
    var position = try second.lastChange()
    func changes() throws -> ForeignChanges {
      let changes = try #require(try second.foreignChanges(after: position))
      position = changes.position
      return changes
    }
    _ = try first.eraseEvents(of: .user("u"))
    #expect(try changes().hasErasure)
    try first.replaceLists(.live, by: [:])
    let baskets = try changes()
    #expect(baskets.hasBaskets && !baskets.isReplaced)
    try first.replaceLists(.content, by: [:])
    #expect(try changes().isReplaced)
    try first.publish(ShopStoreTests.snapshot(["a"]))
    #expect(try changes().isReplaced)
  }

  @Test func whoMissedNotesReadsEverything() throws {
    let first = try store("a")
    let second = try store("b")
    let start = try second.lastChange()
    _ = try first.removeProducts(["q"])
    _ = try first.removeProducts(["r"])
    // An hour and more ago.
    try first.write { try $0.execute("UPDATE change SET time = time - 4000") }
    _ = try first.removeProducts(["s"])
    let changes = try #require(try second.foreignChanges(after: start))
    #expect(changes.isReplaced)
  }

  @Test func oneBuildAndManyServers() throws {
    let first = try store("a")
    let second = try store("b")
    let serving = [try first.lock(for: .serve), try second.lock(for: .serve)]
    var build: ShopLock? = try first.lock(for: .build)
    let error = #expect(throws: StorageError.self) { try second.lock(for: .build) }
    #expect(error?.code == .busy && !second.isFreeForBuild)
    #expect(throws: StorageError.self) { try first.lockAgainstServers() }
    withExtendedLifetime(build) {}
    build = nil
    #expect(second.isFreeForBuild)
    withExtendedLifetime(serving) {}
  }

  @Test func writersTakeTurnsAndPlacesStayUnique() async throws {
    let stores = try (0..<4).map { try store("s\($0)") }
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for (number, store) in stores.enumerated() {
        group.addTask {
          try (0..<10).flatMap { round in
            try store.upsert(
              (0..<5).map {
                let id = "\(number)-\(round)-\($0)"
                return ProductWrite(
                  product: Product(id: id, title: "same \($0)"), text: "same \($0)")
              }
            ).map(\.ordinal)
          }
        }
      }
      var places: [Int] = []
      for try await part in group { places += part }
      #expect(places.sorted() == Array(0..<200))
    }
    #expect(try stores[0].texts().count == 5)
    #expect(try stores[3].productCount() == 200)
  }

  @Test func aRestartOfTheServerIsOutlived() throws {
    let directory = folder.appending(path: "a")
    try StoreKind.point(directory, to: address + "&application_name=restarted")
    let store = try ShopStore(directory: directory, for: .serving)
    _ = try store.add([event("1", "u")], received: 1)
    let ended = try PostgresServer.shared.get().query(
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE application_name = 'restarted'
      """)
    #expect(ended != "0")
    #expect(try store.eventCount() == 1)
    _ = try store.add([event("2", "u")], received: 1)
    #expect(try store.eventCount() == 2)
  }

  @Test func whatPostgresCannotHoldIsRefusedWhole() throws {
    let store = try store("a")
    let error = #expect(throws: StorageError.self) {
      try store.add([event("1", "u"), event("\u{0}2", "u")], received: 1)
    }
    #expect(error?.code == .unusableText)
    #expect(try store.eventCount() == 0)
  }

  @Test func longTextsAreFound() throws {
    let store = try store("a")
    let long = String(repeating: "长文本 long ", count: 2_000)
    let writes = ["x", "y"].map { ProductWrite(product: Product(id: $0, title: $0), text: long) }
    #expect(try store.upsert(writes).map(\.text) == [0, 0])
    try store.saveVectors([1, 2], of: [long], model: "m")
    try store.saveVectors([3, 4], of: [long], model: "m")
    #expect(try store.vectors(of: [long], model: "m", dimension: 2) == [1, 2])
  }

  @Test func wrongAddressesAreToldWithoutThePassword() throws {
    let directory = folder.appending(path: "wrong")
    for address in [
      "postgresql://akin:secret@/nowhere?host=/nonexistent",
      "postgresql://akin:secret@127.0.0.1:1/shop?connect_timeout=2",
    ] {
      try StoreKind.point(directory, to: address)
      let error = #expect(throws: StorageError.self) { try ShopStore(directory: directory) }
      #expect(error?.code == .unreachable)
      #expect(error.map { !"\($0)".contains("secret") } == true)
    }
    for text in ["", "mysql://x", "postgresql://a\npostgresql://b"] {
      try StoreKind.point(directory, to: text)
      let error = #expect(throws: StorageError.self) { try ShopStore(directory: directory) }
      #expect(error?.code == .damaged)
    }
  }

  @Test func anEmptyDatabaseIsNoShop() throws {
    let error = #expect(throws: StorageError.self) { try store("a", for: .reading) }
    #expect(error?.code == .noShop)
  }

  @Test func aNewerSchemaIsLeftAlone() throws {
    _ = try store("a")
    try store("a").write { try $0.execute("INSERT INTO migration (name) VALUES ('99 later')") }
    let error = #expect(throws: StorageError.self) { try store("b") }
    #expect(error?.code == .tooNew)
  }
}

@Suite struct PostgresConnectionTests {
  @Test func argumentsAreNumbered() {
    #expect(PostgresConnection.numbered("a = ? AND b = ?") == "a = $1 AND b = $2")
  }

  @Test(arguments: [
    ("postgresql://u:p@h/d?x=1&password=q", "postgresql://u@h/d?x=1"),
    ("postgresql://u@h/d?password=q", "postgresql://u@h/d"),
    ("host=h password='a b' user=u", "host=h password=… user=u"),
  ])
  func secretsAreLeftOut(address: String, shown: String) {
    #expect(PostgresDatabase.withoutSecrets(address) == shown)
  }

  @Test func inCIThereIsAServer() {
    let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
    #expect(!isCI || StoreKind.all.contains(.postgres))
  }
}
