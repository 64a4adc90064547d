/// What stops word analysis before it begins: data that the system's libraries bring is missing.
public struct AnalysisError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The library whose data could not be read.
  public var library: String

  /// What is missing and what to do.
  public var description: String {
    "the data of \(library) cannot be read; run scripts/setup.sh, or install its Debian package"
  }
}
