/// A field of ``Product`` that a column can feed. Raw values are the names that `--map` takes.
public enum ProductField: String, Sendable, Hashable, Codable, CaseIterable {
  case id, title, description, brand
  /// One or more category paths, or the levels of one path.
  case categories
  case price
  case salePrice = "sale_price"
  case currency, gtin, mpn
  case itemGroup = "item_group"
  case link
  /// Picture addresses, one or a list; several columns append.
  case images
  case availability, language
  /// A list of name and value pairs (JSON), each becoming an attribute.
  case attributes
}

/// A field of ``Event`` that a column can feed. Raw values are the names that `--map` takes.
public enum EventField: String, Sendable, Hashable, Codable, CaseIterable {
  case product, type, id, visitor, user, session, transaction, time, quantity, price, currency
  case attribution
  /// A JSON array with one object for each product, as in GA4's export.
  case items
}

/// Why a feed's columns could not be given their meaning.
public struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Code: String, Sendable, Hashable, Codable {
    case noIdentifierColumn = "no_id_column"
    case noTitleColumn = "no_title_column"
    case noProductColumn = "no_product_column"
    case unknownField = "unknown_field"
    case unknownColumn = "unknown_column"
    case badPair = "bad_pair"
  }
  /// What is wrong, for programs.
  public var code: Code
  /// What is wrong and what to do, in one or two sentences.
  public var message: String
  /// The columns that the feed has.
  public var columns: [String]

  /// For people: what is wrong and where; of many columns the first twenty.
  public var description: String {
    guard !columns.isEmpty else { return message }
    var names = columns.prefix(Self.listed).map { DisplayWidth.cut($0, to: 60) }
      .joined(separator: ", ")
    if columns.count > Self.listed {
      names += " and \(NumberText.grouped(columns.count - Self.listed)) more"
    }
    return message + " Columns found: " + names + "."
  }

  private static let listed = 20
}

/// Pairs of the form `field=column` that override what headers say by themselves.
///
/// `title=product_type` feeds a field, `categories=department/product_category` the levels of one
/// path, `title=name|product_type|category` the first of these columns that has a value (for every
/// field that holds one), `attribute.colour=farbe` renames an attribute, `-=column` ignores a column and
/// `id=@line` numbers the rows of a feed without identifiers.
public struct MappingOverrides: Sendable, Hashable, Codable {
  /// One pair, taken apart.
  public struct Pair: Sendable, Hashable, Codable {
    /// The field's name, `attribute.NAME`, or `-`.
    public var field: String
    /// The columns: the levels of `categories`, or those that are tried one after the other.
    public var columns: [String]
    /// Whether the columns after the first only stand in for it.
    public var hasStandIns: Bool {
      guard columns.count > 1, let field = ProductField(rawValue: field) else { return false }
      return ![.categories, .images, .attributes].contains(field)
    }
  }
  /// In the order given.
  public var pairs: [Pair]

  /// No overrides.
  public init() { pairs = [] }

  /// Takes pairs of the form `field=column` apart.
  /// - Throws: ``MappingError`` with ``MappingError/Code/badPair``.
  public init(_ texts: [String]) throws(MappingError) {
    pairs = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw MappingError(
          code: .badPair,
          message: "\"\(text)\" is no mapping. Write field=column, such as title=product_name.",
          columns: [])
      }
      let separator: Character = parts[0] == "categories" ? "/" : "|"
      let columns = parts[1].split(separator: separator).map(String.init)
      guard !columns.isEmpty else {
        throw MappingError(
          code: .badPair, message: "\"\(text)\" names no column.", columns: [])
      }
      pairs.append(
        Pair(
          field: parts[0],
          columns: columns))
    }
  }
}

enum HeaderName {
  /// A header without case, blanks, punctuation and the `g:` of Merchant feeds, so that
  /// `Product Name`, `product_name` and `productName` are one.
  static func key(_ header: String) -> String {
    var text = header.lowercased()
    if text.hasPrefix("g:") { text.removeFirst(2) }
    return String(text.unicodeScalars.filter { $0.properties.isAlphabetic || isDigit($0) })
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal
  }

  /// The column nearest to a misspelt one, by edit distance, if it is near enough.
  static func nearest(to name: String, in columns: [String]) -> String? {
    let wanted = Array(key(name))
    let scored = columns.map { ($0, distance(wanted, Array(key($0)))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= max(2, wanted.count / 3) ? best.0 : nil
  }

  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[right.count]
  }
}
