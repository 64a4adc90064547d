import AkinCatalogue
import Foundation
import PostgresServer
import Testing

@testable import AkinStorage

@Suite final class BackupTests {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "akin-backup-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func shop(_ name: String) -> URL { folder.appending(path: name) }

  private func filled(_ kind: StoreKind) throws -> ShopStore {
    try kind.prepare(shop("a"))
    let store = try ShopStore(directory: shop("a"), for: .serving)
    try store.publish(ShopStoreTests.snapshot(["q", "r"]))
    try store.saveVectors([1, 2, 3, 4], of: ["q", "r"], model: "m")
    try store.save(StoredRule(id: "r", position: 1, body: "{}"), at: 1)
    var event = Event(type: .purchase, product: "sku-0")
    event.user = "u"
    _ = try store.add([event], received: 1)
    let work = shop("a").appending(path: "recommender-1")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    try Data(repeating: 7, count: 3_000_000).write(to: work.appending(path: "large"))
    try Data().write(to: work.appending(path: "empty"))
    try store.keep("recommender-1", as: .recommender)
    try Data("{}".utf8).write(to: shop("a").appending(path: "search-order-1.json"))
    try store.keep("search-order-1.json", as: .searchOrder)
    return store
  }

  private func expectEverything(_ store: ShopStore) throws {
    #expect(try store.productCount() == 2)
    #expect(try store.rules().map(\.id) == ["r"])
    #expect(try store.vectors(of: ["r"], model: "m", dimension: 2) == [3, 4])
    #expect(try store.neighbours(.content, of: 1) == [Neighbour(item: 0, score: 0.5)])
    #expect(try store.events(of: .user("u"), limit: 9).count == 1)
    let work = store.directory.appending(path: try #require(try store.kept(.recommender)))
    #expect(try Data(contentsOf: work.appending(path: "large")).count == 3_000_000)
    #expect(try Data(contentsOf: work.appending(path: "empty")).isEmpty)
    let order = store.directory.appending(path: try #require(try store.kept(.searchOrder)))
    #expect(try Data(contentsOf: order) == Data("{}".utf8))
    // Events go on behind those that were copied.
    #expect(try store.add([Event(type: .viewItem, product: "x")], received: 2).added == [0])
    #expect(try store.eventCount() == 2)
  }

  @Test(arguments: StoreKind.all, StoreKind.all)
  func aBackupBringsBackADestroyedShop(_ kind: StoreKind, _ target: StoreKind) throws {
    var store: ShopStore? = try filled(kind)
    let file = shop("copy.akin")
    try store?.backup(to: file)
    // Written after the backup: not in it.
    try store?.save(StoredRule(id: "late", position: 2, body: "{}"), at: 2)
    store = nil
    try FileManager.default.removeItem(at: shop("a"))
    try target.prepare(shop("a"))
    try ShopStore.restore(file, to: shop("a"), replacing: false)
    try expectEverything(try ShopStore(directory: shop("a"), for: .serving))
  }

  @Test(arguments: StoreKind.all) func aShopIsReplacedOnlyWhenAsked(_ kind: StoreKind) throws {
    var store: ShopStore? = try filled(kind)
    let file = shop("copy.akin")
    try store?.backup(to: file)
    try store?.save(StoredRule(id: "late", position: 2, body: "{}"), at: 2)
    store = nil
    #expect(throws: StorageError.self) {
      try ShopStore.restore(file, to: self.shop("a"), replacing: false)
    }
    #expect(try ShopStore(directory: shop("a")).rules().count == 2)
    try ShopStore.restore(file, to: shop("a"), replacing: true)
    try expectEverything(try ShopStore(directory: shop("a"), for: .serving))
  }

  @Test(arguments: StoreKind.all) func aServedShopIsLeftAlone(_ kind: StoreKind) throws {
    let store = try filled(kind)
    let file = shop("copy.akin")
    try store.backup(to: file)
    let lock = try store.lock(for: .serve)
    let error = #expect(throws: StorageError.self) {
      try ShopStore.restore(file, to: self.shop("a"), replacing: true)
    }
    #expect(error?.code == .busy)
    withExtendedLifetime(lock) {}
  }

  @Test(arguments: StoreKind.all) func aShopMovesThereAndBack(_ kind: StoreKind) throws {
    guard kind == .postgres else { return }
    _ = try filled(.sqlite)
    let address = try PostgresServer.shared.get().newAddress()
    #expect(try ShopStore.move(shop("a"), to: address, replacing: false).hasSuffix("akin.sqlite"))
    var moved: ShopStore? = try ShopStore(directory: shop("a"))
    #expect(moved?.isShared == true)
    moved = nil
    // On another machine there is nothing but the database.
    try ShopStore.attach(shop("b"), to: address)
    try expectEverything(try ShopStore(directory: shop("b"), for: .serving))
    #expect(throws: StorageError.self) {
      try ShopStore.move(self.shop("a"), to: "sqlite", replacing: false)
    }
    try ShopStore.move(shop("a"), to: "sqlite", replacing: true)
    let back = try ShopStore(directory: shop("a"), for: .serving)
    #expect(!back.isShared)
    #expect(try back.eventCount() == 2)
    #expect(throws: StorageError.self) { try ShopStore.attach(self.shop("a"), to: address) }
  }

  @Test func everyTableIsCopied() throws {
    _ = try filled(.sqlite)
    let store = try ShopStore(directory: shop("a"))
    let tables = try store.read { database in
      try database.all("SELECT name FROM sqlite_master WHERE type = 'table'") {
        try $0[0] as String
      }
    }
    let copied = Set(CopiedTable.all.map(\.name))
    #expect(Set(tables).subtracting(["grdb_migrations", "sqlite_sequence"]) == copied)
    for table in CopiedTable.all {
      let columns = try store.read { database in
        try database.all("SELECT name FROM pragma_table_info(?)", [table.name]) {
          try $0[0] as String
        }
      }
      #expect(table.columns.map { $0.replacing("\"", with: "") } == columns, "\(table.name)")
    }
  }

  @Test(arguments: ["", "no database", "SQLite format 3\u{0}"])
  func whatIsNoBackupIsRefused(content: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = shop("wrong.akin")
    try Data(content.utf8).write(to: file)
    #expect(throws: StorageError.self) {
      try ShopStore.restore(file, to: self.shop("b"), replacing: true)
    }
    #expect(!FileManager.default.fileExists(atPath: shop("b/akin.sqlite").path))
    #expect(throws: StorageError.self) {
      try ShopStore.restore(self.shop("nothing"), to: self.shop("b"), replacing: true)
    }
  }
}
