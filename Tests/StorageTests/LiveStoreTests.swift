import AkinCatalogue
import Foundation
import PostgresServer
import Testing

@testable import AkinStorage

/// What a serving shop writes beside builds.
@Suite final class LiveStoreTests {
  let directory = FileManager.default.temporaryDirectory
    .appending(path: "akin-live-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: directory) }

  private func write(_ id: String, _ text: String) -> ProductWrite {
    ProductWrite(product: Product(id: id, title: text), text: text)
  }

  @Test(arguments: StoreKind.all) func placesOnlyGrow(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    let first = try store.upsert([write("a", "x"), write("b", "y"), write("c", "x")])
    #expect(first.map(\.ordinal) == [0, 1, 2] && first.map(\.text) == [0, 1, 0])
    #expect(try store.removeProducts(["c", "missing"]) == [2])
    let second = try store.upsert([write("d", "z"), write("a", "z")])
    #expect(second.map(\.ordinal) == [3, 0] && second.map(\.isNew) == [true, false])
    #expect(second.map(\.text) == [2, 2])
    #expect(try store.products(after: 0, limit: 5).map(\.product.id) == ["b", "d"])
  }

  @Test(arguments: StoreKind.all) func liveWritesStandBesideABuild(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    _ = try store.upsert([write("a", "x")])
    var event = Event(type: .purchase, product: "a")
    event.user = "u"
    _ = try store.add([event], received: 5)
    try store.publish(ShopStoreTests.snapshot(["q", "r"]))
    #expect(try store.productCount() == 2)
    #expect(try store.eventCount() == 1)
    #expect(try store.events(of: .user("u"), limit: 9).first?.time == 5)
  }

  @Test(arguments: StoreKind.all) func everyFieldOfAnEventComesBack(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    var event = Event(type: .addToCart, product: "a")
    event.id = "e"
    event.user = "u"
    event.visitor = "v"
    event.session = "s"
    event.transaction = "t"
    event.time = 12.5
    event.quantity = 3
    event.price = Price(amount: 9.5, currency: "CNY")
    event.attribution = "popular.x.y"
    #expect(try store.add([event, event], received: 0).added == [0])
    for name in [ShopperName.user("u"), .visitor("v"), .session("s")] {
      #expect(try store.events(of: name, limit: 2) == [event])
    }
  }

  @Test(arguments: StoreKind.all) func erasureFollowsDevicesButNotOtherCustomers(_ kind: StoreKind)
    throws
  {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    func event(_ user: String?, _ visitor: String?, _ session: String?) -> Event {
      var event = Event(type: .viewItem, product: "p")
      event.user = user
      event.visitor = visitor
      event.session = session
      return event
    }
    _ = try store.add(
      [
        event("u", "v", "s"), event(nil, "v", "s0"), event(nil, nil, "s"), event("w", "v", "s2"),
        event(nil, "other", "s3"),
      ], received: 1)
    let erased = try store.eraseEvents(of: .user("u"))
    #expect(erased.reduce(0) { $0 + $1.events } == 3)
    #expect(try store.eventCount() == 2)
    #expect(try store.events(of: .user("w"), limit: 5).count == 1)
  }

  @Test(arguments: StoreKind.all) func keysRulesAndJobsAreKept(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    let key = StoredKey(
      id: "k", digest: [1, 2], role: .browser, name: "web", origins: ["https://a", "https://b"],
      created: 3)
    try store.add(key)
    #expect(try store.key(digest: [1, 2]) == key)
    #expect(try store.key(digest: [1]) == nil)
    #expect(try store.revokeKey(id: "k", at: 4) && !store.revokeKey(id: "x", at: 4))
    #expect(try store.keys().first?.revoked == 4)
    try store.save(StoredRule(id: "r", position: 2, body: "{}"), at: 1)
    try store.save(StoredRule(id: "q", position: 1, body: "{}"), at: 1)
    #expect(try store.rules().map(\.id) == ["q", "r"])
    #expect(try store.removeRule(id: "q") && !store.removeRule(id: "q"))
    try store.save(StoredJob(id: "j", kind: "rebuild", created: 1))
    try store.closeInterruptedJobs(at: 9)
    #expect(try store.jobs(limit: 5).first?.state == .interrupted)
  }

  @Test func aServedShopIsDurable() throws {
    let store = try ShopStore(directory: directory, for: .serving)
    // 2 is FULL: the log is on the disk before a commit returns.
    #expect(try store.write { try $0.value("PRAGMA synchronous") } as Int? == 2)
  }

  @Test(arguments: StoreKind.all) func experimentsAndExposures(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    var experiment = StoredExperiment(id: "x", body: "{}", created: 5)
    try store.save(experiment)
    try store.save(StoredExperiment(id: "a", body: "{}", created: 6))
    (experiment.body, experiment.started, experiment.stopped) = ("{1}", 7, 8)
    try store.save(experiment)
    #expect(try store.experiments().map(\.id) == ["x", "a"])
    #expect(try store.experiments().first == experiment)
    func exposure(_ variant: String, _ name: ShopperName, _ first: Double) -> Exposure {
      Exposure(experiment: "x", variant: variant, shopper: name, first: first)
    }
    try store.add([exposure("b", .user("u"), 2), exposure("c", .visitor("u"), 1)])
    // The first list of a shopper counts.
    try store.add([exposure("c", .user("u"), 9), exposure("b", .session("s"), 3)])
    #expect(
      try store.exposures(to: "x") == [
        exposure("c", .visitor("u"), 1), exposure("b", .user("u"), 2),
        exposure("b", .session("s"), 3),
      ])
    #expect(try store.eraseExposures(of: [.user("u"), .user("none")]) == 1)
    #expect(try store.exposures(to: "x").map(\.shopper) == [.visitor("u"), .session("s")])
    #expect(try store.removeExperiment(id: "x") && !store.removeExperiment(id: "x"))
    #expect(try store.exposures(to: "x").isEmpty)
  }

  @Test(arguments: StoreKind.all) func eventsFromATimeOn(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    let events = [30.0, 10, 20, 20].enumerated().map { index, time in
      var event = Event(type: .purchase, product: "p\(index)")
      (event.user, event.time, event.attribution) = ("u", time, "t\(index)")
      return event
    }
    _ = try store.add(events, received: 0)
    var found: [String] = []
    try store.forEachEvent(since: 20) { found.append("\($0.product) \($0.attribution ?? "")") }
    #expect(found == ["p2 t2", "p3 t3", "p0 t0"])
  }

  @Test(arguments: StoreKind.all) func jobsComeInPages(_ kind: StoreKind) throws {
    try kind.prepare(directory)
    let store = try ShopStore(directory: directory, for: .serving)
    for index in 0..<5 {
      try store.save(StoredJob(id: "j\(index)", kind: "rebuild", created: Double(index / 2)))
    }
    let first = try store.jobs(before: nil, limit: 2)
    #expect(first.map(\.id) == ["j4", "j2"])
    #expect(try store.jobs(before: first.last, limit: 9).map(\.id) == ["j3", "j0", "j1"])
    #expect(try store.job(id: "j1")?.created == 0)
    #expect(try store.job(id: "none") == nil)
  }
}
