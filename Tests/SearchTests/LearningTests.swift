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
      var features = try index.rankFeatures(query, ids: ids, meaning: evidence, signals: signals)
        .compactMap(\.self)
      #expect(features.count == ids.count)
      #expect(features.allSatisfy { $0.count == RankFeatures.names.count })
      #expect(
        features.allSatisfy { row in
          row.indices.allSatisfy { row[$0].isFinite != RankFeatures.tunedColumns.contains($0) }
        })
      RankFeatures.fill(&features, tuned: features.indices.map { $0 == 0 ? .nan : Float($0) / 60 })
      #expect(
        features[0].last?.isNaN == true && features[59].last == 0 && features[1].last == 58 / 59)
      try rows.append(features, targets: features.map { $0[4] })
    }
    let ranker = try LearnedRanker.fit(rows, validation: rows)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try ranker.save(to: file)
    #expect(try LearnedRanker(contentsOf: file) == ranker)
  }

  /// What was learned before there were tuned encoders knows fewer columns, and still orders.
  @Test func anOrderOfFewerColumnsIsRead() throws {
    let count = RankFeatures.tunedColumns.lowerBound
    var rows = RankingRows(featureCount: count)
    for query in 0..<40 {
      let values = (0..<6).map { place in
        (0..<count).map { $0 == 0 ? Float((place * 7 + query) % 6) : 0 }
      }
      try rows.append(values, targets: values.map { $0[0] })
    }
    let ranker = try LearnedRanker.fit(rows, validation: rows)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try ranker.save(to: file)
    let read = try LearnedRanker(contentsOf: file)
    let wide = (0..<2).map { place in
      RankFeatures.names.indices.map { $0 == 0 ? Float(5 * place) : $0 < count ? 0 : Float.nan }
    }
    #expect(read.score(wide[1]) > read.score(wide[0]))
    #expect(read.score(wide[1]) == ranker.score(Array(wide[1].prefix(count))))
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
