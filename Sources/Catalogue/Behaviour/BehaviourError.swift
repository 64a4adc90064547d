/// Why a file of interactions or sequences cannot be used, and where.
public struct BehaviourError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// The file cannot be opened or read.
    case unreadable
    /// A line holds something other than numbers and blanks.
    case notANumber
    /// A number is beyond ``Interactions/largestIdentifier``.
    case tooLarge
    /// The file holds no interactions.
    case empty
    /// A test interaction is in train as well.
    case leakage
    /// What was asked for needs times, and the interactions have none.
    case noTimes
  }

  /// The kind of failure.
  public var code: Code
  /// The file, where there is one.
  public var file: String?
  /// The line, from 1.
  public var line: Int?
  /// What is wrong and what to do.
  public var message: String

  /// Creates an error.
  public init(_ code: Code, file: String? = nil, line: Int? = nil, _ message: String) {
    self.code = code
    self.file = file
    self.line = line
    self.message = message
  }

  /// Place and message.
  public var description: String {
    let place = [file, line.map { "line \($0)" }].compactMap(\.self).joined(separator: ", ")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
