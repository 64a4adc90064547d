internal import AkinCatalogue
internal import Foundation

/// A wish for a price, as shoppers type it: `under 50`, `200元以内`, `$20-$40`, `100到200元`.
struct PriceWish: Equatable {
  var minimum: Double?
  var maximum: Double?
  var currency: String?

  /// Takes a price wish out of `query`; `nil` where there is none.
  static func extract(from query: inout String) -> PriceWish? {
    guard query.utf8.contains(where: { $0 &- 0x30 < 10 }) || query.contains("百") else {
      return nil
    }
    for pattern in patterns {
      let whole = NSRange(query.startIndex..., in: query)
      guard let match = pattern.expression.firstMatch(in: query, range: whole),
        let range = Range(match.range, in: query)
      else { continue }
      func group(_ name: String) -> String? {
        let range = match.range(withName: name)
        return range.location == NSNotFound
          ? nil : Range(range, in: query).map { String(query[$0]) }
      }
      guard let first = number(group("a")), !isQuantity(query, match.range(withName: "a")) else {
        continue
      }
      let second = pattern.hasTwo ? number(group("b")) : nil
      guard !pattern.hasTwo || (second ?? 0) > first else { continue }
      let signs = ["s", "t", "u"].compactMap {
        pattern.names.contains($0) ? group($0) : nil
      }
      let wish = pattern.wish(first, second, signs.lazy.compactMap(currency).first)
      query.replaceSubrange(range, with: " ")
      return wish
    }
    return nil
  }

  private struct Pattern: @unchecked Sendable {
    // NSRegularExpression is immutable and documented as safe to use from several threads.
    let expression: NSRegularExpression
    let hasTwo: Bool
    let names: Set<String>
    let wish: @Sendable (Double, Double?, String?) -> PriceWish

    init?(
      _ text: String, names: Set<String>,
      _ wish: @escaping @Sendable (Double, Double?, String?) -> PriceWish
    ) {
      guard let made = try? NSRegularExpression(pattern: text, options: .caseInsensitive) else {
        return nil
      }
      (expression, hasTwo) = (made, text.contains("(?<b>"))
      self.names = names
      self.wish = wish
    }
  }

  private static let amount = #"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"#
  private static let sign = #"us\$|\$|€|£|¥|￥|rmb|usd|eur|gbp|cny|jpy"#
  private static let unit =
    #"元|块钱|塊錢|块|塊|人民币|美元|美金|欧元|日元|円|dollars?|bucks|usd|eur|euros?|quid|gbp|yuan|rmb|cny|jpy|yen|€|£|\$"#

  private static let patterns: [Pattern] = {
    let a = "(?<a>\(amount))"
    let b = "(?<b>\(amount))"
    let s = "(?<s>\(sign))?\\s*"
    let t = "(?<t>\(sign))?\\s*"
    let u = "(?:\\s*(?<u>\(unit))(?![a-z]))"
    let end = #"(?![\w.])"#
    return [
      Pattern(
        "(?:\\bbetween|\\bfrom)\\s+\(s)\(a)\\s*(?:and|to|-)\\s*\(t)\(b)\(u)?\(end)",
        names: ["s", "t", "u"]
      ) { PriceWish(minimum: $0, maximum: $1, currency: $2) },
      Pattern(
        "(?<s>\(sign))\\s*\(a)\\s*(?:-|–|~|to)\\s*\(t)\(b)\(end)", names: ["s", "t"]
      ) { PriceWish(minimum: $0, maximum: $1, currency: $2) },
      Pattern(
        "\(a)\\s*(?:元|块|塊)?\\s*(?:-|–|~|～|到|至)\\s*\(b)\(u)(?:之间|之間)?", names: ["u"]
      ) { PriceWish(minimum: $0, maximum: $1, currency: $2) },
      Pattern(
        "(?:\\b(?:under|below|less than|cheaper than|up to|at most|no more than|max|within)\\b|<)"
          + "\\s*\(s)\(a)\(u)?\(end)", names: ["s", "u"]
      ) { low, _, currency in PriceWish(maximum: low, currency: currency) },
      Pattern(
        "(?:\\b(?:over|above|more than|at least|no less than|min)\\b|>)\\s*\(s)\(a)\(u)?\(end)",
        names: ["s", "u"]
      ) { low, _, currency in PriceWish(minimum: low, currency: currency) },
      Pattern(
        "(?:不超过|不超過|低于|低於|少于|少於|小于|小於|不到|最多|便宜过)\\s*\(s)\(a)\(u)?(?:的)?",
        names: ["s", "u"]
      ) { low, _, currency in PriceWish(maximum: low, currency: currency) },
      Pattern(
        "(?:高于|高於|超过|超過|大于|大於|至少|不低于|不低於)\\s*\(s)\(a)\(u)?(?:的)?",
        names: ["s", "u"]
      ) { low, _, currency in PriceWish(minimum: low, currency: currency) },
      Pattern(
        "\(s)\(a)\(u)?\\s*(?:以内|以內|以下|之内|之內|内|內)(?:的)?", names: ["s", "u"]
      ) { low, _, currency in PriceWish(maximum: low, currency: currency) },
      Pattern("\(s)\(a)\(u)?\\s*(?:以上|起)(?:的)?", names: ["s", "u"]) { low, _, currency in
        PriceWish(minimum: low, currency: currency)
      },
      Pattern("\(s)\(a)\(u)?\\s*左右(?:的)?", names: ["s", "u"]) { low, _, currency in
        PriceWish(minimum: low * 0.8, maximum: low * 1.2, currency: currency)
      },
      Pattern("(?:\\baround|\\babout)\\s+(?<s>\(sign))\\s*\(a)\(end)", names: ["s"]) {
        low, _, currency in
        PriceWish(minimum: low * 0.8, maximum: low * 1.2, currency: currency)
      },
    ].compactMap(\.self)
  }()

  /// Whether the number has a unit that is no money: `under 5 kg`, `2米以内`.
  private static func isQuantity(_ query: String, _ range: NSRange) -> Bool {
    guard let start = Range(range, in: query)?.lowerBound else { return true }
    let rest = String(query[start...])
    var spans: [Range<Int>] = []
    _ = rest.withFieldBytes { QuantityReader.find(in: $0, spans: &spans) }
    return spans.first?.lowerBound == 0
  }

  private static func number(_ text: String?) -> Double? {
    text.flatMap { Double($0.replacing(",", with: "")) }
  }

  private static func currency(_ sign: String) -> String? {
    switch sign.lowercased() {
    case "元", "块钱", "塊錢", "块", "塊", "人民币", "yuan", "rmb", "cny", "¥", "￥": "CNY"
    case "$", "us$", "usd", "dollar", "dollars", "bucks", "美元", "美金": "USD"
    case "€", "eur", "euro", "euros", "欧元": "EUR"
    case "£", "gbp", "quid": "GBP"
    case "jpy", "yen", "日元", "円": "JPY"
    default: nil
    }
  }
}
