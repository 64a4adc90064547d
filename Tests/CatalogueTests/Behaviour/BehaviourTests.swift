import AkinCatalogue
import Foundation
import Testing

@Suite struct BehaviourTests {
  static func file(_ text: String) throws -> AdjacencyFile {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".txt")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try AdjacencyFile(url)
  }

  @Test func rowsAreSortedAndMerged() throws {
    let read = try Self.file("1 5 2 5\n\n0 3\r\n3\n1\t1 2").interactions()
    #expect(read.userCount == 4)
    #expect(read.itemCount == 6)
    #expect((0..<4).map { Array(read[$0]) } == [[3], [1, 2, 5], [], []])
    #expect(read.weights == nil)
  }

  @Test func sequencesKeepOrderAndRepeats() throws {
    let read = try Self.file("7 3 1 3\n9 2\n").sequences()
    #expect(read.identifiers == [7, 9])
    #expect(Array(read[0]) == [3, 1, 3])
    #expect(read.itemCount == 4)
    let sessions = try Self.file("4 2 4\n1 1\n").sessions()
    #expect((0..<2).map { Array(sessions[$0]) } == [[4, 2, 4], [1, 1]])
    #expect(Array(sessions.droppingLast(1)[0]) == [4, 2])
  }

  @Test(arguments: [
    ("", BehaviourError.Code.empty, nil), ("3\n4\n", .empty, nil), ("0 1\n0 x\n", .notANumber, 2),
    ("0 -1\n", .notANumber, 1), ("0 1.5", .notANumber, 1), ("\u{feff}0 1", .notANumber, 1),
    ("0 1\n\n1 100000001\n", .tooLarge, 3), ("99999999999999999999 1", .tooLarge, 1),
  ])
  func malformedFiles(text: String, code: BehaviourError.Code, line: Int?) throws {
    let file = try Self.file(text)
    let error = #expect(throws: BehaviourError.self) { try file.interactions() }
    #expect(error?.code == code)
    #expect(error?.line == line)
    #expect(error?.file?.hasSuffix(".txt") == true)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: BehaviourError.self) {
      try AdjacencyFile(URL(filePath: "/nowhere/train.txt"))
    }
    #expect(error?.description.contains("/nowhere/train.txt") == true)
  }

  @Test func eventsOfOnePairAddUp() {
    var builder = InteractionsBuilder()
    builder.append(user: 0, item: 2)
    builder.append(user: 0, item: 1, weight: 3, time: 10)
    builder.append(user: 0, item: 1, weight: 0.5, time: 20)
    let built = builder.build(itemCount: 4)
    #expect(Array(built[0]) == [1, 2])
    #expect(built.weights == [3.5, 1])
    #expect(built.times == [20, -.infinity])
    let back = built.transposed().transposed()
    #expect(back == built)
    #expect(built.filtered { _, entry in entry == 1 }.weights == [1])
  }

  @Test func repeatsWeighWhereTheyAreEvents() {
    var builder = InteractionsBuilder()
    for item in [1, 0, 1] { builder.append(user: 0, item: item) }
    #expect(builder.build(keepsRepeats: true).weights == [1, 2])
  }

  @Test func casesOfTheProtocols() throws {
    let sessions = try Self.file("4 2 4\n1 1\n").sessions()
    let all = SequenceCases.everyPrefix(of: sessions)
    #expect((0..<all.count).map { Array(all.history(of: $0)) } == [[4], [4, 2], [1]])
    #expect((0..<all.count).map { all.target(of: $0) } == [2, 4, 1])
    let last = SequenceCases.last(of: sessions)
    #expect((0..<last.count).map { Array(last.history(of: $0)) } == [[4, 2], [1]])
    #expect(Array(last.targets(itemCount: 9)[0]) == [4])
  }
}
