import AkinAlike
import AkinStorage
import Foundation
import Testing

@testable import AkinEngine

/// How a shop came about.
enum RelationShop: String, CaseIterable, CustomTestStringConvertible {
  /// From the catalogue alone: every product is cold.
  case cold
  /// With its events.
  case built
  /// With its events, and trained.
  case trained

  var testDescription: String { rawValue }
}

/// What stands in the list of a type, and what may not.
struct RelationTrap: Sendable, CustomTestStringConvertible {
  var id: String
  var relation: Relation
  var holds: [String]
  var lacks: [String] = []
  var testDescription: String { "\(id) \(relation.rawValue)" }
}

/// The traps of `Samples/README.md`, asked by type, in both languages: by what the types mean alone,
/// with and without shoppers, and after training.
@Suite(.serialized) struct BilingualRelationTests {
  private static let sample = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Samples/bilingual")

  private static func build(_ name: String, events: [URL]) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "akin-relations-\(name)-\(ProcessInfo.processInfo.processIdentifier)")
    let build = try BuildShop(
      directory: folder, options: BuildOptions(), progress: SilentProgress(),
      now: { Date(timeIntervalSince1970: 0) })
    _ = try build.run(
      products: ["products.csv", "products-en.tsv"].map { sample.appending(path: $0) },
      events: events)
    return folder
  }

  /// Built once for all tests.
  private static let cold: Result<URL, any Error> = Result { try build("cold", events: []) }
  private static let built: Result<URL, any Error> = Result {
    try build("built", events: [sample.appending(path: "events.jsonl")])
  }
  private static let trained: Result<(folder: URL, report: RelationReport), any Error> = Result {
    let folder = try build("trained", events: [sample.appending(path: "events.jsonl")])
    let training = try TrainRelations(
      directory: folder, progress: SilentProgress(), now: { Date(timeIntervalSince1970: 1) })
    return (folder, try training.run())
  }

  private func products(_ shop: RelationShop) throws -> SimilarProducts {
    let folder =
      switch shop {
      case .cold: try Self.cold.get()
      case .built: try Self.built.get()
      case .trained: try Self.trained.get().folder
      }
    return SimilarProducts(store: try ShopStore(directory: folder))
  }

  static let known: [RelationTrap] = [
    // The phone: itself in the other language, its capacities, its rivals, its cases; never fruit.
    RelationTrap(
      id: "101001", relation: .same, holds: ["B-1001"],
      lacks: ["101007", "101101", "B-1101", "B-1004", "201001"]),
    RelationTrap(
      id: "B-1001", relation: .same, holds: ["101001"],
      lacks: ["101007", "101101", "B-1101", "B-1004", "B-2107"]),
    RelationTrap(
      id: "B-1001", relation: .variant, holds: ["B-1002"], lacks: ["B-1101", "B-1004", "101007"]),
    RelationTrap(
      id: "101001", relation: .substitute, holds: ["101007"],
      lacks: ["101101", "B-1101", "201001", "B-1001", "202107"]),
    RelationTrap(
      id: "B-1001", relation: .substitute, holds: ["B-1004"],
      lacks: ["B-1101", "101101", "B-2107", "101001"]),
    RelationTrap(
      id: "101001", relation: .complement, holds: ["101101", "101103"],
      lacks: ["101007", "B-1001", "B-1004", "201001", "202107"]),
    RelationTrap(
      id: "B-1001", relation: .complement, holds: ["B-1101", "B-1106"],
      lacks: ["101001", "B-1004", "101007", "B-2107"]),
    // A case complements a phone, not the reverse.
    RelationTrap(
      id: "101101", relation: .complement, holds: [], lacks: ["101001", "101002", "B-1001"]),
    RelationTrap(
      id: "B-1101", relation: .complement, holds: [], lacks: ["B-1001", "101001", "B-1002"]),
    // One character of a model number.
    RelationTrap(
      id: "102002", relation: .same, holds: ["B-1302"], lacks: ["102001", "102004", "B-1301"]),
    RelationTrap(
      id: "B-1302", relation: .same, holds: ["102002"], lacks: ["B-1301", "102001"]),
    RelationTrap(id: "102002", relation: .variant, holds: ["102003"], lacks: ["102001", "B-1301"]),
    RelationTrap(id: "B-1410", relation: .complement, holds: ["B-1409"], lacks: []),
    RelationTrap(id: "B-1409", relation: .complement, holds: [], lacks: ["B-1410"]),
    // The fruit.
    RelationTrap(id: "201001", relation: .same, holds: [], lacks: ["101001", "B-1001", "101101"]),
    RelationTrap(
      id: "201001", relation: .complement, holds: [], lacks: ["101001", "B-1001", "101101"]),
  ]

  @Test(arguments: RelationShop.allCases, known)
  func traps(shop: RelationShop, trap: RelationTrap) throws {
    let items = try products(shop).related(to: trap.id, as: trap.relation, k: 100).items
    let ids = items.map(\.id)
    for id in trap.holds { #expect(ids.contains(id), "\(id) is missing in \(ids)") }
    for id in trap.lacks { #expect(!ids.contains(id), "\(id) is in \(ids)") }
  }

  @Test(arguments: RelationShop.allCases)
  func evidenceAddsUp(shop: RelationShop) throws {
    let products = try products(shop)
    var seen = 0
    for id in ["101001", "B-1302", "201001", "202012", "B-1410", "101101"] {
      var others: [String] = []
      for relation in Relation.related {
        let items = try products.related(to: id, as: relation, k: 20).items
        for item in items {
          let parts = try #require(item.evidence)
          let sum = parts.reduce(0) { $0 + $1.contribution }
          #expect(abs(sum - item.score) < 1e-3)
          let probability = try #require(item.probability)
          #expect(probability > 0 && probability <= 1 && item.score > 0)
          #expect(item.relation == relation && item.source == "relation")
        }
        let probabilities = items.compactMap(\.probability)
        #expect(probabilities == probabilities.sorted(by: >))
        others += items.map(\.id)
        seen += items.count
      }
      #expect(Set(others).count == others.count, "a product is of one type")
    }
    #expect(seen > 20)
  }

  @Test func figuresAreOfPairsThatTrainingDidNotSee() throws {
    let report = try Self.trained.get().report
    #expect(report.testPairs > 100 && report.trainPairs > report.testPairs)
    #expect(report.lines.count >= 4)
    #expect(report.macroF1 > report.baselineMacroF1)
    #expect(report.ece < 0.2)
  }

  @Test func whatWasTrainedIsFoundAgain() throws {
    let folder = try Self.trained.get().folder
    let store = try ShopStore(directory: folder)
    let trained = try #require(try TrainedRelations(of: store))
    #expect(trained.report == (try Self.trained.get().report))
    let name = try #require(try TrainedRelations.folder(of: store))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { $0.hasPrefix("relations-") } == [name])
  }
}
