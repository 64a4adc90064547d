import AkinCatalogue
import AkinEvaluation
import Foundation
import Testing

@testable import AkinRecommenders

/// What every sequence recommender must do.
@Suite struct SequenceContractTests {
  /// A circle of six items, walked from every start; item 6 comes once, alone.
  static let circle: Sequences = {
    var sequences = Sequences(itemCount: 7)
    for start in 0..<36 { sequences.append((0..<5).map { Int32((start + $0) % 6) }) }
    sequences.append([6])
    return sequences
  }()

  struct Subject: Sendable, CustomTestStringConvertible {
    var name: String
    var fit: @Sendable (Sequences) throws -> any SequenceRecommender
    var load: @Sendable (ModelArchive) throws -> any SequenceRecommender
    var testDescription: String { name }

    init<Algorithm: SequenceAlgorithm>(_ name: String, _ algorithm: Algorithm) {
      self.name = name
      fit = { try algorithm.fit($0, validation: nil) { _, _ in } }
      load = { try Algorithm.Model($0) }
    }
  }

  static func network(_ architecture: NextItem.Architecture) -> NextItem {
    var settings = NextItem(architecture)
    (settings.width, settings.layers, settings.heads, settings.longest) = (16, 1, 2, 4)
    (settings.epochs, settings.rowsPerStep, settings.rate) = (30, 32, 0.02)
    settings.dropout = 0.1
    return settings
  }

  static let subjects: [Subject] = [
    Subject("popularity", Markov(order: 0)), Subject("bigram", Markov(order: 1)),
    Subject("trigram", Markov(order: 2)), Subject("skipping", Markov(order: 1, reach: 3)),
    Subject("neighbours", SessionNeighbours()),
    Subject("sasrec", network(.sasrec)), Subject("gru4rec", network(.gru4rec)),
    Subject("lstm", network(.lstm)),
  ]

  func scores(
    _ model: any SequenceRecommender, _ histories: [[Int32]]
  ) throws -> [Float] {
    var scores = [Float](repeating: .nan, count: histories.count * model.itemCount)
    try scores.withUnsafeMutableBufferPointer {
      try model.score(histories.map { $0[...] }, into: $0)
    }
    return scores
  }

  @Test(arguments: subjects.filter { $0.name != "popularity" })
  func theNextItemOfTheCircleIsFound(_ subject: Subject) throws {
    let model = try subject.fit(Self.circle)
    #expect(model.itemCount == 7)
    for last in 0..<Int32(6) {
      let history = [(last + 4) % 6, (last + 5) % 6, last]
      let line = try scores(model, [history])
      let best = line.indices.filter { !history.contains(Int32($0)) }.max { line[$0] < line[$1] }
      #expect(best == Int((last + 1) % 6), "\(subject.name) after \(history): \(line)")
    }
  }

  @Test(arguments: subjects) func theSameGivesTheSame(_ subject: Subject) throws {
    let histories: [[Int32]] = [[1, 2], [5], [0, 1, 2, 3, 4, 5, 0, 1]]
    let first = try scores(subject.fit(Self.circle), histories)
    let second = try scores(subject.fit(Self.circle), histories)
    #expect(second == first, "\(zip(first, second).map { abs($0 - $1) }.max() ?? 0)")
  }

  @Test(arguments: subjects)
  func historiesDoNotDependOnEachOther(_ subject: Subject) throws {
    let model = try subject.fit(Self.circle)
    let histories: [[Int32]] = [[1, 2], [5], [0, 1, 2, 3, 4, 5, 0, 1], [6, 6]]
    let together = try scores(model, histories)
    for (row, history) in histories.enumerated() {
      let alone = try scores(model, [history])
      for item in 0..<7 { #expect(abs(together[row * 7 + item] - alone[item]) < 1e-4) }
    }
  }

  @Test(arguments: subjects)
  func unknownItemsArePassedOver(_ subject: Subject) throws {
    let model = try subject.fit(Self.circle)
    #expect(try scores(model, [[99]]).allSatisfy { $0.isFinite })
    let line = try scores(model, [[2, 99], [99, 100]])
    #expect(line.allSatisfy { $0.isFinite })
    if subject.name != "popularity" {
      #expect((0..<7).filter { $0 != 2 }.max { line[$0] < line[$1] } == 3)
    }
  }

  @Test(arguments: subjects) func aFileGivesTheSameModel(_ subject: Subject) throws {
    let model = try subject.fit(Self.circle)
    let file = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try model.archived().write(to: file)
    let loaded = try subject.load(ModelArchive(contentsOf: file))
    let histories: [[Int32]] = [[1, 2], [5, 0]]
    #expect(try scores(loaded, histories) == scores(model, histories))
    var archive = try model.archived()
    archive.notes = [:]
    #expect(throws: RecommenderError.self) { try subject.load(archive) }
    archive = try model.archived()
    archive.floats = archive.floats.mapValues { $0.dropLast() }
    archive.integers = archive.integers.mapValues { $0.map { _ in Int32.max } }
    #expect(throws: RecommenderError.self) { try subject.load(archive) }
  }

  @Test(arguments: subjects) func nothingToLearnIsAnError(_ subject: Subject) {
    #expect(throws: RecommenderError.self) { try subject.fit(Sequences(itemCount: 3)) }
  }

  @Test(arguments: subjects) func listsLeaveTheHistoryOut(_ subject: Subject) throws {
    let model = try subject.fit(Self.circle)
    let cases = SequenceCases.last(of: Self.circle)
    let lists = try model.rankAll(cases, with: FullRanking(k: 3), excludesHistory: true)
    for index in 0..<cases.count {
      #expect(Set(lists[index]).isDisjoint(with: cases.history(of: index)))
    }
  }
}
