/// Global trade item numbers: EAN-8, UPC-A, EAN-13, GTIN-14, ISBN-10.
package enum TradeNumber {
  /// The digits of a number as written, blanks and hyphens removed (ISBN-10 may end in `X`), and
  /// whether length and check digit are right. A wrong one is flagged, never corrected.
  package static func read(_ text: String) -> (number: String, isValid: Bool) {
    let number = text.filter { $0 != " " && $0 != "-" && $0 != "'" }.uppercased()
    return (number, isValid(number))
  }

  private static func isValid(_ number: String) -> Bool {
    let digits = number.utf8.map { Int($0) - 0x30 }
    if digits.count == 10 { return isISBN10(digits) }
    guard [8, 12, 13, 14].contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }),
      digits.contains(where: { $0 != 0 })
    else { return false }
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
      sum + digit.element * (digit.offset % 2 == 0 ? 1 : 3)
    }
    return sum % 10 == 0
  }

  private static func isISBN10(_ digits: [Int]) -> Bool {
    let x = Int(UInt8(ascii: "X")) - 0x30
    guard digits.dropLast().allSatisfy({ (0...9).contains($0) }), let last = digits.last,
      (0...9).contains(last) || last == x
    else { return false }
    let values = digits.dropLast() + [last == x ? 10 : last]
    return values.enumerated().reduce(0) { $0 + $1.element * (10 - $1.offset) } % 11 == 0
  }
}

/// Stock states in the words of feeds.
package enum AvailabilityReader {
  /// The state that `text` names, in English, Chinese or as a schema.org address; a whole number
  /// is a stock level. `nil` for words it does not know.
  package static func read(_ text: String) -> Availability? {
    if let level = DecimalText.parse(text) { return level > 0 ? .inStock : .outOfStock }
    var word = text.lowercased()
    if let slash = word.lastIndex(of: "/") { word = String(word[word.index(after: slash)...]) }
    word = word.filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
    return words[word]
  }

  private static let words: [String: Availability] = {
    var table: [String: Availability] = [:]
    for (state, names) in [
      (
        Availability.inStock,
        """
        instock available true yes y instoreonly onlineonly limitedavailability active onsale 有货 有貨 \
        现货 現貨 有库存 库存充足 在售 上架 有 是 充足
        """
      ),
      (
        .outOfStock,
        """
        outofstock unavailable false no n soldout discontinued inactive 无货 無貨 缺货 缺貨 售罄 售完 断货 \
        下架 已下架 无库存 没货 否
        """
      ),
      (.preorder, "preorder presale comingsoon 预售 預售 预订 預購 预购"),
      (.backorder, "backorder backordered madetoorder 补货中 補貨中 延期交货 订货"),
    ] {
      for name in names.split(whereSeparator: \.isWhitespace) { table[String(name)] = state }
    }
    return table
  }()
}

/// Lists of picture addresses in one field.
package enum ImageList {
  /// The addresses of a JSON array, or of a text separated by commas, bars, semicolons or
  /// blanks. A separator counts only before the start of another address, since addresses hold
  /// commas themselves. Repeated ones are left out.
  package static func read(_ field: FieldBytes) -> [String] {
    let bytes = field.trimmed()
    guard let first = bytes.first else { return [] }
    if first == 0x5B, case .array(let elements)? = JSONValue.parse(bytes) {
      return unique(
        elements.compactMap {
          $0.scalarText ?? $0.member("url", "src", "contenturl", "image")?.scalarText
        })
    }
    if isSingle(bytes) { return MissingValue.matches(bytes) ? [] : [bytes.text] }
    let text = bytes.text
    let hasScheme = text.contains("//")
    var result: [String] = []
    var current = ""
    for piece in text.split(whereSeparator: { ",|; \n\t\r".contains($0) || $0 == "\r\n" }) {
      if !hasScheme || current.isEmpty || isStart(piece) {
        if !current.isEmpty { result.append(current) }
        current = String(piece)
      } else {
        // A part of the address before it: give the separator back.
        let separator = text[text.index(before: piece.startIndex)]
        current += String(separator) + piece
      }
    }
    if !current.isEmpty { result.append(current) }
    return unique(result.filter { !MissingValue.matches($0) })
  }

  /// As ``read(_:)-(FieldBytes)``, for a string.
  package static func read(_ text: String) -> [String] { text.withFieldBytes { read($0) } }

  @inline(__always)
  private static func isSingle(_ bytes: FieldBytes) -> Bool {
    for byte in bytes where byte == 0x2C || byte == 0x7C || byte == 0x3B || byte <= 0x20 {
      return false
    }
    return true
  }

  private static func isStart(_ piece: Substring) -> Bool {
    piece.hasPrefix("http://") || piece.hasPrefix("https://") || piece.hasPrefix("//")
  }

  private static func unique(_ addresses: [String]) -> [String] {
    var seen: Set<String> = []
    return addresses.filter { !$0.isEmpty && seen.insert($0).inserted }
  }
}
