import AkinCatalogue
import AkinSimilarity
import Testing

@testable import AkinEngine

/// The vectors of a serving shop's texts, found by lists where there are many.
@Suite struct LiveContentTests {
  private static let dimension = 24
  private static let count = 4_000

  /// Vectors of unit length around 40 centres, as texts of a catalogue lie.
  private static func values(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: 3)
    let centres = (0..<40).map { _ in row(&random) }
    random = SplitMix64(seed: seed)
    return (0..<count).flatMap { number in
      unit(zip(centres[number % 40], row(&random)).map { $0 + 0.4 * $1 })
    }
  }

  private static func row(_ random: inout SplitMix64) -> [Float] {
    unit((0..<dimension).map { _ in Float.random(in: -1...1, using: &random) })
  }

  private static func unit(_ row: [Float]) -> [Float] {
    let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return row.map { $0 / length }
  }

  private func content(leastListed: Int) throws -> LiveContent {
    let lists = (0..<Self.count).map { ($0, [Neighbour(item: ($0 + 1) % Self.count, score: 0.5)]) }
    return try LiveContent(
      dimension: Self.dimension, texts: Array(0..<Self.count),
      values: Self.values(Self.count, seed: 5), lists: Dictionary(uniqueKeysWithValues: lists),
      leastListed: leastListed)
  }

  @Test func listsFindWhatIsNearest() throws {
    let (listed, exact) = (try content(leastListed: 1_000), try content(leastListed: 1_000_000))
    let queries = Self.values(200, seed: 11)
    var found = 0
    for query in 0..<200 {
      let vector = Array(queries[query * Self.dimension..<(query + 1) * Self.dimension])
      let (near, wanted) = (try listed.search(vector, k: 20), try exact.search(vector, k: 20))
      #expect(near.count == 20 && zip(near, near.dropFirst()).allSatisfy { $0.precedes($1) })
      found += Set(near.map(\.item)).intersection(wanted.map(\.item)).count
    }
    #expect(found >= 200 * 20 * 98 / 100, "\(found)")
    #expect(try listed.search(Array(queries.prefix(Self.dimension)), k: 9_999).count == Self.count)
  }

  /// What a rebuild does: new lists of most texts, packed aside, then what came meanwhile.
  @Test func newListsTakeWhatCameMeanwhile() throws {
    let old = try content(leastListed: 1_000)
    let compared = Array(0..<Self.count - 10)
    var lists: [Int: [Neighbour]] = [:]
    for text in compared { lists[text] = [Neighbour(item: (text + 1) % compared.count, score: 1)] }
    var rebuilt = try old.withLists(lists)
    #expect(rebuilt.count == compared.count && rebuilt.recentCount == 0)
    // Two of the ten have no product any more.
    try rebuilt.take(Set(0..<Self.count - 2), from: old)
    #expect(rebuilt.count == Self.count - 2 && rebuilt.recentCount == 8)
    #expect(!rebuilt.contains(Self.count - 1))
    for text in [0, 3_989, 3_990, 3_997] {
      #expect(rebuilt.vector(text) == old.vector(text))
      let vector = Array(try #require(rebuilt.vector(text)))
      #expect(try rebuilt.search(vector, k: 1).first?.item == text)
    }
  }

  @Test func listsThatAreTooShortGoOnExactly() throws {
    let (listed, exact) = (try content(leastListed: 1_000), try content(leastListed: 1_000_000))
    for text in [0, 17, 3_999] {
      let (near, wanted) = (
        try listed.neighbours(of: text, k: 10), try exact.neighbours(of: text, k: 10)
      )
      #expect(near.map(\.item) == wanted.map(\.item))
    }
  }

  @Test func aTextThatComesIsFoundAtOnce() throws {
    var content = try content(leastListed: 1_000)
    let fresh = Self.values(1, seed: 99)
    try content.add(try Vectors(values: fresh, dimension: Self.dimension), texts: [Self.count])
    #expect(try content.search(fresh, k: 1).first?.item == Self.count)
    #expect(content.vector(Self.count).map(Array.init) == fresh && content.recentCount == 1)
  }
}
