import Testing

@testable import AkinSimilarity

@Suite struct GroupMeansTests {
  /// Two groups of two around (10, 0) and (0, 10), one row of no group beside the second.
  static let values: [Float] = [9, 1, 11, -1, 0, 9, 0, 11, 1, 12]

  @Test func eachRowWithoutTheMeanOfItsGroup() throws {
    let vectors = try Vectors(values: Self.values, dimension: 2)
    let centred = vectors.subtractingGroupMeans(["zh", "zh", "en", "en", nil], smallest: 2)
    #expect(centred?.values == [-1, 1, 1, -1, 0, -1, 0, 1, 1, 2])
  }

  @Test func aRareGroupGoesWithTheNearest() throws {
    let vectors = try Vectors(values: Self.values, dimension: 2)
    let centred = vectors.subtractingGroupMeans(["zh", "zh", "en", "en", "de"], smallest: 2)
    #expect(centred?.values.suffix(2) == [1, 2])
  }

  @Test func oneGroupAloneIsLeftAsItIs() throws {
    let vectors = try Vectors(values: Self.values, dimension: 2)
    #expect(vectors.subtractingGroupMeans(["zh", "zh", "zh", "en", nil], smallest: 2) == nil)
    #expect(vectors.subtractingGroupMeans([nil, nil, nil, nil, nil]) == nil)
  }
}
