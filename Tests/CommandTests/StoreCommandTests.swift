import AkinCatalogue
import AkinStorage
import Foundation
import PostgresServer
import Testing

/// A shop in PostgreSQL as its owners see it: every command, and servers that share it.
@Suite(
  .serialized, .enabled(if: StoreKind.all.contains(.postgres), "there is no PostgreSQL server"))
struct StoreCommandTests {
  let folder: TemporaryFolder
  let address: String

  init() throws {
    folder = try TemporaryFolder()
    address = try PostgresServer.shared.get().newAddress()
  }

  private func run(_ arguments: String...) throws -> AkinProcess {
    let answer = try AkinProcess.run(arguments)
    try #require(answer.status == 0, "\(arguments.joined(separator: " ")): \(answer.messages)")
    return answer
  }

  @Test func everyCommandWorksOverPostgres() throws {
    let (plain, shared) = (folder.path("plain"), folder.path("shared"))
    _ = try run("store", "attach", address, "--shop", shared)
    #expect(try run("store", "--shop", shared).text.hasPrefix("postgresql://akin@/postgres"))
    for shop in [plain, shared] {
      let built = try AkinProcess.run(
        ["build", "--products"] + AkinProcess.sampleProducts
          + ["--events", AkinProcess.sampleEvents, "--shop", shop])
      try #require(built.status == 0, "\(built.messages)")
      _ = try run("train", "--shop", shop)
    }
    #expect(!FileManager.default.fileExists(atPath: shared + "/akin.sqlite"))
    let questions = [
      ["similar", "101001", "--k", "5"], ["similar", "101001", "--relation", "complement"],
      ["recommend", "u0002", "--k", "5"], ["search", "xiaomi phone"],
    ]
    for question in questions {
      let answers = try [plain, shared].map {
        try AkinProcess.run(question + ["--shop", $0, "--json"])
      }
      #expect(answers[0].status == 0 && answers[1].status == 0, "\(answers[1].messages)")
      #expect(answers[0].text == answers[1].text, "\(question)")
    }
    // Destroyed, and brought back into a folder.
    let file = folder.path("copy.akin")
    _ = try run("backup", "--shop", shared, "--output", file)
    _ = try run("restore", file, "--shop", folder.path("back"))
    let before = try run("recommend", "u0002", "--shop", shared, "--json").text
    #expect(try run("recommend", "u0002", "--shop", folder.path("back"), "--json").text == before)
    // And there again.
    let other = try PostgresServer.shared.get().newAddress()
    _ = try run("store", "move", "--to", other, "--shop", folder.path("back"))
    #expect(try run("recommend", "u0002", "--shop", folder.path("back"), "--json").text == before)
    let refused = try AkinProcess.run("restore", file, "--shop", folder.path("back"))
    #expect(refused.status == 73 && refused.messages.contains("--replace"))
  }

  @Test func serversSeeEachOthersEventsWithinTwoSeconds() throws {
    let shops = ["a", "b"].map { folder.path($0) }
    for shop in shops { _ = try run("store", "attach", address, "--shop", shop) }
    let servers = try shops.map { try ServerProcess(shop: $0) }
    let products = (0..<20).map { #"{"id":"p\#($0)","title":"winter coat \#($0)"}"# }
    let sent = ServerProcess.ask(
      servers[0].port, "POST", "/v1/products", products.joined(separator: "\n"))
    #expect(sent?.status == 200, "\(sent?.body ?? "")")
    func wait(_ server: Int, _ path: String, for text: String) -> Duration? {
      let start = ContinuousClock.now
      while ContinuousClock.now - start < .seconds(20) {
        let answer = ServerProcess.ask(servers[server].port, "GET", path)
        if answer?.body.contains(text) ?? false { return ContinuousClock.now - start }
        usleep(20_000)
      }
      return nil
    }
    #expect(wait(1, "/v1/products/p19", for: "winter coat 19") != nil)
    #expect(wait(1, "/v1/products/p0/similar?k=3", for: "winter coat") != nil)
    for round in 0..<5 {
      // The shopper is in both memories, so that only the other server's news can change one.
      for server in servers {
        _ = ServerProcess.ask(server.port, "GET", "/v1/shoppers/u\(round)")
      }
      let (writer, reader) = (round % 2, 1 - round % 2)
      let event = #"{"event":"view","user_id":"u\#(round)","item_id":"p\#(round)"}"#
      let posted = ServerProcess.ask(servers[writer].port, "POST", "/v1/events", event)
      #expect(posted?.status == 200)
      let took = wait(reader, "/v1/shoppers/u\(round)", for: "\"p\(round)\"")
      // The promise is two seconds; that tests run beside each other is not its business.
      #expect(took != nil)
      if let took { print("seen by the other server after \(took)") }
    }
    // A server that is killed leaves nothing that keeps the others from building.
    kill(servers[0].process.processIdentifier, SIGKILL)
    servers[0].process.waitUntilExit()
    let job = ServerProcess.ask(servers[1].port, "POST", "/v1/jobs", #"{"kind":"rebuild"}"#)
    #expect(job?.status == 202, "\(job?.body ?? "")")
    #expect(wait(1, "/v1/jobs", for: #""state":"done""#) != nil)
  }

  @Test func withoutItsDatabaseAServerSaysSoAndComesBack() throws {
    let shop = folder.path("a")
    try StoreKind.point(URL(filePath: shop), to: address + "&application_name=cut")
    let server = try ServerProcess(shop: shop)
    #expect(ServerProcess.ask(server.port, "GET", "/health/ready")?.status == 200)
    let postgres = try PostgresServer.shared.get()
    try postgres.query(
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE application_name = 'cut'
      """)
    let event = #"{"event":"view","user_id":"u","item_id":"p"}"#
    var statuses: [Int?] = []
    for _ in 0..<20 where statuses.last != 200 {
      statuses.append(ServerProcess.ask(server.port, "POST", "/v1/events", event)?.status)
    }
    #expect(statuses.last == 200 && statuses.allSatisfy { $0 == 200 || $0 == 503 }, "\(statuses)")
    #expect(server.process.isRunning)
  }

  @Test func addressesAreCheckedBeforeAnythingIsWritten() throws {
    let shop = folder.path("shop")
    let wrong = try AkinProcess.run(
      "store", "attach", "postgresql://akin:secret@/x?host=/nowhere", "--shop", shop)
    #expect(wrong.status == 69 && !wrong.messages.contains("secret"), "\(wrong.messages)")
    #expect(!FileManager.default.fileExists(atPath: shop + "/database.url"))
    let other = try AkinProcess.run("store", "attach", "mysql://x", "--shop", shop)
    #expect(other.status == 65 && other.messages.contains("postgresql://"))
  }
}
