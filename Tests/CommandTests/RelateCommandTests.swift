import Foundation
import Testing

@Suite(.serialized) struct RelateCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func related(_ shop: String, _ id: String, _ relation: String) throws
    -> [[String: Any]]
  {
    let answer = try AkinProcess.run(
      "similar", "--shop", shop, id, "--relation", relation, "--k", "50", "--json")
    try #require(answer.status == 0, "\(answer.messages)")
    let result = try answer.json()
    #expect((result["query"] as? [String: Any])?["relation"] as? String == relation)
    return try #require(result["items"] as? [[String: Any]])
  }

  @Test func fromTheSampleToAnswersByType() throws {
    let shop = folder.path("shop")
    let built = try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts
        + ["--events", AkinProcess.sampleEvents, "--shop", shop])
    try #require(built.status == 0, "\(built.messages)")
    let cases = try related(shop, "101001", "complement")
    #expect(cases.contains { $0["id"] as? String == "101101" })
    for item in cases {
      let score = try #require(item["score"] as? Double)
      let probability = try #require(item["probability"] as? Double)
      let evidence = try #require(item["evidence"] as? [[String: Any]])
      let sum = evidence.compactMap { $0["contribution"] as? Double }.reduce(0, +)
      #expect(abs(sum - score) < 1e-3 && (0...1).contains(probability))
    }
    let phones = try related(shop, "101101", "complement")
    #expect(!phones.contains { $0["id"] as? String == "101001" })

    // A link that only the shop knows.
    let links = try folder.write(
      "product,other,relation\n101001,802004,complement\n", to: "links.csv")
    let training = try AkinProcess.run(
      "relate", "train", "--shop", shop, "--links", links, "--json")
    try #require(training.status == 0, "\(training.messages)")
    let report = try training.json()
    #expect(report["links"] as? Int == 1)
    #expect(report["macroF1"] as? Double ?? 0 > report["baselineMacroF1"] as? Double ?? 1)
    let after = try related(shop, "101001", "complement")
    #expect(after.contains { $0["id"] as? String == "802004" })

    let again = try AkinProcess.run("relate", "train", "--shop", shop)
    #expect(again.status == 0 && again.text.contains("held-out pairs"), "\(again.messages)")
    let shown = try AkinProcess.run("similar", "--shop", shop, "101001", "--relation", "variant")
    #expect(shown.status == 0 && shown.text.contains("101002") && shown.text.contains("%"))
    let page = folder.path("page.html")
    let reported = try AkinProcess.run("report", "--shop", shop, "--output", page)
    #expect(reported.status == 0, "\(reported.messages)")
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("\"complement\""))
  }

  @Test func wrongArgumentsAreExplained() throws {
    let type = try AkinProcess.run("similar", "--shop", "x", "1", "--relation", "friend")
    #expect(type.status == 64 && type.messages.contains("complement"))
    let text = try AkinProcess.run(
      "similar", "--shop", "x", "--text", "phone", "--relation", "same")
    #expect(text.status == 64 && text.messages.contains("--relation asks about a product"))
    let links = try folder.write("product,other,relation\n1,2,friend\n", to: "links.csv")
    let faulty = try AkinProcess.run(
      "relate", "train", "--shop", folder.path("none"), "--links", links)
    #expect(faulty.status == 65 && faulty.messages.contains("line 2"))
    let none = try AkinProcess.run("relate", "train", "--shop", folder.path("none"))
    #expect(none.status == 65 && none.messages.contains("akin build"))
  }
}
