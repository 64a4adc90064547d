/// What stops a similarity search.
public enum SimilarityError: Error, Equatable, CustomStringConvertible {
  case ragged(values: Int, dimension: Int)
  case dimensionMismatch(expected: Int, found: Int)
  case notFinite(row: Int)
  case unknownKernel(String)
  case columnOutOfRange(row: Int, column: Int, columns: Int)
  case negative(row: Int)
  case overflow(row: Int)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .ragged(let values, let dimension):
      "\(values) values are no whole rows of \(dimension) components"
    case .dimensionMismatch(let expected, let found):
      "the vectors have \(expected) components, the query has \(found);"
        + " both must come from the same model"
    case .notFinite(let row):
      "vector \(row) holds a NaN or an infinity; encode that product again"
    case .columnOutOfRange(let row, let column, let columns):
      "row \(row) has an entry in column \(column), the matrix has \(columns) columns;"
        + " columns count from 0"
    case .negative(let row):
      "row \(row) has a negative entry, which no frequency weighting is defined for;"
        + " use no weighting, or leave such entries out"
    case .overflow(let row):
      "row \(row) is too long for a float; scale its entries down"
    case .unknownKernel(let name):
      "AKIN_KERNEL=\(name) names no kernel of this processor;"
        + " use one of \(Kernel.available.map(\.description).joined(separator: ", "))"
    }
  }
}
