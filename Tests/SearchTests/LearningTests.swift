import AkinCatalogue
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

  /// Queries of eight products; the target is a step in column 1, column 0 is noise.
  private func rows(queries: Int, seed: UInt64) throws -> RankingRows {
    var state = seed
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    var rows = RankingRows(featureCount: 2)
    for _ in 0..<queries {
      let values = (0..<8).map { _ in [next(), next()] }
      try rows.append(values, targets: values.map { $0[1] > 0.7 ? 2 : $0[1] > 0.3 ? 1 : 0 })
    }
    return rows
  }

  @Test(arguments: [TreeOptions.Objective.value, .order(cut: 10)])
  func aStepIsLearned(objective: TreeOptions.Objective) throws {
    var options = TreeOptions()
    options.objective = objective
    options.columnShare = 1
    options.trees = 200
    let trees = try TreeTraining.fit(
      rows(queries: 300, seed: 1), validation: rows(queries: 60, seed: 2), options: options)
    #expect(trees.treeCount > 0 && trees.isConsistent)
    let (low, middle, high) = (
      trees([0.9, 0.1] as [Float]), trees([0.5, 0.5] as [Float]), trees([0.1, 0.9] as [Float])
    )
    #expect(low < middle && middle < high)
    if objective == .value {
      #expect(abs(low) < 0.05 && abs(middle - 1) < 0.05 && abs(high - 2) < 0.05)
    }
    let again = try TreeTraining.fit(
      rows(queries: 300, seed: 1), validation: rows(queries: 60, seed: 2), options: options)
    #expect(again == trees)
  }

  @Test func degenerateRowsAreLearnedFrom() throws {
    var rows = RankingRows(featureCount: 2)
    try rows.append([[.nan, 1], [.nan, 1], [0, .infinity]], targets: [1, 1, 1])
    var options = TreeOptions()
    options.smallestLeaf = 1
    let trees = try TreeTraining.fit(
      rows, validation: RankingRows(featureCount: 2), options: options)
    #expect(abs(trees([.nan, 1] as [Float]) - 1) < 1e-5)
    #expect(throws: SearchError.self) { try rows.append([[1]], targets: [1]) }
    #expect(throws: SearchError.self) { try rows.append([[1, 2]], targets: [.nan]) }
    #expect(throws: SearchError.self) {
      try TreeTraining.fit(RankingRows(featureCount: 2), validation: rows)
    }
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
