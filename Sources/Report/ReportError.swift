/// Why a report cannot be rendered.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable, Hashable {
    /// A score, coordinate, price or time is infinite or not a number.
    case numberNotFinite
  }

  /// The kind of failure.
  public let code: Code
  /// Where in the report: `samples.3.similar.0.score`.
  public let location: String

  /// What failed, where, and what to do.
  public var description: String {
    "report: the number at \(location) is not finite; leave it out or correct it before rendering"
  }
}
