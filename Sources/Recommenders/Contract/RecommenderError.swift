/// What stops a recommender.
public struct RecommenderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// There is nothing to learn from.
    case noInteractions
    /// A setting is out of its range.
    case badSetting
    /// Histories count other items than the model.
    case wrongItems
    /// A file of a model does not hold together.
    case damaged
    /// The numbers went out of range while fitting.
    case diverged
    /// More memory would be needed than there is.
    case tooLarge
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

  /// The message.
  public var description: String { message }

  static func check(_ histories: Int, against items: Int) throws(RecommenderError) {
    guard histories == items else {
      throw RecommenderError(
        .wrongItems, "the histories count \(histories) items, the model \(items); fit it again")
    }
  }
}
