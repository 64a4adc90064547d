import AkinCatalogue
import Testing

@testable import AkinRecommenders

/// Scores given by hand, the same for every shopper.
private struct Fixed: Recommender {
  static let kind = "fixed"
  var scores: [Float]
  var itemCount: Int { scores.count }

  func score(_ shoppers: Shoppers, into scores: UnsafeMutableBufferPointer<Float>) throws {
    for row in 0..<shoppers.count {
      for item in self.scores.indices { scores[row * itemCount + item] = self.scores[item] }
    }
  }
  func similarItems(to item: Int, k: Int) throws -> [Neighbour] { [] }
  func archived() throws -> ModelArchive { ModelArchive(kind: Self.kind) }
  init(_ archive: ModelArchive) throws { scores = [] }
  init(_ scores: [Float]) { self.scores = scores }
}

@Suite struct BlendTests {
  private static func part(_ weight: Float, _ scores: [Float]) -> Blend.Part {
    Blend.Part(name: "fixed", weight: weight, model: Fixed(scores))
  }

  private static func scores(_ blend: Blend) throws -> [Float] {
    var scores = [Float](repeating: .nan, count: blend.itemCount)
    try scores.withUnsafeMutableBufferPointer {
      try blend.score(Shoppers(history: [0], itemCount: blend.itemCount), into: $0)
    }
    return scores
  }

  @Test func scoresAreWeightedSumsOfNormalisedOnes() throws {
    let blend = try Blend([Self.part(1, [10, 5, 0]), Self.part(0.5, [0, 0.002, -0.001])])
    let root = Float(0.5).squareRoot()
    #expect(try Self.scores(blend) == [1, root + 0.5, -0.5 * root])
  }

  /// Sixteen scores are taken at a time, and what is left one by one: all alike.
  @Test(arguments: [1, 15, 16, 17, 40]) func everyScoreIsNormalisedAlike(_ count: Int) throws {
    let scores = (0..<count).map { Float($0 * 7 % 11) - 4 + ($0 == count / 2 ? 9 : 0) }
    let most = try #require(scores.max())
    let found = try Self.scores(
      Blend([Self.part(1, scores), Self.part(0, [Float](repeating: .nan, count: count))]))
    let expected = scores.map { score -> Float in
      let share = 1 / most * score
      return share < 0 ? -(-share).squareRoot() : share.squareRoot()
    }
    #expect(found == expected)
  }

  @Test func oneThatKnowsNothingSaysNothing() throws {
    let blend = try Blend([
      Self.part(1, [1, 2, 4]), Self.part(9, [0, 0, 0]), Self.part(9, [-1, -2, -3]),
    ])
    #expect(try Self.scores(blend) == [0.5, Float(0.5).squareRoot(), 1])
  }

  @Test func contributionsSumToTheScores() throws {
    let blend = try Blend([Self.part(1, [10, 5, 0]), Self.part(0.5, [1, 2, -1])])
    let shopper = Shoppers(history: [0], itemCount: 3)
    let parts = try blend.contributions(to: [2, 0], for: shopper)
    let root = Float(0.5).squareRoot()
    #expect(parts == [[0, -0.5 * root], [1, 0.5 * root]])
    #expect(try Self.scores(blend)[0] == 1 + 0.5 * root)
  }

  @Test func partsMustRankTheSameItems() {
    #expect(throws: RecommenderError.self) {
      try Blend([Self.part(1, [1]), Self.part(1, [1, 2])])
    }
    #expect(throws: RecommenderError.self) { try Blend([]) }
  }

  /// Four shoppers of six items; all have item 0 and then take 3.
  private static func search(_ candidates: [[Float]], taken: [Int]) throws -> BlendSearch {
    try BlendSearch(
      Blend(candidates.map { part(1, $0) }),
      train: Interactions(rows: [[0], [0], [0], [0]], itemCount: 6),
      relevant: Interactions(rows: [taken, taken, taken, taken], itemCount: 6), cut: 2)
  }

  @Test func aWorthlessPartIsLeftOut() throws {
    let search = try Self.search([[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 2]], taken: [3])
    let outcome = search.search(allowsRepeats: false)
    #expect(outcome.weights == [1, 0])
    #expect(outcome.score == 1)
    #expect(outcome.single == [1, 0])
  }

  @Test func twoPartsThatKnowHalfAreJoined() throws {
    // Each knows one of the two items and puts a wrong one second.
    let search = try Self.search([[0, 1, 0, 2, 0, 0], [0, 0, 1, 0, 2, 0]], taken: [3, 4])
    let outcome = search.search(allowsRepeats: false)
    #expect(outcome.weights.allSatisfy { $0 > 0 })
    #expect(outcome.score == 1)
    #expect(outcome.single.allSatisfy { $0 < 1 })
  }

  @Test func repeatsAreAllowedWhereTheyAreTaken() throws {
    let scores: [Float] = [3, 0, 0, 2, 1, 0]
    for (taken, expected) in [([0], true), ([3, 4], false)] {
      let search = try Self.search([scores], taken: taken)
      let (all, new) = (search.search(allowsRepeats: true), search.search(allowsRepeats: false))
      #expect(search.prefersRepeats(all, over: new) == expected)
    }
  }
}
