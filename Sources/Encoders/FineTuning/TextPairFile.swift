internal import AkinCatalogue
public import Foundation

/// Files of text pairs.
///
/// Read are the layouts of ``PairFile`` (label 1 or 0), and tables with a header (CSV, TSV, JSON
/// lines, Parquet; compressed or not) of two texts and, where pairs differ in it, a relevance.
public struct TextPairFile: Sendable {
  /// The pairs, in the order of the file.
  public let pairs: [TextPair]
  /// Whether the left texts are what shoppers type, by the name of their column.
  public let asksQueries: Bool

  private static let lefts = [
    "query", "left", "text_a", "text1", "sentence1", "anchor", "question", "search_term",
  ]
  private static let rights = [
    "title", "right", "text_b", "text2", "sentence2", "positive", "product_title", "answer",
    "document", "passage", "text", "product",
  ]
  private static let scores = ["relevance", "label", "score", "grade", "rating"]
  private static let queries = ["query", "question", "search_term"]

  /// Reads all pairs of a file. O(file).
  ///
  /// - Throws: ``MatchError`` with file, line and column of the first fault.
  public init(_ url: URL) throws(MatchError) {
    let path = url.path(percentEncoded: false)
    do {
      if let columns = try Self.columns(path: path) {
        pairs = try Self.read(path: path, columns)
        asksQueries = Self.queries.contains(columns.left.name)
        guard !pairs.isEmpty else {
          throw MatchError(.tooFewPairs, "The file holds no pairs.", path: path)
        }
        return
      }
    } catch let error as MatchError {
      throw error
    } catch {
      throw MatchError(.unreadable, "\(error)")
    }
    pairs = try PairFile.read(url).map(TextPair.init)
    asksQueries = false
  }

  private struct Columns {
    var left: (name: String, place: Int)
    var right: Int
    var relevance: (name: String, place: Int)?
  }

  /// The columns of two texts; `nil` where the file has none, as with the layouts of pairs of
  /// products.
  private static func columns(path: String) throws -> Columns? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
    else {
      throw MatchError(.unreadable, "There is no such file; check the name.", path: path)
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw MatchError(.unreadable, "The file cannot be read; check its owner.", path: path)
    }
    let start = try handle.read(upToCount: 4) ?? Data()
    try handle.close()
    if start.elementsEqual("COL ".utf8) { return nil }
    return find(in: try Feed.open(path: path).columns)
  }

  private static func find(in names: [String]) -> Columns? {
    let names = names.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    func place(_ known: [String]) -> (name: String, place: Int)? {
      known.lazy.compactMap { name in names.firstIndex(of: name).map { (name, $0) } }.first
    }
    guard let left = place(lefts), let right = place(rights) else { return nil }
    return Columns(left: left, right: right.place, relevance: place(scores))
  }

  private static func read(path: String, _ columns: Columns) throws -> [TextPair] {
    var pairs: [TextPair] = []
    try Feed.open(path: path).forEachRecord(of: path) { record in
      pairs.append(try pair(record, columns, path))
    }
    return pairs
  }

  private static func pair(
    _ record: FeedRecord, _ columns: Columns, _ path: String
  ) throws(MatchError) -> TextPair {
    let (left, right) = (record.text(columns.left.place), record.text(columns.right))
    guard !left.isEmpty, !right.isEmpty else {
      throw MatchError(
        .malformed, "A pair needs both texts.", path: path, line: record.line,
        column: left.isEmpty ? columns.left.name : nil)
    }
    guard let column = columns.relevance else { return TextPair(left, right) }
    let written = record.text(column.place)
    let flag: Float? = PairLabel.read(written).map { $0 ? 1 : 0 }
    guard let relevance = Float(written) ?? flag, relevance.isFinite, abs(relevance) < 1e6 else {
      throw MatchError(
        .malformed, "The relevance takes a number.", path: path, line: record.line,
        column: column.name)
    }
    return TextPair(left, right, relevance: relevance)
  }
}
