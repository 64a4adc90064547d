import Foundation
import Testing

@testable import AkinSimilarity

/// Indexes that earlier versions wrote, as they lie in `Fixtures/format-N`.
///
/// Those of the current formats (1: float32, 2: bfloat16) are written by
/// `AKIN_FIXTURES=Tests/SimilarityTests/Durable/Fixtures swift test --filter FormatTests`, once:
/// when the format changes.
@Suite struct FormatTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures", directoryHint: .isDirectory)

  /// Two segments with a deleted and a replaced row, and a sealed log: what there is in an index.
  static func writeIndex(at place: URL, _ precision: IndexPrecision = .float32) throws {
    let index = try DurableIndex.create(
      at: place, dimension: 3, measure: .innerProduct, precision: precision,
      policy: MaintenancePolicy(tailLimit: 100, mergeWidth: 4, deletedShare: 1))
    try index.apply((0..<5).map { .put(item($0, version: 0)) })
    try index.flush()
    try index.apply((4..<8).map { .put(item($0, version: 1)) })
    try index.flush()
    try index.apply([.delete("产品 1"), .put(item(9, version: 2)), .put(item(2, version: 2))])
    try index.close()
  }

  static func item(_ number: Int, version: Int) -> IndexItem {
    IndexItem(
      id: "产品 \(number)", vector: [Float(number), Float(version), -0.5],
      attributes: [
        "brand": .text(number % 2 == 0 ? "索尼" : "Ängström"),
        "price": .number(Double(number) + 0.25),
        "category": .texts(["Home", "Kettles"]), "inStock": .flag(number % 3 > 0),
      ])
  }

  static var expected: [IndexItem] {
    [(0, 0), (2, 2), (3, 0), (4, 1), (5, 1), (6, 1), (7, 1), (9, 2)]
      .map { item($0, version: $1) }
  }

  @Test func writesTheFixture() throws {
    guard let folder = ProcessInfo.processInfo.environment["AKIN_FIXTURES"] else { return }
    for (format, precision) in [(1, IndexPrecision.float32), (2, .bfloat16)] {
      let place = URL(filePath: folder).appending(path: "format-\(format)")
      guard !FileManager.default.fileExists(atPath: place.path) else { continue }
      try Self.writeIndex(at: place, precision)
      try FileManager.default.removeItem(at: place.appending(path: IndexFormat.lock))
    }
  }

  /// An index in bfloat16 has a manifest and segments of later formats; its numbers here are small
  /// enough to be exact.
  @Test func anIndexInBFloat16SaysSo() throws {
    let home = try IndexTestFolder()
    let place = home.place("index")
    try Self.writeIndex(at: place, .bfloat16)
    #expect(try DurableIndex.verify(place) == [])
    #expect(try DurableIndex.precision(at: place) == .bfloat16)
    let index = try DurableIndex.open(place)
    #expect(index.precision == .bfloat16 && index.statistics.format == 2)
    #expect(index.statistics.precision == "bf16")
    try Self.check(index.snapshot)
    try index.compact()
    #expect(index.snapshot.parts.map(\.segment.precision) == [.bfloat16])
    try Self.check(index.snapshot)
    let copy = home.place("copy"), restored = home.place("restored")
    try index.save(to: copy)
    try index.close()
    try Self.check(DurableIndex.open(place, for: .reading).snapshot)
    try DurableIndex.restore(copy, to: restored)
    let back = try DurableIndex.open(restored)
    #expect(back.precision == .bfloat16)
    try Self.check(back.snapshot)
  }

  @Test(arguments: Array(Manifest.readable))
  func everyFormatIsRead(format: UInt32) throws {
    let home = try IndexTestFolder()
    let place = home.place("index")
    let fixture = Self.fixtures.appending(path: "format-\(format)")
    try FileManager.default.copyItem(at: fixture, to: place)
    #expect(try DurableIndex.verify(place) == [])
    let reader = try DurableIndex.open(place, for: .reading)
    #expect(reader.statistics.format == format)
    try Self.check(reader.snapshot)
    let found = try reader.snapshot.search([1, 0, 0], k: 3, filter: .equals("brand", "Ängström"))
    #expect(found.matches.map(\.id) == ["产品 9", "产品 7", "产品 5"])
    // It is written on in the first format that says what it is.
    let index = try DurableIndex.open(place)
    try index.apply([.put(Self.item(20, version: 0)), .delete("产品 20")])
    try index.compact()
    try index.close()
    let again = try DurableIndex.open(place)
    #expect(again.statistics.format == format)
    try Self.check(again.snapshot)
  }

  static func check(_ snapshot: IndexSnapshot) throws {
    #expect(snapshot.count == expected.count)
    for item in expected { #expect(snapshot.item(item.id) == item) }
  }

  /// What is written today is of the current format, byte for byte but for what is random.
  @Test func theFixtureIsWhatIsWritten() throws {
    let home = try IndexTestFolder()
    try Self.writeIndex(at: home.place("index"))
    let written = try files(in: home.place("index")).filter { $0.key != IndexFormat.lock }
    let kept = try files(in: Self.fixtures.appending(path: "format-\(IndexFormat.current)"))
    #expect(written.mapValues(\.count) == kept.mapValues(\.count))
  }
}
