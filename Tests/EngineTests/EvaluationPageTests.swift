import AkinEvaluation
import AkinRecommenders
import Foundation
import Testing

@testable import AkinEngine

/// What an evaluation measures beside the chosen recommender, and its page.
@Suite struct EvaluationPageTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: UUID().uuidString, directoryHint: .isDirectory)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var (train, test) = ("", "")
    for user in 0..<40 {
      let base = user % 4 * 8
      let own = (0..<8).map { base + ($0 + user / 4) % 8 }
      train += "\(user) " + own.dropLast(2).map(String.init).joined(separator: " ") + "\n"
      test += "\(user) " + own.suffix(2).map(String.init).joined(separator: " ") + "\n"
    }
    try Data(train.utf8).write(to: folder.appending(path: "train.txt"))
    try Data(test.utf8).write(to: folder.appending(path: "test.txt"))
  }

  private func report(beside: [RecommenderName] = [.popularity]) throws -> EvaluationReport {
    var evaluation = EvaluateInteractions(try .init("item-knn"), progress: SilentProgress())
    evaluation.cuts = [2, 5]
    evaluation.beside = beside.map(\.settings)
    return try evaluation.run(
      train: folder.appending(path: "train.txt"), test: folder.appending(path: "test.txt"))
  }

  @Test func othersAreMeasuredOnTheSameUsers() throws {
    let report = try report()
    let alone = try self.report(beside: [])
    #expect(report.testOpened == 2 && alone.testOpened == 1)
    #expect(report.means == alone.means)
    let other = try #require(report.others.first)
    let test = try #require(other.chosenMinusThis["recall@2"])
    let (mine, its) = (report.means["recall@2"] ?? 0, other.means["recall@2"] ?? 0)
    #expect(abs(test.difference - (mine - its)) < 1e-6)
    #expect(mine > its && test.pValue < 0.05)
    #expect(other.strata.map(\.name) == report.strata.map(\.name))
    #expect(report.curve.last?.recall == report.means["recall@5"])
    #expect(zip(report.curve, report.curve.dropFirst()).allSatisfy { $0.recall <= $1.recall })
    let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    #expect(json.contains("\"test_opened\":2") && json.contains("\"chosen_minus_this\""))
  }

  @Test func thePageSaysHowOftenTheTestWasOpened() throws {
    let file = folder.appending(path: "page.html")
    try report().writePage(to: file, files: ["train.txt"], made: Date(timeIntervalSince1970: 0))
    let page = try String(contentsOf: file, encoding: .utf8)
    #expect(page.contains("The test was opened 2 times"))
    #expect(page.contains("1970-01-01") && page.contains("item-knn"))
    for part in ["Metrics", "As lists grow", "For whom", "What everybody gets", "<polyline"] {
      #expect(page.contains(part))
    }
    try report(beside: []).writePage(to: file, files: [], made: Date(timeIntervalSince1970: 0))
    let alone = try String(contentsOf: file, encoding: .utf8)
    #expect(alone.contains("The test was opened once"))
  }

  @Test func sequencesHaveAPageToo() throws {
    let rows = (0..<30).map { row in
      "\(row) " + (0..<6).map { "\((row + $0) % 9)" }.joined(separator: " ")
    }
    let file = folder.appending(path: "rows.txt")
    try Data(rows.joined(separator: "\n").utf8).write(to: file)
    var evaluation = try EvaluateSequences("markov", progress: SilentProgress())
    evaluation.cuts = [1, 5]
    evaluation.beside = [.popularity]
    let report = try evaluation.run(leavingOneOut: file)
    #expect(report.testOpened == 2)
    #expect(report.others.first?.chosenMinusThis["hit@1"] != nil)
    let page = folder.appending(path: "page.html")
    try report.writePage(to: page, files: ["rows.txt"], made: Date(timeIntervalSince1970: 0))
    #expect(try String(contentsOf: page, encoding: .utf8).contains("Hit rate at"))
  }
}
