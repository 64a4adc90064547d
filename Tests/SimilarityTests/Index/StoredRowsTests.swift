import CKernels
import Foundation
import Testing

@testable import AkinSimilarity

@Suite struct StoredRowsTests {
  static func half(_ value: Float) -> UInt16 {
    var half: UInt16 = 0
    withUnsafePointer(to: value) { akin_index_halve($0, 1, &half) }
    return half
  }

  static func wide(_ half: UInt16) -> Float {
    var value: Float = 0
    withUnsafePointer(to: half) { akin_index_widen($0, 1, &value) }
    return value
  }

  @Test func halvesAreTheNearest() {
    let cases: [(Float, Float)] = [
      (0, 0), (1, 1), (-2.5, -2.5), (1 + 0x1p-9, 1), (1 + 0x1.1p-8, 1 + 0x1p-7),
      (1 + 0x1p-8, 1), (1 + 3 * 0x1p-8, 1 + 0x1p-6), (3e38, 0x1.c4p127), (0x1p-130, 0x1p-130),
    ]
    for (value, expected) in cases { #expect(Self.wide(Self.half(value)) == expected, "\(value)") }
    #expect(Self.half(-0.0) == 0x8000)
    // What would round to infinity stays finite.
    #expect(Self.wide(Self.half(.greatestFiniteMagnitude)) == 0x1.FEp127)
    #expect(Self.wide(Self.half(-.greatestFiniteMagnitude)) == -0x1.FEp127)
    // All of them keep their bits there and back.
    for bits in stride(from: UInt16(0), to: 0x7F80, by: 7) {
      #expect(Self.half(Self.wide(bits)) == bits)
    }
  }

  /// All kernels, odd dimensions, rows at odd places, one row, great and tiny numbers.
  @Test(arguments: Kernel.available) func scoresAreThoseOfTheWideNumbers(kernel: Kernel) {
    var random = SplitMix64(seed: 3)
    for dimension in [1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 383, 384, 385] {
      for scale in [Float(1), 1e-18, 1e15] {
        let count = 9
        // One number before the first row, so that none is aligned.
        let halves = (0...count * dimension).map { _ in
          Self.half(Float.random(in: -scale...scale, using: &random))
        }
        let query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
        for rows in [[Int32(4)], [8, 0, 8], [3, 1, 4, 2, 7], (0..<9).map { Int32($0) }] {
          var scores = [Float](repeating: .nan, count: rows.count)
          halves.withUnsafeBufferPointer {
            akin_index_score_halves(
              kernel.identifier, query, $0.baseAddress.map { $0 + 1 }, dimension, rows, rows.count,
              &scores)
          }
          for (row, score) in zip(rows, scores) {
            var (exact, size) = (0.0, 0.0)
            for k in 0..<dimension {
              let product =
                Double(query[k]) * Double(Self.wide(halves[1 + Int(row) * dimension + k]))
              (exact, size) = (exact + product, size + abs(product))
            }
            #expect(abs(Double(score) - exact) <= 2e-6 * size)
          }
        }
      }
    }
  }

  /// Half the bytes, the same neighbours but for ties, scores off by little, and nothing more lost
  /// by another rewrite.
  @Test func anIndexInBFloat16AnswersAsOneInFloat32() throws {
    let (dimension, count) = (64, 3_000)
    var random = SplitMix64(seed: 8)
    func vector() -> [Float] {
      (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }
    let items = (0..<count).map { IndexItem(id: String($0), vector: vector()) }
    let wide = try VectorIndex(dimension: dimension)
    let narrow = try VectorIndex(dimension: dimension, precision: .bfloat16)
    for index in [wide, narrow] {
      try index.apply(items.map { .put($0) })
      try index.freeze()
    }
    func bytes(_ index: VectorIndex, _ name: String) throws -> Int {
      let sections = try #require(index.snapshot.parts.first).segment.sections
      return try #require(sections.first { $0.name == name }).contents.bytes.count
    }
    #expect(try bytes(narrow, "vectors.halves") * 2 == bytes(wide, "vectors"))
    var shared = 0
    for _ in 0..<50 {
      let query = vector()
      let exact = try wide.snapshot.search(query, k: 10, recall: 1).matches
      let found = try narrow.snapshot.search(query, k: 10, recall: 1).matches
      let scores = Dictionary(uniqueKeysWithValues: exact.map { ($0.id, $0.score) })
      for match in found {
        guard let score = scores[match.id] else { continue }
        shared += 1
        #expect(abs(match.score - score) < 0.003)
      }
    }
    #expect(shared >= 490)
    let before = try #require(narrow.snapshot.item("17"))
    try narrow.apply([.delete("4")])
    try narrow.compact()
    #expect(narrow.snapshot.count == count - 1)
    #expect(narrow.snapshot.item("17") == before)
  }

  @Test func segmentsOfBothKindsLiveTogether() throws {
    let (count, dimension) = (2_500, ListedSketchesTests.dimension)
    let values = ListedSketchesTests.vectors(2 * count, scaled: true)
    func item(_ row: Int) -> IndexItem {
      IndexItem(
        id: String(row), vector: Array(values[row * dimension..<(row + 1) * dimension]))
    }
    func part(_ rows: Range<Int>, _ precision: IndexPrecision) throws -> IndexSnapshot.Part {
      let index = try VectorIndex(dimension: dimension, precision: precision)
      try index.apply(rows.map { .put(item($0)) })
      try index.freeze()
      let segment = try #require(index.snapshot.parts.first).segment
      #expect(segment.precision == precision)
      // As from a file.
      return IndexSnapshot.Part(segment: try IndexSegment(sections: segment.sections))
    }
    let index = try VectorIndex(
      dimension: dimension, precision: .bfloat16,
      parts: [part(0..<count, .float32), part(count..<2 * count, .bfloat16)])
    func check() throws {
      for row in [3, count + 3] {
        let found = try index.snapshot.search(item(row).vector, k: 5, recall: 1).matches
        #expect(found.first?.id == String(row) && abs((found.first?.score ?? 0) - 1) < 0.003)
      }
    }
    try check()
    try index.compact()
    #expect(index.snapshot.parts.map(\.segment.precision) == [.bfloat16])
    #expect(index.snapshot.count == 2 * count)
    try check()
  }

  @Test func aHeaderWithoutSenseIsDamaged() throws {
    let index = try VectorIndex(dimension: 8, precision: .bfloat16)
    let ones = [Float](repeating: 1, count: 8)
    try index.apply((0..<40).map { .put(IndexItem(id: "\($0)", vector: ones)) })
    try index.freeze()
    let sections = try #require(index.snapshot.parts.first).segment.sections
    _ = try IndexSegment(sections: sections)
    let header = try #require(sections.first { $0.name == "header" })
    let numbers = Array(header.contents.bytes.bindMemory(to: UInt32.self))
    for (place, value) in [(1, UInt32(4)), (5, 2), (6, 9), (6, 0)] {
      var changed = numbers
      changed[place] = value
      let broken = sections.map {
        $0.name == "header" ? IndexSection(name: "header", contents: IndexBytes(changed)) : $0
      }
      #expect(throws: IndexError.self) { try IndexSegment(sections: broken) }
    }
  }
}
