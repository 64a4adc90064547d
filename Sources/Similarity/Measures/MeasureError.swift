/// What a measure cannot be taken of.
public enum MeasureError: Error, Hashable, CustomStringConvertible {
  /// The first or the second of what is compared.
  public enum Operand: String, Sendable, Hashable { case first, second }

  /// Vectors of different length.
  case dimensionMismatch(first: Int, second: Int)
  /// Vectors without a component.
  case empty
  /// A NaN or an infinity.
  case notFinite(Operand, component: Int)
  /// A vector of length 0 has no direction: neither cosine nor, all components being equal,
  /// correlation is defined.
  case noDirection(Operand)
  /// A weight below 0.
  case negativeWeight(Operand)
  /// A part of a joined measure whose weight is negative or no number.
  case unusableWeight(part: String)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .dimensionMismatch(let first, let second):
      "the first vector has \(first) components, the second \(second);"
        + " both must come from the same model"
    case .empty: "vectors without a component cannot be compared"
    case .notFinite(let operand, let component):
      "component \(component) of the \(operand.rawValue) vector is a NaN or an infinity"
    case .noDirection(let operand):
      "the \(operand.rawValue) vector has no direction; leave it out, or use a distance"
    case .negativeWeight(let operand):
      "the \(operand.rawValue) set has a weight below 0; weights are counts or frequencies"
    case .unusableWeight(let part): "the weight of \(part) is not a number of at least 0"
    }
  }
}
