/// One product of a pair: its values under the names of their columns, in the order of the file.
public struct MatchRecord: Hashable, Sendable, Codable {
  /// A value under its column's name.
  public struct Field: Hashable, Sendable, Codable {
    /// The column, without the side: `title`.
    public var name: String
    /// The value as written; empty where there is none.
    public var value: String

    /// Names a value.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// The values, in order.
  public var fields: [Field]

  /// Creates a record.
  public init(_ fields: [Field]) { self.fields = fields }

  /// The value of a column; `nil` where it is empty or missing.
  public func value(of name: String) -> String? {
    fields.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// All values, joined by blanks.
  public var text: String {
    fields.lazy.map(\.value).filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// Two products, and whether they are the same one where that is known.
public struct MatchPair: Hashable, Sendable, Codable {
  /// The products.
  public var left: MatchRecord, right: MatchRecord
  /// Whether they are the same product; `nil` where unknown.
  public var isMatch: Bool?

  /// Creates a pair.
  public init(_ left: MatchRecord, _ right: MatchRecord, isMatch: Bool? = nil) {
    (self.left, self.right, self.isMatch) = (left, right, isMatch)
  }
}

/// Why pairs cannot be read, or a matcher not be trained, saved or loaded.
///
/// Messages name files, lines and columns, never the products' values.
public struct MatchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Hashable, Sendable {
    /// The file cannot be read.
    case unreadable
    /// A line or field breaks the format.
    case malformed
    /// A column that is needed is not there.
    case missingColumn
    /// Too few pairs, or all of one kind.
    case tooFewPairs
    /// A matcher's folder is missing a file, or a file is not what was saved.
    case damagedModel
    /// A file cannot be written.
    case notWritable
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do about it.
  public var message: String
  /// The file or folder concerned.
  public var path: String?
  /// The line, counted from 1.
  public var line: Int?
  /// The column's name, or its number where it has no name.
  public var column: String?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, path: String? = nil, line: Int? = nil, column: String? = nil
  ) {
    (self.code, self.message, self.path, self.line, self.column) = (
      code, message, path, line, column
    )
  }

  /// `path:line: column: message`
  public var description: String {
    var place = path.map { path in line.map { "\(path):\($0)" } ?? path } ?? ""
    if let column { place += (place.isEmpty ? "" : ": ") + "column \(column)" }
    return (place.isEmpty ? "" : place + ": ") + message
  }
}
