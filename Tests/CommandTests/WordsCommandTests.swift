import Foundation
import Testing

@Suite struct WordsCommandTests {
  @Test func wordsAreLearntAndShown() throws {
    let folder = try TemporaryFolder()
    let trained = try AkinProcess.run(
      ["words", "train", "--products"] + AkinProcess.sampleProducts
        + ["--output", folder.path("words"), "--epochs", "2", "--dimension", "32", "--json"])
    #expect(trained.status == 0, "\(trained.messages)")
    let summary = try trained.json()
    #expect(summary["dimension"] as? Int == 32)
    #expect((summary["words"] as? Int ?? 0) > 20 && (summary["products"] as? Int ?? 0) > 20)
    let card = try Data(contentsOf: folder.url.appending(path: "words/words.json"))
    let words = try #require(
      (try JSONSerialization.jsonObject(with: card) as? [String: Any])?["words"] as? [String])
    let asked = try #require(words.first { $0.unicodeScalars.contains { $0.value > 0x4E00 } })
    let like = try AkinProcess.run(
      "words", "like", asked, "--model", folder.path("words"), "-k", "3", "--json")
    let found = try JSONSerialization.jsonObject(with: like.output) as? [[String: Any]]
    #expect(found?.count == 3 && found?.allSatisfy { $0["word"] as? String != asked } == true)
    let shown = try AkinProcess.run("words", "like", asked, "--model", folder.path("words"))
    #expect(shown.text.split(separator: "\n").count == 10)
  }

  @Test func whatCannotBeIsRefused() throws {
    let folder = try TemporaryFolder()
    let none = try AkinProcess.run("words", "like", "x", "--model", folder.path(""))
    #expect(none.status == 65 && none.messages.contains("akin words train"))
    let window = try AkinProcess.run(
      ["words", "train", "--products"] + AkinProcess.sampleProducts
        + ["--output", folder.path("words"), "--window", "0"])
    #expect(window.status == 65 && window.messages.contains("window"))
    let few = try folder.write("id,title\n1,one\n2,two\n", to: "few.csv")
    let short = try AkinProcess.run(
      "words", "train", "--products", few, "--output", folder.path("words"))
    #expect(short.status == 65 && short.messages.contains("more texts"), "\(short.messages)")
  }
}
