internal import AkinCatalogue
public import Foundation

/// Files of product pairs.
///
/// Two layouts are read, told apart by the first line:
///
/// - **`COL … VAL …` lines**, as in the Ditto repository: `LEFT<TAB>RIGHT<TAB>LABEL`, a side being
///   `COL title VAL some title COL price VAL 3.99`.
/// - **A table** with a header (CSV, TSV, JSON lines, Parquet; compressed or not) whose columns
///   name the side: `left_title`, `right_title`, `label`; see ``PairColumns`` for the other names.
public enum PairFile {
  /// Reads all pairs of a file. O(file).
  ///
  /// - Parameter needsLabels: whether a pair without a label is an error.
  /// - Throws: ``MatchError`` with file, line and column of the first fault.
  public static func read(_ url: URL, needsLabels: Bool = true) throws(MatchError) -> [MatchPair] {
    let path = url.path(percentEncoded: false)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw MatchError(.unreadable, "There is no such file; check the name.", path: path)
    }
    guard !isDirectory.boolValue else {
      throw MatchError(.unreadable, "This is a folder; name the file of pairs.", path: path)
    }
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw MatchError(.unreadable, "The file cannot be read; check its owner.", path: path)
    }
    let pairs =
      isLines(data)
      ? try PairLines(path: path, needsLabels: needsLabels).read(data)
      : try PairTable(path: path, needsLabels: needsLabels).read()
    guard !pairs.isEmpty else {
      throw MatchError(.tooFewPairs, "The file holds no pairs.", path: path)
    }
    return pairs
  }

  /// Whether the first line that is not blank begins with `COL `.
  private static func isLines(_ data: Data) -> Bool {
    var start = data.startIndex
    if data.starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    guard let first = data[start...].firstIndex(where: { $0 > 0x20 }) else { return false }
    return data[first...].starts(with: Array("COL ".utf8))
  }
}

/// Lines of `COL … VAL …`.
private struct PairLines {
  let path: String
  let needsLabels: Bool

  func read(_ data: Data) throws(MatchError) -> [MatchPair] {
    var pairs: [MatchPair] = []
    var bytes = data[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var line = 0
    while !bytes.isEmpty {
      line += 1
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var row = bytes[bytes.startIndex..<end]
      bytes = bytes[min(end + 1, bytes.endIndex)...]
      if row.last == UInt8(ascii: "\r") { row.removeLast() }
      guard row.contains(where: { $0 > 0x20 }) else { continue }
      guard let text = String(validating: row, as: UTF8.self) else {
        throw MatchError(
          .malformed, "The line is no valid UTF-8; convert the file first.", path: path, line: line)
      }
      pairs.append(try pair(text, line))
    }
    return pairs
  }

  private func pair(_ text: String, _ line: Int) throws(MatchError) -> MatchPair {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 3 || (parts.count == 2 && !needsLabels) else {
      throw MatchError(
        .malformed,
        "A line has the left product, the right product and the label, separated by tabs; this "
          + "one has \(parts.count) of these three.", path: path, line: line)
    }
    let left = try record(parts[0], "1 (left)", line)
    let right = try record(parts[1], "2 (right)", line)
    guard parts.count == 3 else { return MatchPair(left, right) }
    let label = PairLabel.read(parts[2])
    if label == nil, needsLabels || !parts[2].allSatisfy(\.isWhitespace) {
      throw MatchError(.malformed, PairLabel.advice, path: path, line: line, column: "3 (label)")
    }
    return MatchPair(left, right, isMatch: label)
  }

  private func record(
    _ side: Substring, _ column: String, _ line: Int
  ) throws(MatchError) -> MatchRecord {
    guard let fields = ColumnValues.parse(side) else {
      throw MatchError(
        .malformed, "A product is written as COL name VAL value COL name VAL value …", path: path,
        line: line, column: column)
    }
    return MatchRecord(fields)
  }
}

/// The `COL name VAL value …` form of a product.
package enum ColumnValues {
  /// Takes a product apart; `nil` where it does not begin with a column. The word `COL` inside a
  /// value stays part of it unless a short name and `VAL` follow. O(length).
  package static func parse(_ text: some StringProtocol) -> [MatchRecord.Field]? {
    // Names have few words: a longer stretch between COL and VAL is a value that holds the word.
    let longestName = 6
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    var fields: [MatchRecord.Field] = []
    var value: [Substring] = []
    var index = 0
    while index < words.count {
      if words[index] == "COL",
        let end = words[(index + 1)...].prefix(longestName + 1).firstIndex(of: "VAL"),
        end > index + 1, !words[(index + 1)..<end].contains("COL")
      {
        if !fields.isEmpty { fields[fields.count - 1].value = value.joined(separator: " ") }
        value.removeAll(keepingCapacity: true)
        let name = words[(index + 1)..<end].joined(separator: " ")
        fields.append(MatchRecord.Field(name, ""))
        index = end + 1
      } else {
        guard !fields.isEmpty else { return nil }
        value.append(Substring(words[index]))
        index += 1
      }
    }
    guard !fields.isEmpty else { return nil }
    fields[fields.count - 1].value = value.joined(separator: " ")
    return fields
  }
}

/// The words for "same" and "not the same".
enum PairLabel {
  static let advice = "A label is 1 or true for the same product, 0 or false for another one."

