/// What stops a use case, beyond the errors of the modules below.
public struct EngineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// No product of the shop has the identifier.
    case unknownProduct
    /// The input holds nothing to work on.
    case nothingToDo
    /// The shop's encoder has changed under its name.
    case modelChanged
    /// An argument is out of its range.
    case badArgument
    /// An input file cannot be read, or a line of it is no text.
    case unreadableInput
    /// The result cannot be written.
    case cannotWrite
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do.
  public var message: String

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The place and the message.
  public var description: String { message }

  static let emptyShop = EngineError(
    .nothingToDo, "the shop is empty; build it first: akin build --products FILE --shop DIR")
}
