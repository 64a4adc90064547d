import CKernels
import Testing

@testable import AkinSearch

@Suite struct KernelTests {
  /// RFC 3720, appendix B.4.
  static let checksums: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
    (Array("123456789".utf8), 0xE306_9283), ([], 0),
  ]

  @Test(arguments: checksums)
  func checksumsAreThoseOfTheStandard(bytes: [UInt8], expected: UInt32) {
    #expect(akin_crc32c(0, bytes, bytes.count) == expected)
    #expect(akin_crc32c_plain(0, bytes, bytes.count) == expected)
    let (head, tail) = (Array(bytes.prefix(5)), Array(bytes.dropFirst(5)))
    #expect(akin_crc32c(akin_crc32c(0, head, head.count), tail, tail.count) == expected)
  }

  static func posting(_ product: UInt32, fields: UInt32 = 1, impact: UInt32) -> UInt32 {
    product | fields << 16 | impact << 21
  }

  @Test func theBestOfSeveralTermsCounts() {
    let left = [Self.posting(0, impact: 100), Self.posting(3, impact: 2047)]
    let right = [Self.posting(0, impact: 300), Self.posting(2, fields: 16, impact: 10)]
    var best = [Float](repeating: 0, count: 4)
    var matches = [akin_match](repeating: akin_match(), count: 4)
    akin_postings_best(left, left.count, 1, 31, &best)
    akin_postings_best(right, right.count, 0.5, 1, &best)
    #expect(best == [150, 0, 0, 2047])
    akin_postings_collect(left, left.count, 4, &best, &matches)
    akin_postings_collect(right, right.count, 4, &best, &matches)
    #expect(matches.map(\.score) == [150, 0, 0, 2047])
    #expect(matches.map(\.concepts) == [4, 0, 0, 4])
    #expect(best == [0, 0, 0, 0])
  }

  @Test func oneTermAddsAndSelects() {
    let postings = [Self.posting(1, impact: 10), Self.posting(70, impact: 20)]
    var matches = [akin_match](repeating: akin_match(), count: 71)
    akin_postings_add(postings, 2, 2, 31, 1, &matches)
    akin_postings_add([Self.posting(70, impact: 1)], 1, 1, 31, 2, &matches)
    var found = [UInt16](repeating: 0, count: 71)
    #expect(akin_matches_select(matches, 71, 1, [.max, .max], &found) == 2)
    #expect(found.prefix(2) == [1, 70])
    #expect(akin_matches_select(matches, 71, 3, [.max, .max], &found) == 1 && found[0] == 70)
    #expect(akin_matches_select(matches, 71, 1, [.max, 0], &found) == 1 && found[0] == 1)
    #expect(matches[70].score == 41)
  }

  /// Against a search of every list for every product.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func raisesWhatIsInAllLists(seed: UInt64) {
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    func list(_ share: Int) -> [UInt32] {
      (0..<500).filter { _ in next(share) == 0 }.map {
        Self.posting(UInt32($0), fields: UInt32(1 + next(3)), impact: UInt32(1 + next(2000)))
      }
    }
    let lists = [list(1 + next(40)), list(1 + next(4)), list(2)]
    let products = (0..<500).filter { _ in next(3) == 0 }.map(UInt16.init)
    var best = products.map { _ in Float(next(2)) * 0.1 }
    var expected = best
    for (place, product) in products.enumerated() {
      let found = lists.compactMap { $0.first { $0 & 0xFFFF == UInt32(product) } }
      guard found.count == 3, found.allSatisfy({ $0 >> 16 & 1 != 0 }) else { continue }
      let impact = found.reduce(Float(0)) { $0 + Float($1 >> 21) } / 3
      expected[place] = max(expected[place], 0.5 * impact)
    }
    let joined = lists.flatMap(\.self)
    joined.withUnsafeBufferPointer { all in
      let starts = [0, lists[0].count, lists[0].count + lists[1].count]
      var bases: [UnsafePointer<UInt32>?] = starts.map { start in all.baseAddress.map { $0 + start }
      }
      akin_postings_raise(
        &bases, lists.map(\.count), 3, 0.5, 1, products, products.count, &best)
    }
    #expect(best == expected)
    var matches = [akin_match](repeating: akin_match(), count: 500)
    var kept = products
    let count = akin_products_take(&kept, products.count, &best, 2, 1, &matches)
    #expect(Array(kept.prefix(count)) == zip(products, expected).filter { $0.1 > 0 }.map(\.0))
    #expect(best.allSatisfy { $0 == 0 })
    #expect(kept.prefix(count).allSatisfy { matches[Int($0)].concepts == 2 })
  }

  @Test func facetsAreCounted() {
    var counts: [UInt32] = [0, 0, 0]
    akin_facets_count([0, 2], 2, [0, 2, 3, 5], [0, 1, 2, 1, 2], &counts)
    #expect(counts == [1, 2, 1])
  }
}
