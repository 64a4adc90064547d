import AkinCatalogue
import AkinSimilarity
import Testing

@testable import AkinRecommenders

/// Two groups of items that share no shopper. Item 4 is new: nobody has taken it, but it belongs to
/// the first group; item 9 is in the second.
@Suite struct CollectiveTests {
  private static let interactions = Interactions(
    rows: (0..<24).map { user in
      let base = user < 12 ? 0 : 5
      return (0..<4).filter { $0 != user % 4 }.map { base + $0 }
    }, itemCount: 10)
  private static let side = Interactions(rows: [[0, 1, 4], [5, 6, 9], [2, 4]], itemCount: 10)

  private static let bases: [RecommenderSettings] = [
    .ease(EASE(regularisation: 1)), .slim(SLIM(ridge: 0.1, lasso: 0.01)),
    .ials(ImplicitALS(factors: 2, regularisation: 0.1, alpha: 10, iterations: 20)),
    .itemKNN(ItemKNN()),
  ]

  private func scores(_ model: any Recommender) throws -> [Float] {
    var scores = [Float](repeating: 0, count: 10)
    try scores.withUnsafeMutableBufferPointer {
      try model.score(Shoppers(history: [0, 1, 2], itemCount: 10), into: $0)
    }
    return scores
  }

  @Test(arguments: bases) func whatNobodyTookIsPlacedByItsSide(_ base: RecommenderSettings) throws {
    let alone = try scores(base.fit(Self.interactions) { _, _ in })
    #expect(abs(alone[4] - alone[9]) < 0.02)
    let fused = try scores(
      Collective(base, side: Self.side, weight: 0.5).fit(Self.interactions) { _, _ in })
    #expect(fused[4] > fused[9] + 0.01, "\(base.name.rawValue)")
    // Behaviour still counts for more.
    #expect(fused[3] > fused[4])
  }

  @Test func pseudoShoppersAreNotKept() throws {
    let model = try Collective(
      .ials(ImplicitALS(factors: 2, iterations: 2)), side: Self.side, weight: 1
    ).fit(Self.interactions) { _, _ in }
    let ials = try #require(model as? ImplicitALSModel)
    #expect(ials.factors.users.count == 24)
  }

  @Test func whatCannotBeFusedIsRefused() throws {
    for wrong in [
      Collective(.bpr(BPR()), side: Self.side, weight: 1),
      Collective(.ease(EASE()), side: Self.side, weight: 0),
      Collective(.ease(EASE()), side: Interactions(rows: [[10]], itemCount: 11), weight: 1),
    ] {
      #expect(throws: RecommenderError.self) { try wrong.fit(Self.interactions) { _, _ in } }
    }
  }
}
