import AkinSimilarity
import Foundation
import Testing

@testable import AkinAlike

@Suite struct LinkEmbeddingTests {
  /// Two groups whose members link to each other, with a few links missing.
  private func links() throws -> SparseMatrix {
    var links = SparseMatrix(columnCount: 24)
    for row in 0..<24 {
      let group = row / 12 * 12
      try links.append(
        (group..<group + 12).filter { $0 != row && ($0 + row) % 7 != 3 }.map { ($0, 1) })
    }
    return links
  }

  @Test func aMissingLinkOfAGroupHasAValueAndOneAcrossHasNone() throws {
    let links = try links()
    let embedding = LinkEmbedding(links, rank: 2)
    for from in 0..<24 {
      for to in 0..<24 where from != to {
        let numbers = embedding.numbers(from, to)
        #expect(numbers.count == 4 && numbers.allSatisfy(\.isFinite))
        if from / 12 == to / 12 {
          #expect(numbers[0] > 0.04 && numbers[2] > 0.9)
        } else {
          #expect(abs(numbers[0]) < 0.02 && abs(numbers[2]) < 0.1)
        }
      }
    }
  }

  @Test func atFullRankTheWeightsComeBack() throws {
    let links = try links()
    let embedding = LinkEmbedding(links, rank: 24)
    let into = links.transposed()
    for from in 0..<24 {
      let targets = Set(links.entries(ofRow: from).map(\.column))
      for to in 0..<24 {
        let weight = 1 / Float(links[from].count * into[to].count).squareRoot()
        let expected = targets.contains(to) ? weight : 0
        #expect(abs(embedding.numbers(from, to)[0] - expected) < 1e-3)
      }
    }
  }

  @Test func eigenvectorsAreThoseOfAKnownMatrix() {
    let (values, vectors) = SymmetricMatrix.eigen([2, 1, 1, 2])
    #expect(Set(values.map { $0.rounded() }) == [1, 3])
    #expect(abs(abs(vectors[0]) - 0.5.squareRoot()) < 1e-9)
  }

  @Test func anEmptyGraphSaysNothing() throws {
    var links = SparseMatrix(columnCount: 3)
    for _ in 0..<3 { try links.append([]) }
    #expect(LinkEmbedding(links, rank: 8).numbers(0, 1) == [0, 0, 0, 0])
  }
}
