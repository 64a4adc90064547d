internal import Foundation

/// How alike two vectors are, each measure by its formula. For x and y of d components:
///
/// | measure | value | range | nearer is | zero vectors |
/// |---|---|---|---|---|
/// | `cosine` | Σ xᵢyᵢ / (‖x‖ ‖y‖) | −1 … 1 | more | error |
/// | `dot` | Σ xᵢyᵢ | any | more | 0 |
/// | `euclidean` | √Σ (xᵢ − yᵢ)² | 0 … ∞ | less | as any other |
/// | `manhattan` | Σ abs(xᵢ − yᵢ) | 0 … ∞ | less | as any other |
/// | `pearson` | cosine of x − mean(x) and y − mean(y) | −1 … 1 | more | error, as for equal components |
///
/// Sums are in float64. For vectors of length 1, which encoders give, the squared Euclidean
/// distance is 2 − 2 · cosine: all of them but `manhattan` and `pearson` rank alike, which is why
/// the graph and the live index compute inner products only. Pearson's correlation is the cosine
/// of centred vectors: centre them once and index them by cosine.
public enum VectorMeasure: String, Sendable, Hashable, CaseIterable, Codable {
  case cosine, dot, euclidean, manhattan, pearson

  /// Whether a larger value means less alike.
  public var isDistance: Bool { self == .euclidean || self == .manhattan }

  /// The measure of two vectors. O(d).
  ///
  /// - Throws: ``MeasureError`` for vectors of different length or none, NaN and infinities, and
  ///   for what has no direction where the measure needs one.
  public func value(_ x: [Float], _ y: [Float]) throws(MeasureError) -> Double {
    guard x.count == y.count else {
      throw .dimensionMismatch(first: x.count, second: y.count)
    }
    guard !x.isEmpty else { throw .empty }
    if let place = x.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(.first, component: place)
    }
    if let place = y.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(.second, component: place)
    }
    switch self {
    case .dot: return Self.sum(x, y) { $0 * $1 }
    case .euclidean: return Self.sum(x, y) { ($0 - $1) * ($0 - $1) }.squareRoot()
    case .manhattan: return Self.sum(x, y) { abs($0 - $1) }
    case .cosine: return try Self.cosine(x.map(Double.init), y.map(Double.init))
    case .pearson: return try Self.cosine(Self.centred(x), Self.centred(y))
    }
  }

  /// The value brought to 0 … 1, where 1 is the same: `(1 + v) / 2` of a cosine or correlation,
  /// `1 / (1 + v)` of a distance, and the logistic function of a dot product.
  public func similarity(_ x: [Float], _ y: [Float]) throws(MeasureError) -> Double {
    let value = try value(x, y)
    switch self {
    case .cosine, .pearson: return (1 + value) / 2
    case .euclidean, .manhattan: return 1 / (1 + value)
    case .dot: return 1 / (1 + exp(-value))
    }
  }

  private static func sum(
    _ x: [Float], _ y: [Float], _ term: (Double, Double) -> Double
  ) -> Double {
    zip(x, y).reduce(0) { $0 + term(Double($1.0), Double($1.1)) }
  }

  private static func centred(_ x: [Float]) -> [Double] {
    // Equal components leave exact zeros, whatever the rounding of their mean.
    guard let first = x.first, x.contains(where: { $0 != first }) else {
      return x.map { _ in 0 }
    }
    let mean = x.reduce(0.0) { $0 + Double($1) } / Double(x.count)
    return x.map { Double($0) - mean }
  }

  private static func cosine(_ x: [Double], _ y: [Double]) throws(MeasureError) -> Double {
    let (largestX, largestY) = (x.map(abs).max() ?? 0, y.map(abs).max() ?? 0)
    guard largestX > 0 else { throw .noDirection(.first) }
    guard largestY > 0 else { throw .noDirection(.second) }
    var (dot, xx, yy) = (0.0, 0.0, 0.0)
    // Scaled by the largest component, so that no square leaves the range of float64.
    for (a, b) in zip(x, y) {
      let (a, b) = (a / largestX, b / largestY)
      (dot, xx, yy) = (dot + a * b, xx + a * a, yy + b * b)
    }
    return max(-1, min(1, dot / (xx * yy).squareRoot()))
  }
}
