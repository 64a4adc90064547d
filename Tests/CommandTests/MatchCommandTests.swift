import Foundation
import Testing

/// `akin match` from two files of pairs to probabilities.
@Suite(.serialized) struct MatchCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Pairs of the English sample: an offer and its title said otherwise, or another of its brand's or
  /// its neighbour's. Products of even place train, the others choose or test.
  private func pairs(_ part: Int, of parts: Int) throws -> String {
    let rows = try String(contentsOfFile: AkinProcess.sampleProducts[1], encoding: .utf8)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    func cell(_ text: String) -> String {
      "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
    var lines = ["left_title,left_brand,right_title,right_brand,label"]
    func add(_ left: [String], _ right: String, _ brand: String, _ label: Int) {
      lines.append(
        [left[1], left[2], right, brand].map(cell).joined(separator: ",") + ",\(label)")
    }
    for (place, row) in rows.enumerated() where place % parts == part {
      let words = row[1].split(separator: " ").map(String.init)
      let moved = (words.dropFirst() + words.prefix(1)).joined(separator: " ").lowercased()
      add(row, "New " + moved, row[2], 1)
      add(row, row[1] + (row[9].isEmpty ? "" : " " + row[9]), row[2], 1)
      for step in [1, 2, 7] {
        let other = rows[(place + step) % rows.count]
        if other[1] != row[1] { add(row, other[1], other[2], 0) }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func fromPairsToProbabilities() throws {
    let files = try (0..<3).map { try folder.write(try pairs($0, of: 3), to: "\($0).csv") }
    let model = folder.path("matcher")
    let trained = try AkinProcess.run(
      "match", "train", "--train", files[0], "--valid", files[1], "--output", model,
      "--comparisons-only", "--encoder", "minilm-l6", "--json")
    try #require(trained.status == 0, "\(trained.messages)")
    let validation = try #require(try trained.json()["validation"] as? [String: Any])
    #expect(validation["f1"] as? Double ?? 0 > 0.8, "\(validation)")

    let measured = try AkinProcess.run(
      "match", "evaluate", "--model", model, "--pairs", files[2], "--json")
    let measures = try measured.json()
    for name in ["f1", "precision", "recall", "auc", "ece", "threshold"] {
      let value = try #require(measures[name] as? Double, "\(name): \(measured.messages)")
      #expect((0...1).contains(value))
    }
    // All others called a match would have an F1 of .6.
    #expect(measures["f1"] as? Double ?? 0 > 0.75, "\(measures)")

    // What is predicted, line by line, is what was measured.
    let predicted = try AkinProcess.run("match", "predict", "--model", model, "--pairs", files[2])
    let lines = predicted.text.split(separator: "\n").map { $0.split(separator: "\t") }
    let labels = try pairs(2, of: 3).split(separator: "\n").dropFirst().map { $0.hasSuffix(",1") }
    try #require(lines.count == labels.count, "\(predicted.messages)")
    let found = lines.map { $0[2] == "match" }
    let hits = zip(found, labels).count { $0 && $1 }
    let f1 = 2 * Double(hits) / Double(found.count { $0 } + labels.count { $0 })
    #expect(abs(f1 - (measures["f1"] as? Double ?? 0)) < 1e-6)
    for line in lines {
      let isAbove = try #require(Double(line[1])) >= measures["threshold"] as? Double ?? 2
      #expect(isAbove == (line[2] == "match") || line[1].count == 6)
    }

    // The labels are not looked at.
    let blind = try folder.write(
      try pairs(2, of: 3).split(separator: "\n")
        .map { $0.prefix(upTo: $0.lastIndex(of: ",") ?? $0.endIndex) }.joined(separator: "\n"),
      to: "blind.csv")
    #expect(
      try AkinProcess.run("match", "predict", "--model", model, "--pairs", blind).text
        == predicted.text)

    try Data("{".utf8).write(to: URL(filePath: model + "/matcher.json"))
    let damaged = try AkinProcess.run("match", "predict", "--model", model, "--pairs", blind)
    #expect(damaged.status == 65 && damaged.messages.contains("matcher.json"))
  }

  @Test(arguments: [
    ("left_title,right_title\na,b\n", "column label"),
    ("left_title,right_title,label\na,b,2\n", "2: column label"),
    ("left_title,label\na,1\n", "right_title"),
    ("left_title,right_title,label\na,b,1\n", "at least 10"),
    ("", "pairs.csv"),
    (nil, "pairs.csv"),
  ])
  func unusablePairsAreExplained(content: String?, says: String) throws {
    if let content { _ = try folder.write(content, to: "pairs.csv") }
    let path = folder.path("pairs.csv")
    let run = try AkinProcess.run(
      "match", "train", "--train", path, "--valid", path, "--output", folder.path("matcher"),
      "--comparisons-only")
    #expect(run.status == 65 && run.messages.contains(says), "\(run.status) \(run.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("matcher")))
  }

  @Test func aMissingMatcherIsNamed() throws {
    let path = try folder.write("left_title,right_title\na,b\n", to: "pairs.csv")
    let run = try AkinProcess.run(
      "match", "predict", "--model", folder.path("nothing"), "--pairs", path)
    #expect(run.status == 65 && run.messages.contains("akin match train"))
  }
}
