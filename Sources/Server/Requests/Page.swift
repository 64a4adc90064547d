internal import Foundation

/// One page of a list, as every list of the API has it: `limit` and `cursor` go in, the entries and
/// the `next_cursor` come out.
struct Page<Item: Encodable>: Encodable {
  var items: [Item]
  /// Leads to the next page; `nil` on the last one.
  var nextCursor: String?

  /// The page that `query` asks for of a list that is in memory.
  ///
  /// The cursor names the last entry that was shown and its place. Where that entry is gone
  /// meanwhile, the next page begins at its place, so that nothing is left out.
  ///
  /// - Throws: ``Problem`` that names `limit` or `cursor`.
  init<Source>(
    of list: [Source], _ query: Query, limit most: Int, default usual: Int,
    id: (Source) -> String, _ item: (Source) -> Item
  ) throws(Problem) {
    let limit = try query.integer("limit", in: 1...most, default: usual)
    var start = 0
    if let cursor = try query.text("cursor") {
      let parts = try PageCursor.read(cursor, parts: 2)
      guard let place = Int(parts[0]), place >= 0 else { throw PageCursor.refusal }
      start =
        list.firstIndex { id($0) == parts[1] }.map { $0 + 1 } ?? Swift.min(place, list.count)
    }
    let shown = list[start...].prefix(limit)
    items = shown.map(item)
    if let last = shown.last, shown.endIndex < list.count {
      nextCursor = PageCursor.write([String(shown.endIndex - 1), id(last)])
    }
  }

  init(items: [Item], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }
}

/// What a page hands to the next: a few words, in letters that addresses leave alone.
enum PageCursor {
  static let refusal = Problem.field("cursor", "is none that this server gave")

  static func write(_ parts: [String]) -> String {
    Data(parts.joined(separator: "\u{0}").utf8).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static func read(_ cursor: String, parts count: Int) throws(Problem) -> [String] {
    var text = cursor.replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.count % 4) % 4)
    guard let data = Data(base64Encoded: text),
      let words = String(validating: data, as: UTF8.self)
    else { throw refusal }
    let parts = words.split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == count else { throw refusal }
    return parts
  }
}
