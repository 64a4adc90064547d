import CKernels
import Testing

@testable import AkinSimilarity

/// Lists whose rows have sketches beside the same lists without.
@Suite struct ListedSketchesTests {
  static let dimension = 130

  /// Vectors with most of their length in some directions, of length one or of any.
  static func vectors(_ count: Int, scaled: Bool) -> [Float] {
    var random = SplitMix64(seed: 23)
    return (0..<count).flatMap { row in
      let values = (0..<dimension).map { component in
        SimilarityGraphTests.normal(&random) / Float(1 + component / 4)
      }
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return values.map { scaled ? $0 / length : $0 * Float(1 + row % 7) }
    }
  }

  static func sections(
    _ values: [Float], _ count: Int, _ measure: IndexMeasure, sketchedFrom: Int
  ) throws -> [IndexSection] {
    var builder = ListBuilder(kernel: try .preferred(), dimension: dimension, measure: measure)
    builder.sketchedFrom = sketchedFrom
    return try values.withUnsafeBufferPointer { values in
      try builder.build(#require(values.baseAddress), count: count).sections
    }
  }

  static func lists(_ sections: [IndexSection], _ count: Int) throws -> InvertedLists {
    try InvertedLists(SectionReader(sections), count: count, dimension: dimension)
  }

  @Test(arguments: [IndexMeasure.cosine, .innerProduct], Kernel.available)
  func findTheSameRows(measure: IndexMeasure, kernel: Kernel) throws {
    let count = 3_000
    let values = Self.vectors(count, scaled: measure == .cosine)
    let plain = try Self.lists(
      Self.sections(values, count, measure, sketchedFrom: .max), count)
    let sketched = try Self.lists(Self.sections(values, count, measure, sketchedFrom: 0), count)
    #expect(plain.sketches == nil)
    #expect(sketched.sketches?.space.width == 64)
    var some = RowSet(count: count)
    for row in stride(from: 0, to: count, by: 3) { some[row] = true }
    for allowed in [nil, some] {
      for rows in [200, Int.max] {
        let budget = ListBudget(
          rows: rows, passing: count, allowed: allowed,
          weights: allowed.map(plain.populations) ?? plain.sizes)
        for together in [1, 20] {
          let (one, other) = (
            Self.search(plain, values, together, budget, kernel),
            Self.search(sketched, values, together, budget, kernel)
          )
          #expect(one == other)
        }
      }
    }
  }

  /// The rows that each of the first `count` vectors finds.
  static func search(
    _ lists: InvertedLists, _ values: [Float], _ count: Int, _ budget: ListBudget, _ kernel: Kernel
  ) -> [Set<Int32>] {
    values.withUnsafeBufferPointer { values in
      guard let queries = values.baseAddress else { return [] }
      let block = ProbeBlock(
        queries, count: count, dimension: dimension, keep: 30, sketches: lists.sketches,
        kernel: kernel)
      lists.search(block, budget, kernel: kernel)
      return (0..<count).map { Set(block.kept($0).rows) }
    }
  }

  @Test func vectorsWithoutDirectionsHaveNone() throws {
    var random = SplitMix64(seed: 29)
    let count = 2_500
    let values = (0..<count * Self.dimension).map { _ in Float.random(in: -1...1, using: &random) }
    let lists = try Self.lists(
      Self.sections(values, count, .innerProduct, sketchedFrom: 0), count)
    #expect(lists.sketches == nil)
  }

  /// Each damaged in one way, and what is said about it.
  @Test(arguments: [
    ("sketches.directions", 0, "another size"), ("sketches.directions", 1, "no component"),
    ("sketches.bounds", 0, "expected number"), ("sketches.bounds", 1, "no length"),
    ("sketches.codes", 0, "expected number"), ("sketches.scales", 1, "no scale"),
    ("lines.codes", 0, "expected number"),
  ])
  func damageIsNamed(section: String, change: Int, reason: String) throws {
    let count = 2_100
    var sections = try Self.sections(
      Self.vectors(count, scaled: true), count, .cosine, sketchedFrom: 0)
    let place = try #require(sections.firstIndex { $0.name == section })
    var bytes = Array(sections[place].contents.bytes)
    if change == 0 {
      bytes.removeLast(4)
    } else {
      bytes.replaceSubrange(4..<8, with: withUnsafeBytes(of: -Float.infinity) { Array($0) })
    }
    sections[place] = IndexSection(name: section, contents: IndexBytes(bytes))
    let error = #expect(throws: IndexError.self) { try Self.lists(sections, count) }
    guard case .damaged(section: section, offset: _, reason: let said)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(said.contains(reason))
  }
}
