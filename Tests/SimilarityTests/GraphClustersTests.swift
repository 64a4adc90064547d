import AkinCatalogue
import Testing

@testable import AkinSimilarity

@Suite struct GraphClustersTests {
  private func edge(_ a: Int, _ b: Int, _ score: Float) -> GraphClusters.Edge {
    GraphClusters.Edge(a, b, score: score)
  }

  @Test func aBridgeDoesNotChainTwoFamilies() {
    let graph = GraphClusters(
      count: 7,
      edges: [
        edge(0, 1, 0.9), edge(1, 2, 0.9), edge(0, 2, 0.8), edge(3, 4, 0.9), edge(4, 5, 0.9),
        edge(3, 5, 0.8), edge(2, 3, 0.85),
      ])
    #expect(graph.clusters(threshold: 0.5) == [[0, 1, 2], [3, 4, 5]])
    #expect(graph.clusters(threshold: 0.95).isEmpty)
    // A threshold that the mean over nine pairs reaches joins them.
    #expect(graph.clusters(threshold: 0.09) == [[0, 1, 2, 3, 4, 5]])
  }

  @Test func bothDirectionsOfAPairCountOnce() {
    let graph = GraphClusters(
      count: 2, edges: [edge(0, 1, 0.3), edge(1, 0, 0.6), edge(1, 1, 5)])
    #expect(graph.clusters(threshold: 0.6) == [[0, 1]])
    #expect(graph.clusters(threshold: 0.61).isEmpty)
  }

  @Test func listsAreScoredByTheCaller() {
    var lists = NeighbourLists()
    lists.append([Neighbour(item: 1, score: 0.9), Neighbour(item: 2, score: 0.5)])
    lists.append([Neighbour(item: 0, score: 0.9)])
    lists.append([Neighbour(item: 0, score: 0.5)])
    let graph = GraphClusters(lists) { from, to in to.score - (from == 2 ? 0 : 0.1) }
    #expect(graph.clusters(threshold: 0.5) == [[0, 1]])
    #expect(GraphClusters(NeighbourLists()) { _, _ in 0 }.clusters(threshold: 0).isEmpty)
  }
}
