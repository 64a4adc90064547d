internal import Foundation

/// What an entry of a sparse matrix counts, given how often its column occurs.
///
/// Rows are what is compared (products, titles) and columns are what they are made of (shoppers,
/// words): a column that many rows have says little about any of them. With N rows, df of which
/// have the column, and x the entry:
///
/// | | weight |
/// |---|---|
/// | `none` | x |
/// | `tfIDF` | √x · (1 + ln((N + 1) / (df + 1))) |
/// | `bm25` | x · (k1 + 1) / (x + k1 · (1 − b + b · length / average length)) · ln(1 + (N − df + ½) / (df + ½)) |
///
/// where a row's length is the sum of its entries. TF-IDF after Spärck Jones (1972), in the form of
/// Lucene's `ClassicSimilarity`; BM25 after Robertson and Zaragoza, *The probabilistic relevance
/// framework* (2009), with Lucene's inverse document frequency, which is never negative.
public enum SparseWeighting: Sendable, Hashable {
  /// Entries as they are.
  case none
  /// Rare columns count more.
  case tfIDF
  /// Rare columns count more, repetition saturates (`k1`, at least 0), long rows count less
  /// (`b` in `0 ... 1`).
  case bm25(k1: Float = 1.2, b: Float = 0.75)
}

extension SparseMatrix {
  /// The entries weighted, as ``SparseWeighting`` says. O(entries).
  ///
  /// - Throws: ``SimilarityError/negative(row:)`` where a weighting other than `none` meets a
  ///   negative entry.
  public func weighted(_ weighting: SparseWeighting) throws(SimilarityError) -> SparseMatrix {
    if weighting == .none { return self }
    for row in 0..<rowCount where self[row].contains(where: { values[$0] < 0 }) {
      throw .negative(row: row)
    }
    let statistics = ColumnStatistics(self)
    var weights = values
    for row in 0..<rowCount {
      let length = self[row].reduce(0.0) { $0 + Double(values[$1]) }
      for entry in self[row] {
        weights[entry] = statistics.weight(
          of: values[entry], column: Int(columns[entry]), length: length, by: weighting)
      }
    }
    return replacingValues(weights)
  }
}

/// What of a collection a weighting needs: in how many rows each column occurs, and how long rows
/// are.
///
/// Kept apart from the matrix, so that a row that came later (a query) is weighted as those that
/// were there.
public struct ColumnStatistics: Sendable, Equatable {
  /// Rows counted.
  public let rowCount: Int
  /// Rows that have each column.
  public let frequencies: [Int32]
  /// The mean of the rows' sums.
  public let averageLength: Double

  /// Counts the rows of `matrix`. O(entries).
  public init(_ matrix: SparseMatrix) {
    var frequencies = [Int32](repeating: 0, count: matrix.columnCount)
    for column in matrix.columns { frequencies[Int(column)] += 1 }
    self.frequencies = frequencies
    rowCount = matrix.rowCount
    let total = matrix.values.reduce(0.0) { $0 + Double($1) }
    averageLength = total / Double(max(1, matrix.rowCount))
  }

  /// The weight of the entry `value` in a row that sums to `length`. O(1).
  public func weight(of value: Float, column: Int, length: Double, by weighting: SparseWeighting)
    -> Float
  {
    let rows = Double(rowCount)
    let frequency = Double(frequencies[column])
    let value = Double(value)
    switch weighting {
    case .none: return Float(value)
    case .tfIDF: return Float(value.squareRoot() * (1 + log((rows + 1) / (frequency + 1))))
    case .bm25(let k1, let b):
      let relative = averageLength > 0 ? length / averageLength : 1
      let k1 = Double(k1)
      let saturated = value * (k1 + 1) / (value + k1 * (1 - Double(b) + Double(b) * relative))
      return Float(saturated * log(1 + (rows - frequency + 0.5) / (frequency + 0.5)))
    }
  }
}
