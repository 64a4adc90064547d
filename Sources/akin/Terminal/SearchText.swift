import AkinCatalogue
import AkinEngine
import AkinSearch
import Foundation

/// The answer to a search as people read it.
enum SearchText {
  static func lines(of result: ShopSearch.Result, width: Int, isStyled: Bool) -> [String] {
    var lines = understood(result.understood)
    let total = result.total.formatted() + (result.total == 1 ? " product" : " products")
    if result.items.isEmpty {
      lines.append("Nothing was found.")
    } else if result.total > 0 {
      lines.append(result.total > result.items.count ? "\(total), the best:" : "\(total):")
    }
    let idWidth = result.items.map { DisplayWidth.of($0.id) }.max() ?? 0
    for item in result.items {
      let price = item.price.map(text) ?? ""
      let head = "  \(DisplayWidth.pad(item.id, to: idWidth))  \(leftPad(price, to: 12))  "
      let room = max(20, width - DisplayWidth.of(head) - (item.source == "meaning" ? 10 : 0))
      let title = marked(item, room: room, isStyled: isStyled)
      lines.append(head + title + (item.source == "meaning" ? "  (similar)" : ""))
    }
    for (field, values) in result.facets.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "\(field): " + values.map { "\($0.value) (\($0.count))" }.joined(separator: ", "))
    }
    return lines
  }

  /// What was read out of the query, a line for each kind of message.
  private static func understood(_ understood: Understanding) -> [String] {
    var parts: [String] = []
    func note(_ name: String, _ values: [String]) {
      if !values.isEmpty { parts.append("\(name) \(values.joined(separator: ", "))") }
    }
    note("brand", understood.brands)
    note("category", understood.categories)
    note("colour", understood.colours)
    note("size", understood.sizes)
    if let price = priceText(understood) { parts.append("price \(price)") }
    note("without", understood.excluded)
    var lines: [String] = []
    if let suggestion = understood.suggestion { lines.append("Searched for: \(suggestion)") }
    if !parts.isEmpty { lines.append("Understood: " + parts.joined(separator: "; ")) }
    if !understood.relaxed.isEmpty {
      lines.append(
        "No product has everything; left out: " + understood.relaxed.joined(separator: ", "))
    }
    if understood.isTruncated { lines.append("The query is long; only its beginning was used.") }
    return lines
  }

  private static func priceText(_ understood: Understanding) -> String? {
    let currency = understood.currency.map { " \($0)" } ?? ""
    func number(_ value: Double) -> String {
      value == value.rounded() && value < 1e15 ? "\(Int(value))" : "\(value)"
    }
    return switch (understood.minimumPrice, understood.maximumPrice) {
    case (let low?, let high?): "\(number(low)) to \(number(high))\(currency)"
    case (let low?, nil): "from \(number(low))\(currency)"
    case (nil, let high?): "up to \(number(high))\(currency)"
    case (nil, nil): nil
    }
  }

  private static func text(_ price: Price) -> String {
    String(format: "%.2f", price.amount) + (price.currency.map { " \($0)" } ?? "")
  }

  private static func leftPad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + text
  }

  /// The title, cut to `room` columns, with the query's words in bold on a terminal.
  private static func marked(_ item: ShopSearch.Item, room: Int, isStyled: Bool) -> String {
    let cut = DisplayWidth.cut(item.title, to: room)
    guard isStyled else { return cut }
    let shown = cut == item.title ? cut.utf8.count : cut.utf8.count - "…".utf8.count
    var bytes = Array(cut.utf8)
    for mark in item.highlights.reversed() where mark.count == 2 && mark[1] <= shown {
      bytes.insert(contentsOf: "\u{1B}[0m".utf8, at: mark[1])
      bytes.insert(contentsOf: "\u{1B}[1m".utf8, at: mark[0])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
