import Testing

@testable import AkinCatalogue

@Suite struct CategoryCacheTests {
  @Test("What is remembered is what the reader says, also after the cache began anew")
  func remembersMoreFieldsThanItHolds() {
    var cache = CategoryCache()
    // More than it holds, twice, so that every entry is met again after it was dropped.
    for _ in 0..<2 {
      for number in 0..<20_000 {
        let field = "Home \(number) > Tea; Garden > \(number % 7)"
        let paths = field.withFieldBytes { cache.paths($0) }
        #expect(paths == [["Home \(number)", "Tea"], ["Garden", "\(number % 7)"]])
      }
    }
  }

  @Test("A known field is answered with the storage of its first answer")
  func sharesStorage() {
    var cache = CategoryCache()
    let first = "A > B".withFieldBytes { cache.paths($0) }
    _ = "A > C".withFieldBytes { cache.paths($0) }
    let second = "A > B".withFieldBytes { cache.paths($0) }
    #expect(first.map(\.storageAddress) == second.map(\.storageAddress))
  }

  @Test("A field too long to remember is still taken apart", arguments: [0, 1, 999, 1000, 1001])
  func readsFieldsOfAnyLength(length: Int) {
    var cache = CategoryCache()
    let name = String(repeating: "x", count: length)
    for _ in 0..<2 {
      #expect(name.withFieldBytes { cache.paths($0) } == CategoryReader.paths(name))
    }
  }
}
