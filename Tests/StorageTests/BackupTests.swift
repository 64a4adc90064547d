import Foundation
import Testing

@testable import AkinStorage

@Suite final class BackupTests {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "akin-backup-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func shop(_ name: String) -> URL { folder.appending(path: name) }

  private func filled() throws -> ShopStore {
    let store = try ShopStore(directory: shop("a"), for: .serving)
    try store.publish(ShopStoreTests.snapshot(["q", "r"]))
    try store.save(StoredRule(id: "r", position: 1, body: "{}"), at: 1)
    return store
  }

  @Test func aBackupBringsBackADestroyedShop() throws {
    var store: ShopStore? = try filled()
    let file = shop("copy.akin")
    try store?.backup(to: file)
    // Written after the backup: not in it.
    try store?.save(StoredRule(id: "late", position: 2, body: "{}"), at: 2)
    store = nil
    try FileManager.default.removeItem(at: shop("a"))
    try ShopStore.restore(file, to: shop("a"), replacing: false)
    let again = try ShopStore(directory: shop("a"), for: .serving)
    #expect(try again.productCount() == 2)
    #expect(try again.rules().map(\.id) == ["r"])
  }

  @Test func aShopIsReplacedOnlyWhenAsked() throws {
    var store: ShopStore? = try filled()
    let file = shop("copy.akin")
    try store?.backup(to: file)
    try store?.save(StoredRule(id: "late", position: 2, body: "{}"), at: 2)
    store = nil
    #expect(throws: StorageError.self) {
      try ShopStore.restore(file, to: self.shop("a"), replacing: false)
    }
    #expect(try ShopStore(directory: shop("a")).rules().count == 2)
    try ShopStore.restore(file, to: shop("a"), replacing: true)
    #expect(try ShopStore(directory: shop("a")).rules().count == 1)
  }

  @Test func aServedShopIsLeftAlone() throws {
    let store = try filled()
    let file = shop("copy.akin")
    try store.backup(to: file)
    let lock = try BuildLock(directory: shop("a"), for: .serve)
    let error = #expect(throws: StorageError.self) {
      try ShopStore.restore(file, to: self.shop("a"), replacing: true)
    }
    #expect(error?.code == .busy)
    withExtendedLifetime(lock) {}
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
