import AkinCatalogue
import AkinTrees
import Foundation
import Testing

@testable import AkinSearch

@Suite struct LearningTests {
  @Test func reciprocalRanksAddUp() {
    let fused = RankFusion(k: 60).fuse([["a", "b", "c"], ["c", "d"]])
    #expect(fused.map(\.item) == ["c", "a", "b", "d"])
    #expect(abs(fused[0].score - (1 / 63.0 + 1 / 61.0)) < 1e-6)
    #expect(RankFusion(k: 1, weights: [0, 1]).fuse([["a"], ["b"]]).map(\.item) == ["b", "a"])
    #expect(RankFusion().fuse([[String]]()).isEmpty)
  }

  @Test func aRankerLearnsWhatWordsSay() throws {
    let index = Sample.index
    var rows = RankingRows(featureCount: RankFeatures.names.count)
    for query in ["iphone 12 case", "索尼 耳机", "olive oil 500ml", "black coat", "xm"] {
      let ids = Sample.products.prefix(60).map(\.id)
      let evidence = ids.map { _ in MeaningEvidence(cosine: 0.5, rank: 2, best: 0.9) }
      let signals = ids.indices.map { ProductSignals(freshness: Float($0) / 60, wanted: $0) }
      let features = try index.rankFeatures(query, ids: ids, meaning: evidence, signals: signals)
        .compactMap(\.self)
      #expect(features.count == ids.count)
      #expect(features.allSatisfy { $0.count == RankFeatures.names.count })
      #expect(features.allSatisfy { $0.allSatisfy(\.isFinite) })
      try rows.append(features, targets: features.map { $0[4] })
    }
    let ranker = try LearnedRanker.fit(rows, validation: rows)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try ranker.save(to: file)
    #expect(try LearnedRanker(contentsOf: file) == ranker)
  }

  @Test(arguments: [
    "", "{}", "{\"format\":1,\"features\":[],\"order\":{},\"value\":{}}",
    "{\"format\":9,\"features\":[\"a\"],\"order\":{\"base\":0,\"trees\":[],\"featureCount\":1},"
      + "\"value\":{\"base\":0,\"trees\":[],\"featureCount\":1}}",
  ])
  func foreignModelsAreRefused(content: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(content.utf8).write(to: file)
    let error = #expect(throws: SearchError.self) { try LearnedRanker(contentsOf: file) }
    #expect(error?.code == .badModel)
  }

  @Test func unknownProductsHaveNoNumbers() throws {
    let rows = try Sample.index.rankFeatures(
      "case", ids: ["B-1101", "nobody"], meaning: [nil, nil])
    #expect(rows[0] != nil && rows[1] == nil)
    let cosine = try #require(RankFeatures.names.firstIndex(of: "cosine"))
    #expect(rows[0]?[cosine].isNaN == true)
  }
}
