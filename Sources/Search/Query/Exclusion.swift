internal import Foundation

/// What a shopper does not want: `-case`, `without sugar`, `not leather`, `不要手机壳`.
///
/// `无`, `no` and `不含` stay words: 无糖 and `no pulp` are properties that shops print on the label.
enum Exclusion {
  /// Takes the unwanted phrases out of `query`.
  static func extract(from query: inout String) -> [String] {
    var phrases: [String] = []
    for expression in expressions {
      while phrases.count < 8,
        let match = expression.firstMatch(
          in: query, range: NSRange(query.startIndex..., in: query)),
        let whole = Range(match.range, in: query),
        let phrase = Range(match.range(at: 1), in: query)
      {
        phrases.append(String(query[phrase]))
        query.replaceSubrange(whole, with: " ")
      }
    }
    return phrases
  }

  private static let expressions: [NSRegularExpression] = [
    #"(?:^|(?<=\s))-((?=[^\d\s-])[^\s,，]+)"#,
    #"(?:^|(?<=\s))(?:not|without|except|excluding|exclude)\s+(?:an?\s+|the\s+|for\s+)?([^\s,，]+)"#,
    #"(?:不想要|不要|除了|除去|排除|去除)\s*([^\s,，、的]+)的?"#,
  ].compactMap { try? NSRegularExpression(pattern: $0, options: .caseInsensitive) }
}
