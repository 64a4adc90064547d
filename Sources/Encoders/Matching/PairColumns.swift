internal import Foundation

/// Which columns of a table belong to which side of a pair.
///
/// A column belongs to a side when its name carries the side's mark before or behind, and the
/// other side has the same name with its own mark: `left_title` and `right_title`, `title_a` and
/// `title_b`, `title1` and `title2`, `ltable_name` and `rtable_name`. Letter case does not matter.
/// The label is `label`, `match`, `is_match`, `same` or `gold`. Identifiers (`id`, `…_id`) are
/// left out: they say nothing about a product that the model has not seen, and a cluster's
/// identifier would give the answer away.
struct PairColumns {
  struct Field {
    let name: String
    let left: Int, right: Int
  }

  /// Columns of the table they were made of.
  let count: Int
  private(set) var fields: [Field] = []
  private(set) var label: Int?
  private(set) var labelName: String?

  private static let prefixes = [
    ("left_", "right_"), ("left.", "right."), ("left ", "right "), ("ltable_", "rtable_"),
    ("l_", "r_"), ("a_", "b_"), ("product1_", "product2_"), ("first_", "second_"),
    ("左_", "右_"), ("左", "右"),
  ]
  private static let suffixes = [
    ("_left", "_right"), (".left", ".right"), ("_a", "_b"), ("_l", "_r"), ("_1", "_2"), ("1", "2"),
    (".1", ".2"), ("_x", "_y"),
  ]
  private static let whole = [("left", "right"), ("a", "b"), ("product1", "product2")]
  private static let labels: Set<String> = [
    "label", "match", "is_match", "ismatch", "same", "gold", "is_same", "标签", "是否相同",
  ]

  init(_ columns: [String], path: String, needsLabel: Bool) throws(MatchError) {
    count = columns.count
    let names = columns.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for (left, name) in names.enumerated() {
      guard let (base, other) = Self.partner(of: name, in: places), !Self.isIdentifier(base),
        !fields.contains(where: { $0.name == base })
      else { continue }
      fields.append(Field(name: base, left: left, right: other))
    }
    label = names.firstIndex(where: Self.labels.contains)
    labelName = label.map { columns[$0] }
    guard !fields.isEmpty else {
      throw MatchError(
        .missingColumn,
        "No columns of two products: name them left_title and right_title, or title_a and title_b; "
          + "or write lines of COL name VAL value.", path: path, line: 1)
    }
    guard label != nil || !needsLabel else {
      throw MatchError(
        .missingColumn,
        "There is no such column; it says 1 for the same product and 0 for another.",
        path: path, line: 1, column: "label")
    }
  }

  /// The name without its mark and the other side's column, for a name of the left side.
  private static func partner(
    of name: String, in places: [String: Int]
  ) -> (base: String, right: Int)? {
    for (left, right) in whole where name == left {
      if let place = places[right] { return ("text", place) }
    }
    for (left, right) in prefixes where name.hasPrefix(left) && name.count > left.count {
      let base = String(name.dropFirst(left.count))
      if let place = places[right + base] { return (base, place) }
    }
    for (left, right) in suffixes where name.hasSuffix(left) && name.count > left.count {
      let base = String(name.dropLast(left.count))
      if let place = places[base + right] { return (base, place) }
    }
    return nil
  }

  private static func isIdentifier(_ base: String) -> Bool {
    base == "id" || base.hasSuffix("_id") || base.hasSuffix(" id") || base.hasSuffix("编号")
  }
}
