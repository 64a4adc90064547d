import AkinStorage
import Foundation
import HTTPTypes
import Testing

@testable import AkinEngine
@testable import AkinServer

/// Every long list comes in pages that together are the list.
@Suite struct CursorTests {
  /// All entries of a list by its pages, and how many pages there were.
  private func walk(
    _ shop: TestShop, _ path: String, limit: Int, member: String = "items", name: String = "id",
    between: (Int) async throws -> Void = { _ in }
  ) async throws -> (names: [String], pages: Int) {
    var (names, pages, cursor): ([String], Int, String?) = ([], 0, nil)
    repeat {
      let address = path + "?limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? "")
      let answer = try await shop.ask(.get, address)
      try #require(answer.status == 200, "\(answer.text)")
      let items = try #require(answer.json[member] as? [[String: Any]])
      #expect(items.count <= limit)
      names += items.compactMap { $0[name] as? String }
      cursor = answer.json["next_cursor"] as? String
      pages += 1
      try await between(pages)
    } while cursor != nil && pages < 100
    return (names, pages)
  }

  private static let rule = #"{"action":{"type":"stock","out_of_stock":"hide"}}"#

  @Test func rules() async throws {
    let shop = try TestShop()
    let names = (0..<7).map { "r\($0)" }
    for name in names { _ = try await shop.ask(.put, "/v1/rules/\(name)", Self.rule) }
    #expect(try await shop.ask(.get, "/v1/rules").ids == names)
    #expect(try await walk(shop, "/v1/rules", limit: 3) == (names, 3))
    // One that was shown is gone: nothing that comes after it is left out.
    let rest = try await walk(shop, "/v1/rules", limit: 3) { page in
      if page == 1 { _ = try await shop.ask(.delete, "/v1/rules/r2") }
    }
    #expect(Set(rest.names).isSuperset(of: ["r3", "r4", "r5", "r6"]))
  }

  @Test func jobs() async throws {
    let shop = try TestShop()
    for index in 0..<120 {
      // Some are of one moment.
      try shop.shop.store.save(
        StoredJob(id: "j\(1_000 + index)", kind: "rebuild", created: Double(index / 3)))
    }
    let found = try await walk(shop, "/v1/jobs", limit: 7)
    #expect(found.names.count == 120 && Set(found.names).count == 120)
    #expect(found.names.first == "j1117" && found.names.last == "j1002")
    #expect(try await shop.ask(.get, "/v1/jobs/j1000").json["kind"] as? String == "rebuild")
    let ended = try await shop.ask(.delete, "/v1/jobs/j1000")
    #expect(ended.status == 409, "\(ended.text)")
    #expect(try await shop.ask(.delete, "/v1/jobs/none").status == 404)
  }

  @Test func keys() async throws {
    let shop = try TestShop()
    for index in 0..<5 {
      _ = try ServerKeys.create(
        role: .read, name: "\(index)", origins: [], in: shop.shop.store, now: Double(index))
    }
    #expect(
      try await walk(shop, "/v1/keys", limit: 2, name: "name") == (["0", "1", "2", "3", "4"], 3))
  }

  @Test func deeds() async throws {
    let shop = try TestShop()
    let events = (0..<450).map {
      #"{"event":"view","user_id":"u","item_id":"p\#($0)","timestamp":\#(1_700_000_000 + $0 / 4)}"#
    }
    _ = try await shop.ask(.post, "/v1/events", "[\(events.joined(separator: ","))]")
    let found = try await walk(
      shop, "/v1/shoppers/u", limit: 101, member: "deeds", name: "product"
    ) { page in
      // What comes meanwhile is newer and moves nothing.
      let late = #"{"event":"view","user_id":"u","item_id":"late","timestamp":1800000000}"#
      if page == 2 { _ = try await shop.ask(.post, "/v1/events", late) }
    }
    #expect(found.pages == 5)
    #expect(Set(found.names) == Set((0..<450).map { "p\($0)" }) && found.names.count == 450)
  }

  @Test(arguments: ["rules", "jobs", "keys", "shoppers/u"])
  func aCursorThatNobodyGaveIsRefused(list: String) async throws {
    let shop = try TestShop()
    for cursor in ["x", "AAAA", "%00", "-1", "bmFuAGE", String(repeating: "A", count: 5_000)] {
      let answer = try await shop.ask(.get, "/v1/\(list)?cursor=\(cursor)")
      #expect(answer.status == 422, "\(cursor): \(answer.text)")
      #expect(answer.text.contains("cursor"))
    }
    #expect(try await shop.ask(.get, "/v1/\(list)?limit=0").status == 422)
  }
}
