internal import AkinCatalogue

/// Where a page ends: how many results came before, and of which request.
struct Cursor {
  let offset: Int
  private let fingerprint: UInt64

  /// Results that can be paged through.
  static let furthest = 10_000

  init(offset: Int, of request: SearchRequest) {
    self.offset = offset
    fingerprint = Self.fingerprint(request)
  }

  /// - Throws: ``SearchError`` `badCursor`.
  init(_ text: String?, of request: SearchRequest) throws(SearchError) {
    guard let text else {
      self.init(offset: 0, of: request)
      return
    }
    let parts = text.split(separator: "-")
    guard parts.count == 2, let offset = Int(parts[0], radix: 36), offset > 0,
      let fingerprint = UInt64(parts[1], radix: 36)
    else { throw SearchError(.badCursor, "this is no cursor of a search; begin without one") }
    self.init(offset: offset, of: request)
    guard fingerprint == self.fingerprint else {
      throw SearchError(
        .badCursor, "the cursor is of another query, filter or order; begin without one")
    }
    guard offset <= Self.furthest else {
      throw SearchError(
        .badCursor, "pages end at \(Self.furthest) results; narrow the query or add a filter")
    }
  }

  var text: String { String(offset, radix: 36) + "-" + String(fingerprint, radix: 36) }

  private static func fingerprint(_ request: SearchRequest) -> UInt64 {
    let filters = request.filters.map { "\($0)" }.joined(separator: "\u{1F}")
    let key = "\(request.query)\u{1F}\(filters)\u{1F}\(request.sort)\u{1F}\(request.understands)"
    return key.withFieldBytes { TextHash.of($0) }
  }
}

extension SearchRequest {
  /// How many results came before the page that ``cursor`` leads to.
  ///
  /// - Throws: ``SearchError`` `badCursor`.
  package func offset() throws(SearchError) -> Int { try Cursor(cursor, of: self).offset }

  /// The cursor of the page after `offset` results.
  package func cursor(after offset: Int) -> String { Cursor(offset: offset, of: self).text }
}
