/// A feed that cannot be read, or not to its end.
///
/// Single rows that cannot be taken apart are no error of the feed: they arrive as
/// ``FeedItem/malformed(line:raw:column:reason:)``.
package struct FeedError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure this is.
  package enum Code: String, Sendable, Hashable {
    /// There is no file under that path.
    case missing
    /// The path names a directory.
    case directory
    /// The system refused to open or read the file.
    case unreadable
    /// The file has no bytes, or none but white space.
    case empty
    /// The file is of no format that can be read.
    case notAFeed
    /// The compressed data ends before it should.
    case truncated
    /// The compressed data, Parquet or XML contradicts its own format.
    case corrupt
    /// The encoding is unknown here, or the file is not in the encoding it was said to be.
    case unsupportedEncoding
    /// The header has no names, or one name twice, or more columns than allowed.
    case header
    /// A column was asked for that the feed lacks.
    case unknownColumn
    /// Memory or a library failed.
    case resources
  }

  package var code: Code
  /// The file as it was named by the caller.
  package var path: String
  /// The line, where one is known.
  package var line: Int?
  /// What is wrong, one sentence without a full stop; none of the file's content beyond names of
  /// columns.
  package var message: String
  /// What to do about it.
  package var advice: String

  /// Creates an error; line breaks in `message`, which libraries write, become blanks.
  package init(_ code: Code, path: String, line: Int? = nil, message: String, advice: String) {
    self.code = code
    self.path = path
    self.line = line
    self.message = Sentence.line(message)
    self.advice = advice
  }

  /// One line of sentences for a person: `path:line: message. Advice.`
  package var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    let sentences = [Sentence.of(message), Sentence.of(advice, isCapitalised: true)]
    return "\(place): " + sentences.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// Sentences made of what readers and libraries say.
enum Sentence {
  /// `text` without line breaks.
  static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// `text` on one line and with a full stop, unless it is empty.
  static func of(_ text: String, isCapitalised: Bool = false) -> String {
    var result = line(text)
    while let last = result.last, last.isWhitespace || last == ";" { result.removeLast() }
    guard let first = result.first, let last = result.last else { return "" }
    if isCapitalised { result = first.uppercased() + result.dropFirst() }
    return ".!?…".contains(last) ? result : result + "."
  }
}
