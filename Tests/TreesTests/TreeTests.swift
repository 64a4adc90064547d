import AkinTrees
import Testing

@Suite struct TreeTests {
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
    let asked: [[Float]] = [[0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [.nan, 0.8]]
    #expect(trees.answers(asked.flatMap { $0 }) == asked.map { trees($0) })
    #expect(trees.answers([]).isEmpty)
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
    #expect(throws: TreeError.self) { try rows.append([[1]], targets: [1]) }
    #expect(throws: TreeError.self) { try rows.append([[1, 2]], targets: [.nan]) }
    #expect(throws: TreeError.self) {
      try TreeTraining.fit(RankingRows(featureCount: 2), validation: rows)
    }
  }

  @Test(arguments: [TreeOptions.Objective.value, .order(cut: 3)])
  func partsAddUpAndBelongToTheColumnThatMatters(objective: TreeOptions.Objective) throws {
    var options = TreeOptions()
    (options.objective, options.trees, options.columnShare) = (objective, 60, 1)
    let held = try rows(queries: 20, seed: 4)
    let trees = try TreeTraining.fit(
      rows(queries: 200, seed: 3), validation: held, options: options)
    var sums: [Float] = [0, 0]
    for row in 0..<held.count {
      let (base, parts) = trees.parts(of: held.row(row))
      #expect(abs(base + parts[0] + parts[1] - trees(held.row(row))) < 1e-4)
      for column in 0..<2 { sums[column] += abs(parts[column]) }
    }
    #expect(sums[1] > 10 * sums[0])
  }
}
