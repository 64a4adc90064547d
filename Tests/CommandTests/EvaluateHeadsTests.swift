import Foundation
import Testing

@Suite(.serialized) struct EvaluateHeadsTests {
  @Test func headsAreMeasuredBesideSimpleWays() throws {
    let answer = try AkinProcess.run(
      "evaluate", "--heads", "--events", AkinProcess.sampleEvents, "--horizon", "2h",
      "--recommender", "gru4rec", "--budget", "20s", "--json")
    try #require(answer.status == 0, "\(answer.messages)")
    let report = try answer.json()
    #expect(
      report["chosen"] as? String == "gru4rec" && report["horizon_seconds"] as? Double == 7_200)
    #expect(report["test_opened"] as? Int == 1)
    let purchase = try #require(report["purchase"] as? [String: Any])
    for name in ["auc", "baseline_auc", "rate"] {
      #expect((0...1).contains(try #require(purchase[name] as? Double)), "\(name)")
    }
    let dwell = try #require(report["dwell"] as? [String: Any])
    for name in ["mae_seconds", "median_mae_seconds", "baseline_mae_seconds"] {
      #expect(try #require(dwell[name] as? Double) > 0, "\(name)")
    }
    let lines = try #require(dwell["lines"] as? [[String: Any]])
    #expect(lines.compactMap { $0["name"] as? String }.contains("median"))
  }

  @Test(arguments: [
    ["--heads"], ["--events", "x.jsonl"],
    ["--heads", "--events", "x.jsonl", "--sessions", "s.txt"],
    ["--heads", "--events", "x.jsonl", "--horizon", "soon"],
    ["--heads", "--events", "x.jsonl", "--recommender", "ease"],
  ]) func whatDoesNotGoTogetherIsRefused(_ arguments: [String]) throws {
    let answer = try AkinProcess.run(["evaluate"] + arguments)
    #expect(answer.status == 64, "\(answer.messages)")
  }

  /// Twenty users of two groups; item 4 belongs to the first by the side alone.
  @Test func aSideIsWeighedOnValidation() throws {
    let folder = try TemporaryFolder()
    var (train, test) = ("", "")
    for user in 0..<40 {
      let base = user % 2 * 5
      let items = (0..<4).filter { $0 != user / 2 % 4 }.map { "\(base + $0)" }
      train += "\(user) \(items.joined(separator: " "))\n"
      test += "\(user) \(base + user / 2 % 4)\n"
    }
    let (one, two, side) = (
      folder.path("train.txt"), folder.path("test.txt"), folder.path("side.txt")
    )
    try train.write(toFile: one, atomically: true, encoding: .utf8)
    try test.write(toFile: two, atomically: true, encoding: .utf8)
    try "0 0 1 2 3 4\n1 5 6 7 8 9\n".write(toFile: side, atomically: true, encoding: .utf8)
    let answer = try AkinProcess.run(
      "evaluate", "--interactions", one, "--test", two, "--recommender", "ease", "--side", side,
      "--cuts", "2", "--json")
    try #require(answer.status == 0, "\(answer.messages)")
    let report = try answer.json()
    #expect((report["candidates"] as? [Any])?.count == 6)
    #expect(report["recall@2"] as? Double == 1)
    let refused = try AkinProcess.run(
      "evaluate", "--interactions", one, "--test", two, "--recommender", "bpr", "--side", side,
      "--side-weight", "1")
    #expect(refused.status == 64 && refused.messages.contains("ease"))
  }
}
