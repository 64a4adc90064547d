import Foundation
import Testing

@testable import AkinEncoders

/// Against vectors recorded from the reference implementations (see Fixtures/record.py).
@Suite struct ParityTests {
  static let store = ModelStore()

  static let miniLM = {
    let found = (try? store.locate("minilm-l6")) != nil
    if !found { print("skipped: minilm-l6 is not unpacked; run `make` once") }
    return found
  }()

  static let e5 = {
    let found = (try? store.locate("multilingual-e5-small")) != nil
    if !found { print("skipped: multilingual-e5-small is not unpacked; run `make` once") }
    return found
  }()

  /// The cosine of each encoded text to its recorded vector.
  private func cosines(_ vectors: VectorRows, _ fixture: RecordedVectors) throws -> [Double] {
    let expected = try fixture.vectors()
    try #require(vectors.count == expected.count && vectors.dimension == fixture.dimension)
    return expected.indices.map { cosine(vectors[$0], expected[$0]) }
  }

  private func lowest(_ vectors: VectorRows, _ fixture: RecordedVectors) throws -> Double {
    try cosines(vectors, fixture).min() ?? -1
  }

  private static let floors: [NumericPrecision: Double] = [
    .float32: 0.9999, .bfloat16: 0.999, .int8: 0.995,
  ]
  private static let precisions = NumericPrecision.allCases.filter(\.isSupported)

  @Test(.enabled(if: miniLM), arguments: precisions)
  func miniLMGivesSentenceTransformersVectorsOfOwnTitles(_ precision: NumericPrecision) throws {
    let encoder = try Self.store.encoder(named: "minilm-l6", precision: precision)
    let texts =
      try Fixture.titles().enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
      + ["", String(repeating: "word ", count: 2000)]
    let found = try cosines(
      encoder.encode(texts), Fixture.read("minilm-own.json", as: RecordedVectors.self))
    let floor = Self.floors[precision] ?? 1
    for (text, cosine) in zip(texts, found) {
      // The two marks of an empty text have numbers far out, which codes by row take badly.
      #expect(cosine >= (text.isEmpty && precision == .int8 ? 0.99 : floor), "\(text.prefix(40))")
    }
  }

  @Test(
    .enabled(if: miniLM && SharedData.pricerunner != nil), arguments: precisions)
  func miniLMGivesSentenceTransformersVectorsOfRealTitles(_ precision: NumericPrecision) throws {
    let fixture = try Fixture.read("minilm-pricerunner.json", as: RecordedVectors.self)
    let step = try #require(fixture.step)
    let all = try SharedData.pricerunnerTitles()
    let texts = (0..<fixture.rows).map { all[$0 * step] }
    let encoder = try Self.store.encoder(named: "minilm-l6", precision: precision)
    let found = try lowest(encoder.encode(texts), fixture)
    print("minilm-l6 \(precision.rawValue): lowest cosine of \(texts.count) titles \(found)")
    #expect(found >= Self.floors[precision] ?? 1)
  }

  @Test(.enabled(if: e5), arguments: precisions)
  func e5GivesItsOwnEnginesVectors(_ precision: NumericPrecision) throws {
    let encoder = try Self.store.encoder(named: "multilingual-e5-small", precision: precision)
    let titles = try Fixture.titles()
    let passages = try lowest(
      encoder.encode(titles), Fixture.read("e5-passages.json", as: RecordedVectors.self))
    let queries = try lowest(
      encoder.encode(titles.enumerated().filter { $0.offset % 8 == 0 }.map(\.element), as: .query),
      Fixture.read("e5-queries.json", as: RecordedVectors.self))
    print("e5 \(precision.rawValue): lowest cosine \(passages), queries \(queries)")
    #expect(min(passages, queries) >= 0.99)
  }
}
