public import AkinSimilarity

extension IndexFilter {
  /// Reads a condition in the language of `akin search --filter`: `brand=Apple|苹果`,
  /// `price=10..50`, `price=..50`, `price=10..`; and `inStock=true`, `size=42`, `brand!=Sony`.
  ///
  /// A value passes items whose text is it, or whose list holds it; a number or `true` and `false`
  /// pass items with that number or flag as well. `id` is the identifier. `!=` passes everything
  /// that `=` does not, items without the attribute included.
  ///
  /// - Throws: ``EngineError`` `badArgument`.
  public init(parsing text: String) throws(EngineError) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw EngineError(
        .badArgument, "a filter is field=value, such as brand=Apple, price=10..50 or brand!=Sony")
    }
    var field = text[..<equals]
    let isNegated = field.last == "!"
    if isNegated { field.removeLast() }
    guard !field.isEmpty else {
      throw EngineError(.badArgument, "the filter names no field; write field!=value")
    }
    let value = String(text[text.index(after: equals)...])
    let filter = try Self.condition(String(field), value)
    self = isNegated ? .not(filter) : filter
  }

  /// Joins conditions that must all be met; `nil` where there are none.
  ///
  /// - Throws: ``EngineError`` `badArgument`.
  public static func parse(_ texts: [String]) throws(EngineError) -> IndexFilter? {
    var filters: [IndexFilter] = []
    for text in texts { filters.append(try IndexFilter(parsing: text)) }
    return filters.count < 2 ? filters.first : .all(filters)
  }

  private static func condition(
    _ field: String, _ value: String
  ) throws(EngineError) -> IndexFilter {
    if let range = try range(field, value) { return .range(field, range) }
    let values = value.split(separator: "|").map(String.init)
    guard !values.isEmpty else {
      throw EngineError(
        .badArgument, "the filter on '\(field)' names no value; write \(field)=value")
    }
    if field == "id" { return .identifiers(Set(values)) }
    var filters: [IndexFilter] = [
      values.count == 1 ? .equals(field, values[0]) : .oneOf(field, Set(values))
    ]
    for value in values {
      if value == "true" || value == "false" { filters.append(.flag(field, value == "true")) }
      if let number = Double(value), number.isFinite {
        filters.append(.range(field, number...number))
      }
    }
    return filters.count == 1 ? filters[0] : .any(filters)
  }

  /// `10..50`, `..50` or `10..`; `nil` where it is no range of numbers.
  private static func range(
    _ field: String, _ text: String
  ) throws(EngineError) -> ClosedRange<Double>? {
    let parts = text.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts != ["", ""] else { return nil }
    let low = parts[0].isEmpty ? -Double.infinity : Double(parts[0])
    let high = parts[1].isEmpty ? Double.infinity : Double(parts[1])
    guard let low, let high, !low.isNaN, !high.isNaN else { return nil }
    guard low <= high else {
      throw EngineError(
        .badArgument, "the range of '\(field)' ends before it begins; write \(field)=10..50")
    }
    return low...high
  }
}
