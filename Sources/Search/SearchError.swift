/// What stops an index from being made, opened or asked.
///
/// Messages name files, fields and places, never what is stored there.
public struct SearchError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// The query holds nothing to look for.
    case emptyQuery = "empty_query"
    /// A filter names a field that no product has, or cannot be read.
    case badFilter = "bad_filter"
    /// A cursor is of another query, or no cursor at all.
    case badCursor = "bad_cursor"
    /// An argument is out of its range.
    case badArgument = "bad_argument"
    /// A file of synonyms cannot be read.
    case badLexicon = "bad_lexicon"
    /// Bytes on disk are not those that were written.
    case damaged
    /// A newer version of Akin wrote the index.
    case tooNew = "too_new"
    /// The folder holds no index.
    case noIndex = "no_index"
    /// A file cannot be written.
    case notWritable = "not_writable"
    /// A file is there and cannot be read.
    case unreadable
    /// The data of a system library is missing.
    case unavailable
    /// A learned ranker's file cannot be used.
    case badModel = "bad_model"
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
}
