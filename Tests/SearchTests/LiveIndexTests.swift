import AkinCatalogue
import Foundation
import Testing

@testable import AkinSearch

@Suite struct LiveIndexTests {
  private func product(_ id: String, _ title: String) -> IndexedProduct {
    IndexedProduct(Product(id: id, title: title))
  }

  private func found(_ index: SearchIndex, _ query: String) throws -> Set<String> {
    var request = SearchRequest(query)
    request.understands = false
    request.count = 1000
    return Set(try index.search(request).hits.map(\.id))
  }

  @Test func changesShowAtOnce() throws {
    let index = try SearchIndex([product("1", "red coat"), product("2", "blue coat")])
    try index.update([product("3", "green coat"), product("1", "red scarf")], removing: ["2"])
    #expect(try found(index, "coat") == ["3"])
    #expect(try found(index, "scarf") == ["1"])
    #expect(index.count == 2)
    try index.update([], removing: ["1", "absent"])
    #expect(try found(index, "scarf").isEmpty)
    #expect(index.count == 1)
  }

  @Test func theLastOfEqualIdentifiersCounts() throws {
    let index = try SearchIndex([product("1", "red coat"), product("1", "blue coat")])
    #expect(index.count == 1)
    #expect(try found(index, "red").isEmpty)
    #expect(try found(index, "blue") == ["1"])
  }

  @Test func anEmptyIndexAnswers() throws {
    let index = try SearchIndex([IndexedProduct]())
    #expect(try found(index, "coat").isEmpty)
    #expect(try index.suggest("c").isEmpty)
    try index.update([product("1", "red coat")])
    #expect(try found(index, "coat") == ["1"])
  }

  /// Any series of changes leaves what a fresh index of the same products finds.
  @Test(arguments: [7, 8, 9] as [UInt64])
  func changedIsAsMadeAfresh(seed: UInt64) throws {
    var state = seed
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let words = ScoringTests.words
    var expected: [String: String] = [:]
    let index = try SearchIndex([IndexedProduct]())
    for _ in 0..<60 {
      var changed: [IndexedProduct] = []
      for _ in 0..<next(12) {
        let entry = product(
          "p\(next(80))", "\(words[next(words.count)]) \(words[next(words.count)])")
        expected[entry.product.id] = entry.product.title
        changed.append(entry)
      }
      let removed = (0..<next(4)).map { _ in "p\(next(80))" }
        .filter { id in !changed.contains { $0.product.id == id } }
      for id in removed { expected[id] = nil }
      try index.update(changed, removing: removed)
    }
    #expect(index.count == expected.count)
    let live = index.snapshot.parts.reduce(0) { $0 + $1.live.reduce(0) { $0 + $1.nonzeroBitCount } }
    #expect(live == index.count)
    #expect(index.snapshot.parts.count < 12)
    for word in words {
      let wanted = expected.filter { $0.value.split(separator: " ").contains(Substring(word)) }
      #expect(try found(index, word) == Set(wanted.keys), "\(word)")
    }
  }

  @Test func readersAndWritersGoTogether() async throws {
    let index = try SearchIndex((0..<100).map { product("p\($0)", "red coat") })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<20 {
          try index.update((0..<10).map { product("p\($0)", "red coat \(round)") })
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<50 {
            var request = SearchRequest("coat")
            request.count = 200
            let ids = try index.search(request).hits.map(\.id)
            #expect(ids.count == 100 && Set(ids).count == 100)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
