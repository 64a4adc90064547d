import AkinEncoders
import AkinSimilarity
import Foundation
import Testing

@testable import AkinAlike

@Suite struct RelationTests {
  /// Complements 0 → 2, 1 → 2, 2 → 3; substitutes 0 ↔ 1.
  private func graph() throws -> RelationGraph {
    try RelationGraph(
      count: 5,
      links: [.complement: [(0, 2), (1, 2), (2, 3)], .substitute: [(0, 1), (1, 0)]])
  }

  private func value(_ name: String, _ row: [Float]) throws -> Float {
    row[try #require(RelationFeatures.names.firstIndex(of: name))]
  }

  @Test func knownNumbers() throws {
    let features = RelationFeatures(try graph(), categories: [1, 1, 2, 0, 0])
    let row = features.row(from: 0, to: 2)
    #expect(row.count == RelationFeatures.names.count)
    // 0 is a substitute of 1, which goes with 2: one mixed common neighbour, of degree 1.
    let rarity = 1 / Float(log(3.0))
    #expect(abs(try value("adamicAdar.substitute.complement", row) - rarity) < 1e-6)
    #expect(try value("adamicAdar.complement.complement", row) == 0)
    #expect(try value("path.substitute.complement", row) == 1)
    // The pair's own link is not seen.
    #expect(try value("from.out.complement", row) == 0)
    #expect(try value("to.in.complement", row) == 1)
    #expect(try value("sameCategory", row) == 0)
    #expect(try value("sameCategory", features.row(from: 0, to: 1)) == 1)
    #expect(try value("sameCategory", features.row(from: 0, to: 3)).isNaN)
    #expect(try value("shoppers", row).isNaN)
    let twins = features.row(from: 0, to: 1)
    #expect(try value("common.complement", twins) == 1)
    #expect(try value("jaccard.complement", twins) == 1)
    #expect(try value("citing.complement.complement", twins) == 1)
  }

  @Test func shoppersInCommon() throws {
    var shoppers = SparseMatrix(columnCount: 3)
    for row in [[0, 1], [0], [0, 1, 2], [], []] {
      try shoppers.append(row.map { (column: $0, value: 1) })
    }
    let features = RelationFeatures(try graph(), shoppers: shoppers)
    let row = features.row(from: 0, to: 2)
    #expect(abs(try value("shoppers", row) - 2 / Float(6).squareRoot()) < 1e-6)
    #expect(try value("shoppers", features.row(from: 0, to: 4)) == 0)
  }

  @Test func linksOutOfRangeAreRefused() {
    #expect(throws: SimilarityError.self) {
      try RelationGraph(count: 2, links: [.complement: [(0, 2)]])
    }
    #expect(throws: SimilarityError.self) {
      try RelationGraph(count: 2, links: [.substitute: [(-1, 0)]])
    }
  }

  @Test func learnsWhatTheNumbersSay() throws {
    var generator = SplitMix64(seed: 3)
    var rows = FeatureRows(width: 2)
    var relations: [Relation] = []
    for index in 0..<600 {
      let relation = Relation.allCases[2 + index % 3]
      let noise = Float.random(in: -0.3...0.3, using: &generator)
      rows.append([Float(relation.ordinal) + noise, noise])
      relations.append(relation)
    }
    let model = RelationModel(rows, relations, validation: (rows, relations, []))
    #expect(model.relations == [.substitute, .complement, .unrelated])
    #expect(model.isSound(width: 2) && !model.isSound(width: 3))
    let probabilities = model.probabilities(rows)
    #expect(probabilities.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-9 })
    let right = zip(probabilities, relations).count { values, relation in
      values.enumerated().max { $0.element < $1.element }?.offset == relation.ordinal - 2
    }
    #expect(right > 590)
    let stored = try JSONDecoder().decode(
      RelationModel.self, from: JSONEncoder().encode(model))
    #expect(stored.probabilities(rows) == probabilities)
  }
}
