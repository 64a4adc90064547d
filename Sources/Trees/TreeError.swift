/// What stops trees from being grown: rows that do not fit together, or none.
public struct TreeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public var message: String

  /// Creates an error.
  init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}
