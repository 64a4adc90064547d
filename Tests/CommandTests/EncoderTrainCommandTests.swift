import Foundation
import Testing

@Suite struct EncoderTrainCommandTests {
  @Test func aTrainedEncoderBuildsAShop() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("own")
    let trained = try AkinProcess.run(
      ["encoder", "train", "--products"] + AkinProcess.sampleProducts + [
        "--output", model, "--architecture", "textcnn", "--epochs", "2", "--dimension", "32",
        "--width", "16", "--json",
      ])
    #expect(trained.status == 0, "\(trained.messages)")
    let summary = try trained.json()
    #expect(summary["architecture"] as? String == "textcnn")
    #expect((summary["training"] as? [String: Any])?["reciprocalRank"] as? Double ?? 0 > 0)
    let shown = try AkinProcess.run("model", "inspect", model, "--json")
    #expect(try shown.json()["dimension"] as? Int == 32)
    let shop = folder.path("shop")
    let built = try AkinProcess.run(
      ["build", "--products"] + AkinProcess.sampleProducts + [
        "--shop", shop, "--model", model, "--json",
      ])
    #expect(built.status == 0, "\(built.messages)")
    #expect(try built.json()["dimension"] as? Int == 32)
    let similar = try AkinProcess.run("similar", "--shop", shop, "101101", "--k", "3", "--json")
    #expect(similar.status == 0, "\(similar.messages)")
    let texts = try folder.write("手机壳\n\niPhone 12\n", to: "texts.txt")
    let encoded = try AkinProcess.run(
      "encode", "--model", model, "--input", texts, "--output", folder.path("rows.npy"))
    #expect(encoded.status == 0, "\(encoded.messages)")
  }

  @Test func pairsOfTheUpperHalfAreLearntFrom() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<60).map { "word\($0) one,word\($0) two,\($0 % 3)" }
    let pairs = try folder.write(
      "query,title,relevance\n" + rows.joined(separator: "\n") + "\n", to: "pairs.csv")
    let trained = try AkinProcess.run([
      "encoder", "train", "--pairs", pairs, "--output", folder.path("own"), "--epochs", "1",
      "--width", "8", "--dimension", "16", "--json",
    ])
    #expect(trained.status == 0, "\(trained.messages)")
    let card = try trained.json()["training"] as? [String: Any]
    #expect(card?["groups"] as? Int == 20 && card?["texts"] as? Int == 40)
  }

  @Test func whatCannotBeIsRefused() throws {
    let folder = try TemporaryFolder()
    let nothing = try AkinProcess.run("encoder", "train", "--output", folder.path("own"))
    #expect(nothing.status == 64 && nothing.messages.contains("--products"))
    let unknown = try AkinProcess.run(
      ["encoder", "train", "--products"] + AkinProcess.sampleProducts
        + ["--output", folder.path("own"), "--architecture", "rnn"])
    #expect(unknown.status == 64 && unknown.messages.contains("bigru"))
    let ungrouped = try folder.write("id,title\n1,one\n2,two\n", to: "few.csv")
    let groups = try AkinProcess.run(
      "encoder", "train", "--products", ungrouped, "--groups", "--output", folder.path("own"))
    #expect(groups.status == 65 && groups.messages.contains("item_group"), "\(groups.messages)")
    let few = try AkinProcess.run(
      "encoder", "train", "--products", ungrouped, "--output", folder.path("own"))
    #expect(few.status == 65 && few.messages.contains("at least 20"), "\(few.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("own")))
  }
}
