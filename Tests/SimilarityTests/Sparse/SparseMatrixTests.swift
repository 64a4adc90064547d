import AkinCatalogue
import Testing

@testable import AkinSimilarity

@Suite struct SparseMatrixTests {
  @Test func rowsAreSortedAddedUpAndFreeOfZeros() throws {
    var matrix = SparseMatrix(columnCount: 5)
    try matrix.append([(4, 1), (0, 2), (4, 0.5), (2, 0)])
    try matrix.append([])
    try matrix.append([(3, 1), (3, -1), (1, 7)])
    #expect(matrix.offsets == [0, 2, 2, 3])
    #expect(matrix.columns == [0, 4, 1])
    #expect(matrix.values == [2, 1.5, 7])
    #expect(matrix.entries(ofRow: 0).map(\.column) == [0, 4])
  }

  @Test(
    arguments: [
      ([(0, 1), (5, 1)], SimilarityError.columnOutOfRange(row: 1, column: 5, columns: 5)),
      ([(-1, 1)], .columnOutOfRange(row: 1, column: -1, columns: 5)),
      ([(2, 1), (3, .nan)], .notFinite(row: 1)),
      ([(2, .greatestFiniteMagnitude), (2, .greatestFiniteMagnitude)], .notFinite(row: 1)),
    ] as [([SparseMatrix.Entry], SimilarityError)])
  func badRowsLeaveTheMatrixAsItWas(row: [SparseMatrix.Entry], error: SimilarityError) throws {
    var matrix = SparseMatrix(columnCount: 5)
    try matrix.append([(1, 1)])
    let before = matrix
    #expect(throws: error) { try matrix.append(row) }
    #expect(matrix == before)
  }

  @Test func transposedTwiceIsTheSame() throws {
    let matrix = try randomMatrix(rows: 60, columns: 40, density: 0.1, seed: 3)
    let turned = matrix.transposed()
    #expect(turned.rowCount == 40 && turned.columnCount == 60)
    #expect(turned.transposed() == matrix)
    for row in 0..<60 {
      for entry in matrix.entries(ofRow: row) {
        #expect(
          turned.entries(ofRow: entry.column).contains {
            $0.column == row && $0.value == entry.value
          }
        )
      }
    }
  }

  @Test func listsBecomeRows() {
    var lists = NeighbourLists()
    lists.append([Neighbour(item: 2, score: 0.9), Neighbour(item: 0, score: 0.5)])
    lists.append([])
    let matrix = SparseMatrix(lists, columnCount: 3)
    #expect(matrix.offsets == [0, 2, 2])
    #expect(matrix.columns == [0, 2])
    #expect(matrix.values == [0.5, 0.9])
  }

  /// Two rows of lengths 3 and 1 (average 2); column 0 in both, column 1 in one.
  @Test func weightsByHand() throws {
    var matrix = SparseMatrix(columnCount: 3)
    try matrix.append([(0, 1), (1, 2)])
    try matrix.append([(0, 1)])
    let tfIDF = try matrix.weighted(.tfIDF)
    // √1 · (1 + ln(3/3)); √2 · (1 + ln(3/2)).
    expect(tfIDF.values, near: [1, 1.987_625, 1])
    let bm25 = try matrix.weighted(.bm25(k1: 1, b: 0.5))
    // 1 · 2 / (1 + 1.25) · ln(1 + 0.5/2.5); 2 · 2 / (2 + 1.25) · ln(1 + 1.5/1.5);
    // 1 · 2 / (1 + 0.75) · ln(1 + 0.5/2.5).
    expect(bm25.values, near: [0.162_064, 0.853_104, 0.208_368])
    #expect(try matrix.weighted(.none) == matrix)
  }

  @Test func noWeightForNegativeEntries() throws {
    var matrix = SparseMatrix(columnCount: 2)
    try matrix.append([(0, 1)])
    try matrix.append([(1, -1)])
    #expect(throws: SimilarityError.negative(row: 1)) { try matrix.weighted(.tfIDF) }
    #expect(throws: SimilarityError.negative(row: 1)) { try matrix.weighted(.bm25()) }
  }

  private func expect(_ values: [Float], near expected: [Float]) {
    #expect(values.count == expected.count)
    for (value, right) in zip(values, expected) { #expect(abs(value - right) < 1e-5) }
  }
}

/// Entries in `1 ... 5`, seeded.
func randomMatrix(
  rows: Int, columns: Int, density: Double, seed: UInt64, isBinary: Bool = false
) throws -> SparseMatrix {
  var random = SplitMix64(seed: seed)
  var matrix = SparseMatrix(columnCount: columns)
  for _ in 0..<rows {
    // A skewed choice, as in life: low columns are frequent.
    let count = Int(Double(columns) * density * Double.random(in: 0...2, using: &random))
    var row: [Int: Float] = [:]
    for _ in 0..<count {
      let place = Double.random(in: 0..<1, using: &random)
      row[Int(place * place * Double(columns))] =
        isBinary ? 1 : Float(Int.random(in: 1...5, using: &random))
    }
    try matrix.append(row.map { ($0.key, $0.value) })
  }
  return matrix
}
