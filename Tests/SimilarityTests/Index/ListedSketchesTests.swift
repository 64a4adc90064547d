import CKernels
import Testing

@testable import AkinSimilarity

/// Lists whose rows have sketches beside the same lists without.
@Suite struct ListedSketchesTests {
  static let dimension = 130

  /// Vectors with most of their length in some directions, of length one or of any.
  static func vectors(_ count: Int, scaled: Bool, falling: Int = 4) -> [Float] {
    var random = SplitMix64(seed: 23)
    return (0..<count).flatMap { row in
      let values = (0..<dimension).map { component in
        SimilarityGraphTests.normal(&random) / Float(1 + component / falling)
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

  /// A query that is too long to have a sketch is compared with every row.
  @Test(arguments: [Float(1e-30), 1e30, 3e36]) func queriesOfAnyLengthFindTheSame(factor: Float)
    throws
  {
    let count = 2_500
    let values = Self.vectors(count, scaled: true)
    let plain = try Self.lists(
      Self.sections(values, count, .innerProduct, sketchedFrom: .max), count)
    let sketched = try Self.lists(
      Self.sections(values, count, .innerProduct, sketchedFrom: 0), count)
    let queries = values.prefix(5 * Self.dimension).map { 90 * $0 * factor }
    let budget = ListBudget(rows: .max, passing: count, allowed: nil, weights: plain.sizes)
    let kernel = try Kernel.preferred()
    #expect(
      Self.search(plain, queries, 5, budget, kernel)
        == Self.search(sketched, queries, 5, budget, kernel))
  }

  /// Written, read again, searched, changed and written anew.
  @Test(arguments: IndexPrecision.allCases)
  func aSegmentKeepsThem(_ precision: IndexPrecision) throws {
    // So many directions that a search must look at thousands of rows.
    let count = 16_000
    let values = Self.vectors(count, scaled: true, falling: 20)
    let home = try IndexTestFolder()
    let index = try DurableIndex.create(
      at: home.place("index"), dimension: Self.dimension, measure: .cosine,
      precision: precision, policy: MaintenancePolicy(tailLimit: 2 * count))
    try index.apply(
      (0..<count).map { row in
        .put(
          IndexItem(
            id: String(row),
            vector: Array(values[row * Self.dimension..<(row + 1) * Self.dimension]),
            attributes: ["tenth": .number(Double(row % 10))]))
      })
    try index.flush()
    try index.close()
    #expect(try DurableIndex.verify(home.place("index")) == [])
    let again = try DurableIndex.open(home.place("index"))
    try Self.check(again.snapshot, values, without: [])
    let gone = (0..<count).filter { $0 % 8 == 0 }
    try again.apply(gone.map { .delete(String($0)) })
    try Self.check(again.snapshot, values, without: Set(gone))
    try again.compact()
    try Self.check(again.snapshot, values, without: Set(gone))
    try again.close()
  }

  static func check(_ snapshot: IndexSnapshot, _ values: [Float], without gone: Set<Int>) throws {
    let segment = try #require(snapshot.parts.first?.segment)
    #expect(segment.lists.sketches != nil)
    let header = try #require(segment.sections.first { $0.name == "header" })
    let numbers = Array(header.contents.bytes.bindMemory(to: UInt32.self))
    #expect(numbers[1] == (segment.precision == .float32 ? 2 : 3))
    #expect(numbers[5...] == (segment.precision == .float32 ? [0, 0, 0] : [1, 1, 0]))
    for highest in [9, 0] {
      let left = (0..<values.count / dimension).filter {
        !gone.contains($0) && $0 % 10 <= highest
      }
      let base = try Vectors(
        values: left.flatMap { values[$0 * dimension..<($0 + 1) * dimension] },
        dimension: dimension)
      let queries = try Vectors(
        values: Array(base.values.prefix(40 * dimension)), dimension: dimension)
      let truth = try ExactNeighbours(base).search(queries, k: 10)
      let found = try snapshot.search(
        queries, k: 10, filter: .range("tenth", 0...Double(highest)), recall: 1)
      // bfloat16 exchanges near ties.
      let least = segment.precision == .float32 ? 0.995 : 0.985
      #expect(InvertedListsTests.recall(found, truth) { String(left[$0]) } > least)
    }
  }

  /// A segment whose header says another format than its lists have is refused.
  @Test func theHeaderMustAgree() throws {
    let count = 2_100
    let sketched = try Self.sections(
      Self.vectors(count, scaled: true), count, .cosine, sketchedFrom: 0)
    let index = try VectorIndex(dimension: Self.dimension)
    let values = Self.vectors(count, scaled: true)
    try index.apply(
      (0..<count).map { row in
        .put(
          IndexItem(
            id: String(row),
            vector: Array(values[row * Self.dimension..<(row + 1) * Self.dimension])))
      })
    try index.freeze()
    let segment = try #require(index.snapshot.parts.first?.segment)
    let others = segment.sections.filter {
      !$0.name.hasPrefix("lists.") && !$0.name.hasPrefix("rows.")
    }
    #expect(throws: IndexError.self) { try IndexSegment(sections: others + sketched) }
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
