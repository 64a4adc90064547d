import AkinCatalogue
import Testing

@testable import AkinRanking

@Suite struct HistoryFusionTests {
  let fusion = HistoryFusion(halfLife: 1, reach: 10)
  let sources = [
    HistoryFusion.Source(name: "basket", weight: 1), .init(name: "content", weight: 0.5),
  ]

  @Test func scoresAreTheWrittenSum() {
    let lists: [[Int: [Neighbour]]] = [
      [1: [Neighbour(item: 9, score: 0.4)], 2: [Neighbour(item: 9, score: 0.8)]],
      [1: [Neighbour(item: 8, score: 0.6), Neighbour(item: 2, score: 0.9)]],
    ]
    let found = fusion.candidates(
      history: [.init(item: 1, weight: 1), .init(item: 2, weight: 2)], sources: sources
    ) { lists[$0][$1] ?? [] }
    // Product 9: 1 · 0.4 + ½ · 2 · 0.8; product 8: 0.5 · 0.6; product 2 is history itself.
    #expect(found.map(\.item) == [9, 8])
    #expect(abs(found[0].score - 1.2) < 1e-6 && abs(found[1].score - 0.3) < 1e-6)
    #expect(found[0].evidence.map(\.because) == [2, 1])
    for candidate in found {
      #expect(abs(candidate.evidence.reduce(0) { $0 + $1.score } - candidate.score) < 1e-6)
    }
  }

  @Test func nothingBeyondTheReachCounts() {
    let short = HistoryFusion(halfLife: 1, reach: 1)
    let found = short.candidates(
      history: [.init(item: 1, weight: 1), .init(item: 2, weight: 1)], sources: sources
    ) { _, item in [Neighbour(item: 10 + item, score: 1)] }
    #expect(found.map(\.item) == [11])
  }

  @Test func noHistoryNoCandidates() {
    #expect(
      fusion.candidates(history: [], sources: sources) { _, _ in [Neighbour(item: 1, score: 1)] }
        .isEmpty)
  }
}
