/// What stops a similarity search.
public enum SimilarityError: Error, Equatable, CustomStringConvertible {
  case ragged(values: Int, dimension: Int)
  case dimensionMismatch(expected: Int, found: Int)
  case notFinite(row: Int)
  case unknownKernel(String)

  /// The place and the message.
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
    case .unknownKernel(let name):
      "AKIN_KERNEL=\(name) names no kernel of this processor;"
        + " use one of \(Kernel.available.map(\.description).joined(separator: ", "))"
    }
  }
}
