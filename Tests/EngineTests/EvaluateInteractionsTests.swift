import AkinCatalogue
import AkinEngine
import Foundation
import Testing

@Suite struct EvaluateInteractionsTests {
  private func file(_ text: String) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).txt")
    try Data(text.utf8).write(to: url)
    return url
  }

  private func run(_ train: String, _ test: String, _ name: String = "popularity") throws
    -> EvaluationReport
  {
    var evaluation = EvaluateInteractions(try .init(name), progress: SilentProgress())
    evaluation.cuts = [1, 2]
    return try evaluation.run(train: file(train), test: file(test))
  }

  /// Item 1 was taken by three, 0 by two, 2 and 3 by one. User 0 lacks 2 and 3, of which 2 comes
  /// first; user 1 lacks 0 and 3; user 2 lacks 2 and 3; user 3 lacks all but 3.
  @Test func knownAnswer() throws {
    let report = try run("0 0 1\n1 1 2\n2 1 0\n3 3\n", "0 2\n1 3\n2 3\n3 1 0\n")
    #expect(report.means["recall@1"] == (1 + 0 + 0 + 0.5) / 4)
    #expect(report.means["recall@2"] == 1)
    #expect(report.chosen == "popularity")
    #expect(report.sizes["evaluated_users"] == 4)
    let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    for key in ["\"recall@2\":1", "\"fit_seconds\":", "\"evaluate_seconds\":", "\"chosen\":"] {
      #expect(json.contains(key))
    }
  }

  @Test(arguments: [
    ("0 1 x\n", "0 2\n", "line 1"), ("0 1\n1 2,3\n", "0 2\n", "line 2"), ("", "0 2\n", "no"),
    ("0 1\n", "\n\n", "no"), ("0 1 2\n", "0 2\n", "user 0 with item 2"),
    ("0 999999999\n", "0 1\n", "line 1"),
  ]) func badFilesAreNamed(_ train: String, _ test: String, _ part: String) throws {
    let error = #expect(throws: BehaviourError.self) { try run(train, test) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(part))
  }

  @Test func unknownNamesListTheKnown() {
    let error = #expect(throws: EngineError.self) { try EvaluateInteractions.Choice("knn") }
    #expect(error?.message.contains("item-knn") == true)
  }

  @Test func autoChoosesAndSaysWhy() throws {
    let rows = (0..<40).map { user in
      let base = user < 20 ? 0 : 12
      let own = (base..<base + 12).filter { ($0 * 7 + user * 3) % 6 != 0 }
      return "\(user) " + own.map(String.init).joined(separator: " ")
    }
    var evaluation = EvaluateInteractions(.automatic, progress: SilentProgress())
    evaluation.cuts = [2]
    evaluation.budget = 1
    let report = try evaluation.run(
      train: file(rows.joined(separator: "\n")),
      test: file("0 30\n1 31\n"))
    #expect(report.reason?.isEmpty == false)
    #expect(report.candidates.count > 1)
    #expect(report.choiceSeconds != nil)
  }
}
