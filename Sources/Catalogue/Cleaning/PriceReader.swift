/// What a price field said.
package struct PriceReading: Sendable, Equatable {
  /// The price; `nil` where none could be read for sure.
  package var price: Price?
  /// What was odd about it.
  package var issue: PriceIssue?
}

/// Oddities of a price field, counted in the quality report.
package enum PriceIssue: String, Sendable, Hashable {
  /// `10 - 20`: the lower end was taken, the "from" price.
  case range
  /// Below zero; not taken.
  case negative
  /// No amount, or more text than a price has; not taken.
  case unreadable
}

/// Prices with currency signs and separators: `$1,299.00`, `1.299,00 €`, `￥5999`, `12.5 USD`.
package enum PriceReader {
  /// Reads a price. `currency` (ISO 4217) is used where the text itself names none.
  ///
  /// `$` alone means `USD` and `¥` alone `CNY` unless `currency` is given: it is the shop's own
  /// statement and wins over those two ambiguous signs. A lone point before exactly three digits
  /// groups thousands for currencies that are written so (`1.299 €`), else it is the decimal point.
  package static func read(_ field: FieldBytes, currency: String? = nil) -> PriceReading {
    let bytes = field.trimmed()
    if let amount = DecimalText.parse(bytes) {
      if amount < 0 { return PriceReading(issue: .negative) }
      return PriceReading(price: Price(amount: amount, currency: currency))
    }
    guard bytes.count <= 80, let text = TextCleaner.clean(bytes) else {
      return PriceReading(issue: .unreadable)
    }
    return text.withFieldBytes { readWritten($0, currency) }
  }

  /// As ``read(_:currency:)-(FieldBytes,_)``, for a string.
  package static func read(_ text: String, currency: String? = nil) -> PriceReading {
    text.withFieldBytes { read($0, currency: currency) }
  }

  private static func readWritten(_ bytes: FieldBytes, _ given: String?) -> PriceReading {
    guard let digits = bytes.firstIndex(where: \.isDigit) else {
      return PriceReading(issue: .unreadable)
    }
    var end = digits
    while end < bytes.count, isNumberPart(end, bytes) { end += 1 }
    let before = label(bytes.part(0, digits))
    var after = label(bytes.part(end, bytes.count))
    var issue: PriceIssue?
    if let rest = after.range {
      after = rest
      issue = .range
    }
    guard before.isPrice, after.isPrice else { return PriceReading(issue: .unreadable) }
    let stated = before.currency ?? after.currency
    let currency = stated?.certain ?? given ?? stated?.likely
    let lonePoint: DecimalText.LonePoint =
      currency.map(groupsWithPoints.contains) ?? false ? .thousands : .decimal
    guard let amount = DecimalText.parseWritten(bytes.part(digits, end), lonePoint: lonePoint)
    else { return PriceReading(issue: .unreadable) }
    if before.isNegative { return PriceReading(issue: .negative) }
    // `1.2万`, and `万元 1.2` as a column with its unit before the number has it.
    let factor = max(before.factor, after.factor)
    return PriceReading(
      price: Price(amount: amount * factor, currency: currency), issue: issue)
  }

  /// Digits, and separators that stand between digits.
  private static func isNumberPart(_ index: Int, _ bytes: FieldBytes) -> Bool {
    let byte = bytes[index]
    if byte.isDigit { return true }
    guard [0x2C, 0x2E, 0x27, 0x20].contains(byte), index + 1 < bytes.count,
      bytes[index + 1].isDigit
    else { return false }
    guard byte == 0x20 else { return true }
    // A blank groups only before three digits: `1 299`, not `2 5`.
    let digits = bytes.part(index + 1, bytes.count).prefix { $0.isDigit }.count
    return digits == 3
  }

  private struct Currency {
    var certain: String?
    var likely: String?
  }

  private struct Label {
    var isPrice = false
    var isNegative = false
    var currency: Currency?
    var factor = 1.0
    private var rangeRest: [String] = []

    /// What follows the second number, when the text is a range.
    var range: Label? { rangeRest.first.map { PriceReader.label($0) } }

    init(isPrice: Bool = false) { self.isPrice = isPrice }
    mutating func setRange(_ rest: String) { rangeRest = [rest] }
  }

  private static func label(_ bytes: FieldBytes) -> Label { label(bytes.text) }

  private static func label(_ text: String) -> Label {
    var words = text.lowercased()
    var result = Label(isPrice: true)
    if let rest = rangeRest(words) {
      result.setRange(rest)
      return result
    }
    for (sign, factor) in [("万", 10_000.0), ("萬", 10_000), ("千", 1000)] where words.hasPrefix(sign)
    {
      result.factor = factor
      words.removeFirst()
    }
    for noise in fillers { words = words.replacing(noise, with: " ") }
    words = words.trimmingPrefix { $0 == " " || $0 == ":" }.description
    while let last = words.last, last == " " || last == ":" { words.removeLast() }
    if words.hasPrefix("-") || words.hasPrefix("−") || words.hasSuffix("-") || words == "(" {
      result.isNegative = true
      words = words.replacing("-", with: "").replacing("−", with: "")
    }
    words = words.replacing(" ", with: "")
    if words.isEmpty || words == ",-" || words == "." { return result }
    if let sign = signs[words] {
      result.currency = sign
    } else if words.utf8.count == 3, codes.contains(words.uppercased()) {
      result.currency = Currency(certain: words.uppercased())
    } else {
      result.isPrice = false
    }
    return result
  }

  /// What follows the second number of `… - 20 €`.
  private static func rangeRest(_ words: String) -> String? {
    guard let digit = words.firstIndex(where: { $0.isASCII && $0.isNumber }) else { return nil }
    let between = words[..<digit].filter { !$0.isWhitespace && !"$€£¥元".contains($0) }
    guard ["-", "~", "–", "—", "to", "至", "bis", "usd-", "eur-"].contains(between) else {
      return nil
    }
    let rest = words[digit...].drop { $0.isNumber || ".,'".contains($0) }
    return rest.contains(where: \.isNumber) ? nil : String(rest)
  }

  private static let fillers = [
    "price", "from", "now", "only", "售价", "价格", "现价", "特价", "原价", "起", "ab ", "each",
  ]

  private static let signs: [String: Currency] = {
    var table: [String: Currency] = [:]
    for (names, code) in [
      ("€ euro euros", "EUR"), ("£", "GBP"), ("us$ $us usd$ dollars", "USD"), ("hk$ 港币 港元", "HKD"),
      ("nt$ ntd 新台币 新臺幣 台币", "TWD"), ("a$ au$", "AUD"), ("c$ ca$", "CAD"), ("s$", "SGD"),
      ("r$", "BRL"), ("mx$", "MXN"), ("rmb 元人民币 人民币 cn¥ rmb¥ 元 块 圆", "CNY"),
      ("円 jp¥ 日元 日圓", "JPY"), ("₹ rs rs. inr.", "INR"), ("₩ 원", "KRW"), ("฿", "THB"),
      ("₫ đ", "VND"), ("₽ руб руб. р.", "RUB"), ("₺ tl", "TRY"), ("₱", "PHP"), ("zł", "PLN"),
      ("kč", "CZK"), ("rp rp.", "IDR"), ("rm", "MYR"), ("₴ грн", "UAH"), ("₪", "ILS"),
      ("chf fr.", "CHF"),
    ] {
      for name in names.split(separator: " ") { table[String(name)] = Currency(certain: code) }
    }
    table["$"] = Currency(likely: "USD")
    table["¥"] = Currency(likely: "CNY")
    table["¥元"] = Currency(certain: "CNY")
    table["kr"] = Currency()
    table["kr."] = Currency()
    return table
  }()

  /// ISO 4217 codes of currencies in which shops sell.
  static let codes: Set<String> = Set(
    """
    AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK \
    JOD JPY KES KRW KWD KZT LKR MAD MOP MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB \
    SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
    """.split(separator: " ").map(String.init))

  private static let groupsWithPoints: Set<String> = [
    "EUR", "BRL", "IDR", "VND", "TRY", "CLP", "COP", "ARS", "DKK", "NOK", "ISK", "RSD",
  ]

  /// Whether `code` has the form of ISO 4217: three Latin letters, in capitals or not.
  package static func isCurrencyCode(_ code: String) -> Bool {
    code.utf8.count == 3 && code.utf8.allSatisfy(\.isLetter)
  }

  /// The ISO 4217 code that a currency column says: `usd`, `€`, `人民币`; `nil` when unknown.
  package static func currency(_ text: String) -> String? {
    let word = text.lowercased()
    if codes.contains(word.uppercased()) { return word.uppercased() }
    guard let sign = signs[word] else { return nil }
    return sign.certain ?? sign.likely
  }
}