  static func read(_ text: some StringProtocol) -> Bool? {
    switch text.trimmingCharacters(in: .whitespaces).lowercased() {
    case "1", "1.0", "true", "yes", "y", "match", "same", "是": true
    case "0", "0.0", "false", "no", "n", "no match", "non-match", "different", "-1", "否": false
    default: nil
    }
  }
}

/// A table with columns for both sides.
private struct PairTable {
  let path: String
  let needsLabels: Bool

  func read() throws(MatchError) -> [MatchPair] {
    do {
      let reader = try Feed.open(path: path)
      var columns: PairColumns?
      var pairs: [MatchPair] = []
      try reader.forEachRecord(of: path) { record in
        // JSON lines may bring new columns on the way.
        if columns?.count != reader.columns.count {
          columns = try PairColumns(reader.columns, path: path, needsLabel: needsLabels)
        }
        if let columns { pairs.append(try pair(record, columns)) }
      }
      return pairs
    } catch let error as MatchError {
      throw error
    } catch {
      throw MatchError(.unreadable, "\(error)", path: nil)
    }
  }

  private func pair(_ record: FeedRecord, _ columns: PairColumns) throws(MatchError) -> MatchPair {
    let left = MatchRecord(columns.fields.flatMap { Self.fields($0.name, record.text($0.left)) })
    let right = MatchRecord(columns.fields.flatMap { Self.fields($0.name, record.text($0.right)) })
    guard let column = columns.label else { return MatchPair(left, right) }
    let written = record.text(column)
    let label = PairLabel.read(written)
    if label == nil, needsLabels || !written.isEmpty {
      throw MatchError(
        .malformed, PairLabel.advice, path: path, line: record.line, column: columns.labelName)
    }
    return MatchPair(left, right, isMatch: label)
  }

  /// A value, or the attributes that it lists as JSON: `[["brand", "Sony"], …]` or
  /// `{"brand": "Sony", …}`. Values of one name are joined.
  private static func fields(_ name: String, _ value: String) -> [MatchRecord.Field] {
    guard value.hasPrefix("[[") || value.hasPrefix("{"),
      // What is no JSON after all is a value that begins like it.
      let parsed = try? JSONSerialization.jsonObject(with: Data(value.utf8))
    else { return [MatchRecord.Field(name, value)] }
    var entries: [(name: String, value: String)] = []
    if let list = parsed as? [[Any]], list.allSatisfy({ $0.count == 2 }) {
      entries = list.map { ("\($0[0])", "\($0[1])") }
    } else if let object = parsed as? [String: Any] {
      entries = object.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    }
    guard !entries.isEmpty else { return [MatchRecord.Field(name, value)] }
    var fields: [MatchRecord.Field] = []
    for entry in entries {
      if let index = fields.firstIndex(where: { $0.name == entry.name }) {
        fields[index].value += " " + entry.value
      } else {
        fields.append(MatchRecord.Field(entry.name, entry.value))
      }
    }
    return fields
  }
}

extension FeedReader {
  /// Lends every record of the table in `path`.
  ///
  /// - Throws: ``MatchError`` `malformed` with line and column of the first that is none; what `body`
  ///   throws.
  func forEachRecord(of path: String, _ body: (FeedRecord) throws -> Void) throws {
    try forEach { item in
      switch item {
      case .malformed(let line, _, let column, let reason):
        throw MatchError(
          .malformed, "\(reason). Correct the line.", path: path, line: line,
          column: column.map { $0 < columns.count ? columns[$0] : "\($0 + 1)" })
      case .record(let record): try body(record)
      }
    }
  }
}

extension FeedRecord {
  /// The value of a column without blanks around it; empty where there is none.
  func text(_ column: Int) -> String {
    guard column < fields.count, fields[column].baseAddress != nil else { return "" }
    return String(decoding: fields[column], as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
