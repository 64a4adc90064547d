public import Foundation

/// A stretch of a title that names something: the brand, the product itself, a model.
public struct TitleSpan: Sendable, Hashable, Codable {
  /// Where it starts, in Unicode scalars.
  public var start: Int
  /// The scalar behind its last one.
  public var end: Int
  /// What it names, as the training file calls it.
  public var type: String
  /// The stretch itself.
  public var text: String

  /// Creates a span.
  public init(start: Int, end: Int, type: String, text: String) {
    (self.start, self.end, self.type, self.text) = (start, end, type, text)
  }
}

/// A title and what people marked in it.
public struct TaggedTitle: Sendable, Hashable {
  /// The title.
  public var title: String
  /// The marked stretches, in order, none over another.
  public var spans: [TitleSpan]

  /// Creates a marked title.
  public init(title: String, spans: [TitleSpan]) { (self.title, self.spans) = (title, spans) }
}

/// Marked titles in a file of JSON lines:
/// `{"title": "…", "spans": [[start, end, "TYPE", "text"], …]}`, places in Unicode scalars.
public enum TaggedTitleFile {
  /// A line as it is written.
  private struct Line: Decodable {
    var title: String
    var spans: [Span]

    struct Span: Decodable {
      var start: Int, end: Int, type: String, text: String

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        start = try list.decode(Int.self)
        end = try list.decode(Int.self)
        type = try list.decode(String.self)
        text = try list.decode(String.self)
      }
    }
  }

  /// Reads a file.
  ///
  /// - Throws: ``TaggerError`` with file and line where it cannot be read, a line breaks the format,
  ///   or a span lies outside its title, says another text or lies over another span.
  public static func read(_ file: URL) throws(TaggerError) -> [TaggedTitle] {
    let path = file.path(percentEncoded: false)
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(validating: data, as: UTF8.self)
    else { throw TaggerError(.unreadable, "cannot be read as UTF-8 text", path: path) }
    var titles: [TaggedTitle] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy(\.isWhitespace) {
      guard let read = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
        throw TaggerError(
          .malformed, #"takes {"title": "…", "spans": [[0, 2, "BRAND", "…"], …]}"#, path: path,
          line: index + 1)
      }
      let spans = read.spans.map {
        TitleSpan(start: $0.start, end: $0.end, type: $0.type, text: $0.text)
      }.sorted { $0.start < $1.start }
      if let refusal = Self.refusal(of: spans, in: Array(read.title.unicodeScalars)) {
        throw TaggerError(.malformed, refusal, path: path, line: index + 1)
      }
      titles.append(TaggedTitle(title: read.title, spans: spans))
    }
    return titles
  }

  /// A marked title as a line of such a file.
  public static func line(_ title: TaggedTitle) throws -> String {
    func quoted(_ text: String) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return String(decoding: try encoder.encode(text), as: UTF8.self)
    }
    let spans = try title.spans.map {
      "[\($0.start),\($0.end),\(try quoted($0.type)),\(try quoted($0.text))]"
    }
    return "{\"title\":\(try quoted(title.title)),\"spans\":[\(spans.joined(separator: ","))]}"
  }

  private static func refusal(of spans: [TitleSpan], in title: [Unicode.Scalar]) -> String? {
    var last = 0
    for span in spans {
      guard span.start >= 0, span.start < span.end, span.end <= title.count else {
        return "a span from \(span.start) to \(span.end) is not within the title"
      }
      guard span.start >= last else { return "the span at \(span.start) lies over another one" }
      let text = title[span.start..<span.end].map(String.init).joined()
      guard text == span.text else {
        return "the span at \(span.start) says another text than the title has there"
      }
      last = span.end
    }
    return nil
  }
}

/// What stops learning or using a tagger.
public struct TaggerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public enum Code: String, Sendable {
    /// A file cannot be read.
    case unreadable
    /// A line breaks the format.
    case malformed
    /// There is nothing to learn from.
    case tooFew
    /// A tagger's file is not what was saved.
    case damagedModel
    /// A file cannot be written.
    case notWritable
  }

  /// The kind of failure.
  public var code: Code
  /// What happened and what to do.
  public var message: String
  /// The file concerned.
  public var path: String?
  /// The line, counted from 1.
  public var line: Int?

  init(_ code: Code, _ message: String, path: String? = nil, line: Int? = nil) {
    (self.code, self.message, self.path, self.line) = (code, message, path, line)
  }

  /// `path:line: message`
  public var description: String {
    let place = path.map { path in line.map { "\(path):\($0)" } ?? path }
    return place.map { "\($0): \(message)" } ?? message
  }
}
