import AkinStorage
import Foundation
import Testing

@Suite(.serialized) struct TrainCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The sample's shop, trained.
  private func trained() throws -> String {
    let shop = folder.path("shop")
    let built = try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts
        + ["--events", AkinProcess.sampleEvents, "--shop", shop])
    try #require(built.status == 0, "\(built.messages)")
    let training = try AkinProcess.run("train", "--shop", shop, "--json")
    try #require(training.status == 0, "\(training.messages)")
    let report = try training.json()
    #expect(report["target"] as? String == "purchase")
    let candidates = try #require(report["candidates"] as? [[String: Any]])
    let names = candidates.compactMap { $0["name"] as? String }
    #expect(Set(names).count == names.count && names.contains("item-knn"))
    for kind in ["all", "new"] {
      let blend = try #require(report[kind] as? [String: Any])
      let validation = try #require(blend["validation"] as? Double)
      let single = candidates.compactMap {
        ($0[kind] as? [String: Any])?["validation"] as? Double
      }
      #expect(validation >= single.max() ?? 1)
    }
    return shop
  }

  @Test func anEvaluationIsKeptInTheShopThatIsNamed() throws {
    let (train, test) = (folder.path("train.txt"), folder.path("test.txt"))
    let users = 0..<30
    try users.map { "\($0) \($0 % 3) \($0 % 3 + 3)" }.joined(separator: "\n")
      .write(toFile: train, atomically: true, encoding: .utf8)
    try users.map { "\($0) \($0 % 3 + 6)" }.joined(separator: "\n")
      .write(toFile: test, atomically: true, encoding: .utf8)
    let arguments = [
      "evaluate", "--interactions", train, "--test", test, "--recommender", "popularity",
      "--cuts", "2", "--keep",
    ]
    let missing = folder.path("no-shop")
    let refused = try AkinProcess.run(arguments + [missing])
    #expect(refused.status != 0 && refused.messages.contains("holds no shop"))
    #expect(!FileManager.default.fileExists(atPath: missing))
    let shop = folder.path("shop")
    let built = try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts + ["--shop", shop])
    try #require(built.status == 0, "\(built.messages)")
    let kept = try AkinProcess.run(arguments + [shop])
    #expect(kept.status == 0 && kept.messages.contains("Kept in"), "\(kept.messages)")
    let store = try ShopStore(directory: URL(filePath: shop))
    let record = try #require(try store.record("evaluation"))
    #expect(record.contains("test.txt") && record.contains("popularity"))
  }

  @Test func fromEventsToRecommendations() throws {
    let shop = try trained()
    let answer = try AkinProcess.run("recommend", "--shop", shop, "u0002", "--k", "5", "--json")
    #expect(answer.status == 0, "\(answer.messages)")
    let result = try answer.json()
    let items = try #require(result["items"] as? [[String: Any]])
    #expect(items.count == 5 && result["known"] as? Bool == true)
    for item in items {
      let score = try #require(item["score"] as? Double)
      let reasons = try #require(item["reasons"] as? [[String: Any]])
      let sum = reasons.compactMap { $0["contribution"] as? Double }.reduce(0, +)
      #expect(abs(sum - score) < 1e-4)
    }
    let new = try AkinProcess.run(
      "recommend", "--shop", shop, "u0002", "--no-repeats", "--k", "20", "--json")
    let fresh = try #require(try new.json()["items"] as? [[String: Any]])
    #expect(fresh.count == 20 && fresh.allSatisfy { $0["taken"] == nil })

    // Who looks at a phone wants its case, film or charger.
    let visit = try AkinProcess.run("recommend", "--shop", shop, "--session", "101001", "--k", "5")
    #expect(visit.status == 0 && visit.text.contains("101101"), "\(visit.text)")

    let stranger = try AkinProcess.run("recommend", "--shop", shop, "nobody", "--k", "3")
    #expect(stranger.status == 0 && stranger.messages.contains("Nothing is known of 'nobody'"))

    let unknown = try AkinProcess.run("recommend", "--shop", shop, "--session", "x,y")
    #expect(unknown.status == 65 && unknown.messages.contains("x, y"))
  }

  @Test func withoutTrainingOrEventsItSaysWhatToDo() throws {
    let shop = folder.path("shop")
    let file = try folder.write("id,title\n1,red coat\n2,blue coat\n", to: "a.csv")
    #expect(try AkinProcess.run("build", "--products", file, "--shop", shop).status == 0)
    let early = try AkinProcess.run("recommend", "--shop", shop, "u")
    #expect(early.status == 65 && early.messages.contains("akin train"))
    let training = try AkinProcess.run("train", "--shop", shop)
    #expect(training.status == 65 && training.messages.contains("--events"))
    #expect(try AkinProcess.run("train", "--shop", folder.path("none")).status == 65)
    #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
  }

  @Test(arguments: [
    ["train", "--shop", "x", "--budget", "soon"], ["train", "--shop", "x", "--k", "0"],
    ["train", "--shop", "x", "--weights", "view_item"], ["recommend", "--shop", "x"],
    ["recommend", "--shop", "x", "u", "--session", "a"],
    ["recommend", "--shop", "x", "u", "--k", "0"],
  ])
  func wrongArgumentsAreRefused(_ arguments: [String]) throws {
    #expect(try AkinProcess.run(arguments).status == 64)
  }
}
